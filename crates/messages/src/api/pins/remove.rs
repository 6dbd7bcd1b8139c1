//! `DELETE …/pins/{message_id}`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{ChannelId, MessageId, Permission, ServerId};
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};

use super::change;
use crate::{
    api::{Api, FOLDER, MESSAGE, MessagePath},
    store::pins,
};

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
        "The caller lacks the permission pin_messages."
    )]
);

/// Unpin a message
///
/// Needs `pin_messages`.
#[utoipa::path(
    delete, path = "/pins/{message_id}", tag = "pins",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel."),
        ("message_id" = MessageId, Path, description = "The message.")
    ),
    responses((status = 204, description = "It is not pinned."), Refusals)
)]
pub(crate) async fn unpin_message(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<MessagePath>,
) -> Result<StatusCode, Problem> {
    let (viewer, _) = api.find_readable(caller.user_id, path).await?;
    viewer.require(Permission::PinMessages)?;
    let mut tx = api.tenants.begin(path.server_id).await?;
    if let Some(seq) = pins::remove(&mut tx, path.channel_id, path.message_id).await? {
        let change = change(path, seq, caller.user_id);
        api.tell(&mut tx, EventKind::MessageUnpinned, (path.channel_id, seq), &change)
            .await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
