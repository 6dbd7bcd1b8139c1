//! How a file is answered: what a browser may do with it, and which part.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use model::FileId;
use platform::http::Problem;

use super::range::{Wanted, is_known, wanted};
use crate::{
    api::{Api, attachments::resource::encoded},
    store::attachments::Attachment,
};

/// What a browser shows in its place: nothing of it runs. Everything else is saved.
const SHOWN: [&str; 15] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "video/mp4",
    "video/webm",
    "video/ogg",
    "audio/ogg",
    "audio/mpeg",
    "audio/wav",
    "audio/x-wav",
    "audio/flac",
    "audio/x-flac",
    "audio/webm",
];
const PLAIN_TEXT: &str = "text/plain";

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) file: &'a Attachment,
    pub(super) thumbnail: bool,
    /// Whether it shall be saved, whatever it is.
    pub(super) save: bool,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
}

/// Answers the file, or the part of it that is asked for.
pub(super) async fn answer(api: &Api, asked: Asked<'_>) -> Result<Response, Problem> {
    let Asked { file, thumbnail, .. } = asked;
    // What is kept under an id never changes.
    let tag = format!("\"{}{}\"", file.id, if thumbnail { "-thumbnail" } else { "" });
    let mut headers = fixed(&tag);
    if is_known(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    if thumbnail {
        let opened = api.open_file(file.id, true, (0, 0)).await?;
        set(&mut headers, header::CONTENT_TYPE, &opened.content_type);
        headers.insert(header::CONTENT_LENGTH, opened.size.into());
        return Ok((headers, Body::from_stream(opened.bytes)).into_response());
    }
    describe(&mut headers, file, asked.save);
    let kept = Kept {
        id: file.id,
        size: u64::try_from(file.size).unwrap_or(0),
        tag: &tag,
    };
    answer_bytes(api, kept, headers, (&asked.method, &asked.headers)).await
}

/// Bytes that are kept.
pub(in crate::api) struct Kept<'a> {
    pub(in crate::api) id: FileId,
    pub(in crate::api) size: u64,
    /// Which version of them it is.
    pub(in crate::api) tag: &'a str,
}

/// Answers what is kept, or the part of it that is asked for, with these headers.
pub(in crate::api) async fn answer_bytes(
    api: &Api,
    kept: Kept<'_>,
    mut headers: HeaderMap,
    (method, asked): (&Method, &HeaderMap),
) -> Result<Response, Problem> {
    let whole = kept.size;
    set(&mut headers, header::ETAG, kept.tag);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let (status, place, length) = match wanted(asked, kept.tag, whole) {
        Wanted::Whole => (StatusCode::OK, (0, 0), None),
        Wanted::Part { start, length } => {
            set(
                &mut headers,
                header::CONTENT_RANGE,
                &format!("bytes {start}-{}/{whole}", start + length - 1),
            );
            (StatusCode::PARTIAL_CONTENT, (start, length), Some(length))
        }
        Wanted::Nowhere => {
            let problem = Problem::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "range_not_satisfiable",
                format!("The file has {whole} bytes."),
            );
            let range = [(header::CONTENT_RANGE, format!("bytes */{whole}"))];
            return Ok((range, problem).into_response());
        }
    };
    if *method == Method::HEAD {
        headers.insert(header::CONTENT_LENGTH, length.unwrap_or(whole).into());
        return Ok((status, headers, Body::empty()).into_response());
    }
    let opened = api.open_file(kept.id, false, place).await?;
    headers.insert(header::CONTENT_LENGTH, length.unwrap_or(opened.size).into());
    Ok((status, headers, Body::from_stream(opened.bytes)).into_response())
}

/// Of every answer. Access may be lost at any time: browsers ask again before they show what they have.
fn fixed(tag: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    set(&mut headers, header::ETAG, tag);
    for (name, value) in [
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

/// What it is, and what a browser shall do with it.
fn describe(headers: &mut HeaderMap, file: &Attachment, save: bool) {
    let kind = file.content_type.as_deref().unwrap_or_default();
    let (kind, shown) = if kind == PLAIN_TEXT {
        ("text/plain; charset=utf-8", true)
    } else if SHOWN.contains(&kind) {
        (kind, true)
    } else {
        ("application/octet-stream", false)
    };
    let way = if shown && !save { "inline" } else { "attachment" };
    set(headers, header::CONTENT_TYPE, kind);
    let name = encoded(&file.name);
    set(
        headers,
        header::CONTENT_DISPOSITION,
        &format!("{way}; filename*=UTF-8''{name}"),
    );
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
