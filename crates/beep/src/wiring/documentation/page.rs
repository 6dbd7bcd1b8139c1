//! A contract to read in a browser: a page with Scalar, whose script comes from Beep itself.

use axum::{
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// Scalar as it is sent, compressed: every browser takes it so. Brought by the build script.
const SCALAR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scalar.js.gz"));
/// Has a hash of what it holds in its name, so that it may be kept for ever.
const SCALAR_NAME: &str = env!("BEEP_SCALAR_NAME");
/// Starts Scalar with the contract that the page names.
const START: &str = include_str!("start.js");
const START_NAME: &str = "start.js";

/// Narrower than that of the rest: the page takes scripts, pictures and the contract from Beep and nothing from anywhere
/// else. Scalar writes styles into the page and brings small pictures and fonts as data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const JAVASCRIPT: (HeaderName, &str) = (header::CONTENT_TYPE, "text/javascript; charset=utf-8");

/// The page of the contract at `contract_url`; `service` is empty for all services together. Both are our own words and
/// need no escape.
pub(super) fn of(service: &str, contract_url: &str) -> Response {
    let title = if service.is_empty() { "Beep" } else { service };
    let html = format!(
        r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{title} · API of Beep</title>
    <link rel="icon" href="/favicon.svg">
  </head>
  <body>
    <noscript>This page needs JavaScript. The contract itself is at <a href="{contract_url}">{contract_url}</a>.</noscript>
    <main id="contract" data-url="{contract_url}"></main>
    <script src="/docs/assets/{SCALAR_NAME}"></script>
    <script src="/docs/assets/{START_NAME}"></script>
  </body>
</html>
"#
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Html(html)).into_response()
}

/// A script of the page.
pub(super) fn asset(name: &str) -> Response {
    match name {
        SCALAR_NAME => {
            let headers = [
                JAVASCRIPT,
                (header::CONTENT_ENCODING, "gzip"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, SCALAR).into_response()
        }
        START_NAME => ([JAVASCRIPT, (header::CACHE_CONTROL, "no-cache")], START).into_response(),
        _ => (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    }
}
