//! What users have begun to write: kept for their other devices (M6).

mod list;
mod put;

use model::{ChannelId, MessageId, ServerId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use crate::store::drafts::DraftRow;

/// What the caller has begun to write in a channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "server_id": "402345678901230000", "channel_id": "402345678901230001", "content": "I will be there at",
    "reply_to": null, "updated_at": "2026-11-25T09:30:00.000Z"
}))]
pub(crate) struct Draft {
    server_id: ServerId,
    channel_id: ChannelId,
    /// The text; empty when there is none.
    #[schema(max_length = 4_000)]
    content: String,
    /// The message that it answers. It may be gone.
    reply_to: Option<MessageId>,
    /// When it was kept.
    updated_at: Timestamp,
}

impl From<DraftRow> for Draft {
    fn from(row: DraftRow) -> Self {
        Self {
            server_id: row.server_id,
            channel_id: row.channel_id,
            content: row.content,
            reply_to: row.reply_to_id,
            updated_at: row.updated_at,
        }
    }
}

/// The route of a channel's draft.
pub(super) fn of_channel() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(put::put_draft))
}

/// The route of all drafts.
pub(super) fn of_user() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list::list_drafts))
}
