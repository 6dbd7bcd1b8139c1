//! `PUT …/pins/{message_id}`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{ChannelId, MessageId, Permission, ServerId, limits::PINS_PER_CHANNEL};
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
    error::MessagesError,
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
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission pin_messages."
        ),
        (409, "too_many_pins", "The channel has 250 pinned messages already.")
    ]
);

/// Pin a message
///
/// Needs `pin_messages`. What is pinned already stays so.
#[utoipa::path(
    put, path = "/pins/{message_id}", tag = "pins",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel."),
        ("message_id" = MessageId, Path, description = "The message.")
    ),
    responses((status = 204, description = "It is pinned."), Refusals)
)]
pub(crate) async fn pin_message(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<MessagePath>,
) -> Result<StatusCode, Problem> {
    let (viewer, found) = api.find_readable(caller.user_id, path).await?;
    viewer.require(Permission::PinMessages)?;
    if found.pinned_at.is_some() {
        return Ok(StatusCode::NO_CONTENT);
    }
    let mut tx = api.tenants.begin(path.server_id).await?;
    let count = pins::count(&mut tx, path.channel_id).await?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= PINS_PER_CHANNEL {
        return Err(MessagesError::TooManyPins.into());
    }
    let now = api.clock.now();
    if let Some(seq) = pins::add(&mut tx, path.channel_id, path.message_id, caller.user_id, now).await? {
        let change = change(path, seq, caller.user_id);
        api.tell(&mut tx, EventKind::MessagePinned, (path.channel_id, seq), &change)
            .await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
