//! `…/pins`: messages that are pinned to their channel (M4).

mod list;
mod put;
mod remove;

use std::{fmt, str::FromStr};

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Api, MessagePath,
    resource::{Author, MessageResource},
};
use crate::store::pins::{self};

/// A pinned message.
#[derive(Serialize, ToSchema)]
pub(crate) struct PinnedMessage {
    #[serde(flatten)]
    message: MessageResource,
    pinned_at: Timestamp,
    /// Who pinned it.
    pinned_by: Author,
}

/// What is told of a pin.
#[derive(Serialize)]
struct PinChange {
    id: MessageId,
    seq: i64,
    server_id: ServerId,
    channel_id: ChannelId,
    /// Who did it.
    user_id: UserId,
}

/// Where a page of pins begins.
struct PinCursor(pins::Place);

impl FromStr for PinCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('-').ok_or(())?;
        let at = Timestamp::from_millis(at.parse().map_err(drop)?);
        Ok(Self((at, id.parse().map_err(drop)?)))
    }
}

impl fmt::Display for PinCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0.0.as_millis(), self.0.1)
    }
}

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_pins))
        .routes(routes!(put::pin_message, remove::unpin_message))
}

fn change(path: MessagePath, seq: i64, user_id: UserId) -> PinChange {
    PinChange {
        id: path.message_id,
        seq,
        server_id: path.server_id,
        channel_id: path.channel_id,
        user_id,
    }
}
