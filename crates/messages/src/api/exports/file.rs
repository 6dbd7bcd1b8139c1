//! `GET /users/@me/export/file`

use axum::{extract::State, response::Response};
use http::{HeaderMap, HeaderValue, Method, header};
use platform::{
    auth::Caller,
    http::{Problem, refusals::SIGNED_IN},
};

use super::EXPORT;
use crate::api::{
    Api, RANGE,
    files::{FileBytes, Kept, answer_bytes},
};

platform::refusals!(SIGNED_IN, EXPORT, RANGE);

/// Download all my data
///
/// A zip: `README.txt`, `account.json`, `servers.json`, `drafts.json`, a file in `messages/` for each channel, and what the
/// caller has sent in `files/`. While a new one is prepared, it is the one from before. `Range` and `If-Range` are understood,
/// and HEAD.
#[utoipa::path(
    get, path = "/export/file", tag = "exports",
    params(("Range" = Option<String>, Header, description = "One range of bytes.")),
    responses(
        (status = 200, description = "The archive.", content((FileBytes = "application/zip"))),
        (status = 206, description = "The part that was asked for.", content((FileBytes = "application/zip"))),
        Refusals
    )
)]
pub(crate) async fn get_export_file(
    State(api): State<Api>,
    caller: Caller,
    method: Method,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (id, export) = api.find_archive(caller.user_id).await?;
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let disposition = format!("attachment; filename=\"{}\"", export.file_name);
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    let kept = Kept {
        id,
        size: u64::try_from(export.size.unwrap_or(0)).unwrap_or(0),
        tag: &format!("\"{id}\""),
    };
    answer_bytes(&api, kept, headers, (&method, &asked)).await
}
