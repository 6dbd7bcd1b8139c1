//! `GET /servers/{server_id}/files/{attachment_id}/{name}`

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, Method},
    response::Response,
};
use model::{FileId, ServerId};
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{PATH, SERVER, SIGNED_IN},
    },
};
use serde::Deserialize;

use super::{
    FileBytes,
    answer::{Asked, answer},
};
use crate::api::{ATTACHMENT, Api, RANGE};

/// The file that a path names. What it is called there does not matter.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FilePath {
    server_id: ServerId,
    attachment_id: FileId,
    #[expect(dead_code, reason = "for those who read addresses")]
    name: String,
}

platform::refusals!(SIGNED_IN, PATH, SERVER, ATTACHMENT, RANGE);

/// A file
///
/// For whoever may read its message; before it is sent, for whoever uploaded it. `Range`, `If-Range` and `If-None-Match` are
/// understood, and HEAD. Pictures, sound, films and plain text are shown in their place, everything else is to be saved.
#[utoipa::path(
    get, path = "/{attachment_id}/{name}", tag = "files",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("attachment_id" = FileId, Path, description = "The file."),
        ("name" = String, Path, description = "What it is called; whatever stands here, the file is the same.", example = "cat.png"),
        ("download" = Option<u8>, Query, description = "`1` when it shall be saved, whatever it is."),
        ("Range" = Option<String>, Header, description = "One range of bytes.")
    ),
    responses(
        (status = 200, description = "The file.", content((FileBytes = "*/*"))),
        (status = 206, description = "The part that was asked for.", content((FileBytes = "*/*"))),
        (status = 304, description = "The file that the client has."),
        Refusals
    )
)]
pub(crate) async fn get_file(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<FilePath>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = api
        .find_file(caller.user_id, path.server_id, path.attachment_id)
        .await?;
    let asked = Asked {
        file: &file,
        thumbnail: false,
        save: query.is_some_and(|query| query.split('&').any(|pair| pair == "download=1")),
        method,
        headers,
    };
    answer(&api, asked).await
}
