//! A channel in JSON.

use model::{ChannelId, ServerId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{channel_kind::ChannelKind, store::channels::ChannelRow};

/// A text or voice channel, or a folder that holds such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234569", "server_id": "402345678901234567", "kind": "text", "name": "general", "topic": null,
    "parent_id": null, "position": 93_634_560_000_000_i64, "private": false, "slow_mode_seconds": 0,
    "created_at": "2026-11-24T09:30:00.000Z"
}))]
pub(crate) struct Channel {
    /// The channel.
    pub(crate) id: ChannelId,
    /// Its server.
    pub(crate) server_id: ServerId,
    /// What it is for.
    pub(crate) kind: ChannelKind,
    /// Its name.
    pub(crate) name: String,
    /// What it is about.
    pub(crate) topic: Option<String>,
    /// The folder it is in, even if the caller does not see that; null at the top level.
    pub(crate) parent_id: Option<ChannelId>,
    /// What it is ordered by in its folder or at the top level, lowest first, then by id. Only the order means anything:
    /// numbers have gaps, and say nothing of channels that the caller does not see.
    #[schema(maximum = 9_007_199_254_740_991_i64)]
    pub(crate) position: i64,
    /// Whether an overwrite hides it, or its folder, from everyone for whom no other says otherwise.
    pub(crate) private: bool,
    /// How long a member waits between two messages, in seconds, at most 21,600; 0 for not at all.
    #[schema(maximum = 21_600)]
    pub(crate) slow_mode_seconds: i64,
    /// When it was created.
    pub(crate) created_at: Timestamp,
}

impl Channel {
    /// The channel of this row.
    pub(crate) fn new(row: &ChannelRow, private: bool) -> Self {
        Self {
            id: row.id,
            server_id: row.server_id,
            kind: row.kind,
            name: row.name.clone(),
            topic: row.topic.clone(),
            parent_id: row.parent_id,
            position: row.position,
            private,
            slow_mode_seconds: row.slow_mode_seconds,
            created_at: row.created_at,
        }
    }
}
