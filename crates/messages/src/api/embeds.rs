//! `DELETE …/messages/{message_id}/embeds`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::Permission;
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Api, FOLDER, MESSAGE, MessagePath};
use crate::{
    error::MessagesError,
    message_kind::MessageKind,
    showing::Reader,
    store::{embeds, messages, preview_jobs},
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(remove_embeds))
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    SERVER,
    CHANNEL,
    FOLDER,
    MESSAGE,
    &[(
        403,
        "missing_permission",
        "The message is someone else's, and the caller lacks manage_messages."
    )]
);

/// Remove the previews of a message
///
/// Of one's own, or with the permission `manage_messages` of anyone's. It has none any more, whatever its author makes of it
/// later. A `message.updated` tells of it, the first time.
#[utoipa::path(
    delete, path = "/{message_id}/embeds", tag = "messages",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("message_id" = model::MessageId, Path, description = "The message.")
    ),
    responses((status = 204, description = "There are none."), Refusals)
)]
pub(crate) async fn remove_embeds(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<MessagePath>,
) -> Result<StatusCode, Problem> {
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let found = messages::lookup(api.tenants.reader(path.server_id), path.channel_id, path.message_id).await?;
    let message = found.ok_or(MessagesError::MessageNotFound)?;
    if message.author_id != caller.user_id || message.kind != MessageKind::Default {
        let allowed = viewer.require(Permission::ManageMessages);
        // Whoever may not read the history learns nothing of others' messages.
        let known = viewer.permissions.contains(Permission::ReadHistory);
        allowed.map_err(|lacks| if known { lacks } else { MessagesError::MessageNotFound })?;
    }
    let mut tx = api.tenants.begin(path.server_id).await?;
    if let Some(message) = embeds::remove(&mut tx, path.channel_id, path.message_id, api.clock.now()).await? {
        preview_jobs::drop_one(&mut tx, path.channel_id, path.message_id).await?;
        let seq = message.seq;
        let told = api.shown_one(message, Reader::All).await?;
        api.tell(&mut tx, EventKind::MessageUpdated, (path.channel_id, seq), &told)
            .await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
