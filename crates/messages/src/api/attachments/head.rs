//! `HEAD …/attachments/{attachment_id}`

use axum::{extract::State, http::HeaderMap};
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN},
    },
};

use super::{TUS, UploadPath, progress, require_version, unsent};
use crate::api::{ATTACHMENT, Api, FOLDER};

platform::refusals!(SIGNED_IN, PATH, SERVER, CHANNEL, FOLDER, ATTACHMENT, TUS);

/// How far an upload is
#[utoipa::path(
    head, path = "/attachments/{attachment_id}", tag = "files",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("attachment_id" = model::FileId, Path, description = "The upload."),
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`.")
    ),
    responses((status = 200, description = "`Upload-Offset` of `Upload-Length`, until `Upload-Expires`."), Refusals)
)]
pub(crate) async fn head_attachment(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<UploadPath>,
    headers: HeaderMap,
) -> Result<HeaderMap, Problem> {
    api.access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let upload = unsent(&api, caller.user_id, path).await?;
    require_version(&headers)?;
    Ok(progress(&upload))
}
