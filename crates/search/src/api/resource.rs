//! What a search answers, as clients see it.

use model::ChannelId;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::{
    ToSchema,
    openapi::{Ref, RefOr, Schema},
};

use super::cursor;
use crate::{
    service::{Results, Shown},
    wanted::Sort,
};

/// A message that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundMessage {
    #[schema(schema_with = message)]
    message: Box<RawValue>,
    /// Where it is.
    channel_id: ChannelId,
    /// Where what was looked for stands in the message's `content`: beginnings and ends in UTF-16 code units, in order, not
    /// overlapping.
    #[schema(value_type = Vec<Vec<u32>>)]
    highlights: Vec<(usize, usize)>,
}

fn message() -> RefOr<Schema> {
    Ref::from_schema_name("Message").into()
}

/// A page of messages that were found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "items": [{
        "message": {
            "id": "402345678901300000", "seq": 12, "server_id": "402345678901230000",
            "channel_id": "402345678901230001", "kind": "default",
            "author": {
                "id": "402345678901234567", "username": "ada", "display_name": "Ada Byron", "avatar_url": null
            },
            "content": "A red balloon", "created_at": "2026-11-24T09:30:00.000Z", "edited_at": null, "pinned": false,
            "reply_to": null,
            "mentions": {"user_ids": [], "role_ids": [], "channel_ids": [], "everyone": false, "tokens": []},
            "attachments": [], "embeds": [], "reactions": [], "nonce": null
        },
        "channel_id": "402345678901230001", "highlights": [[2, 5]]
    }],
    "next": "402345678901300000", "total": 7, "total_is_capped": false, "is_complete": true
}))]
pub(super) struct FoundMessages {
    /// What is on the page.
    items: Vec<FoundMessage>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
    /// How many there are in all, among what the caller may read; 10,000 at most.
    total: usize,
    /// Whether there are more than `total` says.
    total_is_capped: bool,
    /// False while messages are still being taken into the index: some may be missing.
    is_complete: bool,
}

impl FoundMessages {
    pub(super) fn new(results: Results, sort: Sort) -> Self {
        let (total, total_is_capped) = results.counted();
        let item = |shown: Shown| FoundMessage {
            message: shown.message,
            channel_id: shown.channel_id,
            highlights: shown.highlights,
        };
        Self {
            next: results.next.map(|rank| cursor::write(rank, sort)),
            total,
            total_is_capped,
            is_complete: results.is_complete,
            items: results.shown.into_iter().map(item).collect(),
        }
    }
}
