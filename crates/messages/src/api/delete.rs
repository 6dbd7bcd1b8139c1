//! `DELETE …/messages/{message_id}`

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

use super::{Api, FOLDER, MESSAGE, MessagePath, resource::MessageGone};
use crate::{error::MessagesError, message_kind::MessageKind, store::messages};

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

/// Delete a message
///
/// One's own, or with the permission `manage_messages` anyone's. Its content is gone for good.
#[utoipa::path(
    delete, path = "/{message_id}", tag = "messages",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("message_id" = model::MessageId, Path, description = "The message.")
    ),
    responses((status = 204, description = "Deleted."), Refusals)
)]
pub(crate) async fn delete_message(
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
    // What Beep says of somebody is not theirs to delete.
    if message.author_id != caller.user_id || message.kind != MessageKind::Default {
        let allowed = viewer.require(Permission::ManageMessages);
        // Whoever may not read the history learns nothing of others' messages.
        let known = viewer.permissions.contains(Permission::ReadHistory);
        allowed.map_err(|lacks| if known { lacks } else { MessagesError::MessageNotFound })?;
    }
    let mut tx = api.tenants.begin(path.server_id).await?;
    let Some(seq) = messages::remove(&mut tx, path.channel_id, path.message_id).await? else {
        return Err(MessagesError::MessageNotFound.into());
    };
    let gone = MessageGone {
        id: path.message_id,
        seq,
        server_id: path.server_id,
        channel_id: path.channel_id,
    };
    api.forget(&mut tx, &[(path.channel_id, path.message_id, seq)]).await?;
    api.tell(&mut tx, EventKind::MessageDeleted, (path.channel_id, seq), &gone)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
