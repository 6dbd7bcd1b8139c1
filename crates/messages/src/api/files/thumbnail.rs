//! `GET /servers/{server_id}/files/{attachment_id}/thumbnail`

use axum::{
    extract::State,
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
use crate::{
    api::{ATTACHMENT, Api},
    error::MessagesError,
};

/// The file that a path names.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct ThumbnailPath {
    server_id: ServerId,
    attachment_id: FileId,
}

platform::refusals!(SIGNED_IN, PATH, SERVER, ATTACHMENT);

/// A smaller picture of a file
///
/// At most 800 pixels wide and high, still, without what its camera wrote into it. For whoever may see the file.
#[utoipa::path(
    get, path = "/{attachment_id}/thumbnail", tag = "files",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("attachment_id" = FileId, Path, description = "The file.")
    ),
    responses(
        (status = 200, description = "The picture.", content((FileBytes = "image/jpeg"), (FileBytes = "image/png"))),
        (status = 304, description = "The picture that the client has."),
        Refusals
    )
)]
pub(crate) async fn get_thumbnail(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ThumbnailPath>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = api
        .find_file(caller.user_id, path.server_id, path.attachment_id)
        .await?;
    if !file.has_thumbnail {
        return Err(MessagesError::AttachmentNotFound.into());
    }
    let asked = Asked {
        file: &file,
        thumbnail: true,
        save: false,
        method,
        headers,
    };
    answer(&api, asked).await
}
