//! Serves the web client that is built into the program.
//!
//! Files of the build with a hash in their name (`/assets/…`) never change and are cached for a year; the page itself is
//! asked for again each time. Where the build left a compressed file beside the original (`.br`, `.gz`), that one is sent.

use std::borrow::Cow;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// The folder of files whose names contain a hash of what they hold.
const HASHED: &str = "assets/";
/// The one page of the client; it finds its own way by the path.
const PAGE: &str = "index.html";
/// What compressed files are called, and how HTTP names their encoding; the best first.
const ENCODINGS: [(&str, &str); 2] = [(".br", "br"), (".gz", "gzip")];
/// Answers when the program was compiled without the web client.
const NOT_BUILT: &str = "The web client is not part of this program: it was compiled before the web client was built. \
    `make build` builds both. The API works without it.\n";

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

/// Serves the files of the web client, and its page for every path that is none of them. To be the fallback of all other
/// routes: paths of the API and of operations stand before it.
pub fn router() -> Router {
    Router::new().fallback(serve)
}

async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    answer(Files::get, &method, uri.path(), &headers)
}

fn answer(files: impl Fn(&str) -> Option<EmbeddedFile>, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let wanted = path.trim_start_matches('/');
    let compressed_itself = ENCODINGS.iter().any(|(suffix, _)| wanted.ends_with(suffix));
    let is_file = !wanted.is_empty() && !compressed_itself && files(wanted).is_some();
    if !is_file && is_missing_file(wanted) {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    }
    let name = if is_file { wanted } else { PAGE };
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let compressed = ENCODINGS
        .iter()
        .filter(|(_, encoding)| accepts(accepted, encoding))
        .find_map(|(suffix, encoding)| Some((files(&format!("{name}{suffix}"))?, Some(*encoding))));
    match compressed.or_else(|| Some((files(name)?, None))) {
        Some((file, encoding)) => respond(name, file, encoding, headers),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::CACHE_CONTROL, "no-store")],
            NOT_BUILT,
        )
            .into_response(),
    }
}

/// Whether the path is that of a file which an earlier or later version of the client has, or of the API: not of a screen.
fn is_missing_file(path: &str) -> bool {
    path.starts_with(HASHED)
        || path.starts_with("api/")
        || path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

/// Whether an `Accept-Encoding` names the encoding without refusing it.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|part| {
        let (name, quality) = part.split_once(';').unwrap_or((part, ""));
        let quality = quality
            .trim()
            .strip_prefix("q=")
            .and_then(|quality| quality.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && quality.is_none_or(|quality| quality > 0.0)
    })
}

fn respond(name: &str, file: EmbeddedFile, encoding: Option<&'static str>, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..16]));
    let caching = if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = if headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| value.as_bytes() == etag.as_bytes())
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = match file.data {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        ([(header::CONTENT_TYPE, content_type(name))], bytes).into_response()
    };
    let kept = response.headers_mut();
    kept.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(caching));
    kept.insert(header::VARY, header::HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = header::HeaderValue::from_str(&etag) {
        kept.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding {
        kept.insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(encoding));
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// The media type of what builds of the web client contain.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use axum::http::HeaderValue;
    use rust_embed::Metadata;

    use super::*;

    fn built(name: &str) -> Option<EmbeddedFile> {
        let known = [
            "index.html",
            "index.html.br",
            "assets/main-1a2b.js",
            "assets/main-1a2b.js.gz",
            "favicon.svg",
        ];
        known.contains(&name).then(|| EmbeddedFile {
            data: Cow::Owned(name.as_bytes().to_vec()),
            metadata: Metadata::__rust_embed_new([7; 32], None, None),
        })
    }

    fn get(path: &str, accepted: &str) -> (u16, String, String) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accepted).unwrap());
        let response = answer(built, &Method::GET, path, &headers);
        let value = |name| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
                .unwrap_or_default()
        };
        (
            response.status().as_u16(),
            value(header::CONTENT_ENCODING),
            value(header::CACHE_CONTROL),
        )
    }

    #[test]
    fn every_screen_is_the_page() {
        for path in ["/", "/index.html", "/servers/1/channels/2"] {
            assert_eq!(
                get(path, "gzip, br"),
                (200, "br".to_owned(), "no-cache".to_owned()),
                "{path}"
            );
        }
    }

    #[test]
    fn hashed_files_are_kept_for_a_year() {
        let year = "public, max-age=31536000, immutable".to_owned();
        assert_eq!(
            get("/assets/main-1a2b.js", "gzip, br"),
            (200, "gzip".to_owned(), year.clone())
        );
        assert_eq!(get("/assets/main-1a2b.js", "gzip;q=0, br"), (200, String::new(), year));
    }

    #[test]
    fn a_file_that_is_not_there_is_not_the_page() {
        for path in [
            "/assets/main-old.js",
            "/robots.txt",
            "/api/v1/nothing",
            "/assets/main-1a2b.js.gz",
        ] {
            assert_eq!(get(path, "").0, 404, "{path}");
        }
    }

    #[test]
    fn what_one_has_is_not_sent_again() {
        let mut headers = HeaderMap::new();
        let first = answer(built, &Method::GET, "/", &headers);
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(
            answer(built, &Method::GET, "/", &headers).status(),
            StatusCode::NOT_MODIFIED
        );
    }

    #[test]
    fn without_a_build_the_answer_says_so() {
        let response = answer(|_| None, &Method::GET, "/", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            answer(built, &Method::POST, "/", &HeaderMap::new()).status(),
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
}
