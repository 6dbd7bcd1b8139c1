//! `GET …/attachments/{attachment_id}`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN},
    },
};

use super::{UploadPath, resource::AttachmentResource, unsent};
use crate::{
    api::{ATTACHMENT, Api, FOLDER},
    error::MessagesError,
};

platform::refusals!(SIGNED_IN, PATH, SERVER, CHANNEL, FOLDER, ATTACHMENT);

/// A file of mine that waits to be sent
#[utoipa::path(
    get, path = "/attachments/{attachment_id}", tag = "files",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("attachment_id" = model::FileId, Path, description = "The file.")
    ),
    responses(
        (status = 200, description = "The file. It is not found before it is finished, and not when it was sent.", body = AttachmentResource),
        Refusals
    )
)]
pub(crate) async fn get_attachment(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<UploadPath>,
) -> Result<Json<AttachmentResource>, Problem> {
    api.access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let file = unsent(&api, caller.user_id, path).await?;
    if file.content_type.is_none() {
        return Err(MessagesError::AttachmentNotFound.into());
    }
    Ok(Json(file.into()))
}
