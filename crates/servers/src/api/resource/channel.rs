//! A channel in JSON.

use model::{ChannelId, ServerId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{channel_kind::ChannelKind, store::channels::ChannelRow};

/// A text or voice channel, or a folder that holds such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234569", "server_id": "402345678901234567", "kind": "text", "name": "general", "topic": null,
    "parent_id": null, "position": 0, "created_at": "2026-11-24T09:30:00.000Z"
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
    /// The folder it is in; null at the top level.
    pub(crate) parent_id: Option<ChannelId>,
    /// Its place in the folder or at the top level: 0, 1, 2 …
    pub(crate) position: i64,
    /// When it was created.
    pub(crate) created_at: Timestamp,
}

impl From<&ChannelRow> for Channel {
    fn from(row: &ChannelRow) -> Self {
        Self {
            id: row.id,
            server_id: row.server_id,
            kind: row.kind,
            name: row.name.clone(),
            topic: row.topic.clone(),
            parent_id: row.parent_id,
            position: row.position,
            created_at: row.created_at,
        }
    }
}
