//! `DELETE …/attachments/{attachment_id}`

use axum::extract::State;
use http::{HeaderMap, HeaderValue, StatusCode};
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};

use super::{TUS_RESUMABLE, UploadPath, VERSION, unsent};
use crate::api::{ATTACHMENT, Api, FOLDER};

platform::refusals!(SIGNED_IN, UNSAFE, PATH, SERVER, CHANNEL, FOLDER, ATTACHMENT);

/// Cancel an upload
///
/// Or throw a file away that waits to be sent.
#[utoipa::path(
    delete, path = "/attachments/{attachment_id}", tag = "files",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("attachment_id" = model::FileId, Path, description = "The upload or the file.")
    ),
    responses((status = 204, description = "It is gone."), Refusals)
)]
pub(crate) async fn discard_attachment(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<UploadPath>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    api.access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let upload = unsent(&api, caller.user_id, path).await?;
    api.throw_away(&upload).await?;
    let version = (TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    Ok((StatusCode::NO_CONTENT, HeaderMap::from_iter([version])))
}
