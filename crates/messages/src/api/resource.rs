//! A message as clients see it.

use contracts::users::UserSummary;
use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{message_kind::MessageKind, store::messages::Message};

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"id": "402345678901234567", "username": "ada", "display_name": "Ada Byron", "avatar_url": null}))]
pub(crate) struct Author {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) display_name: String,
    /// The picture, relative to the public URL.
    pub(crate) avatar_url: Option<String>,
}

impl From<UserSummary> for Author {
    fn from(user: UserSummary) -> Self {
        Self {
            id: UserId(user.id),
            username: user.username,
            display_name: user.display_name,
            avatar_url: user.avatar_url,
        }
    }
}

impl Author {
    /// Someone whose account is gone.
    pub(crate) fn unknown(id: UserId) -> Self {
        Self {
            id,
            username: String::new(),
            display_name: String::new(),
            avatar_url: None,
        }
    }
}

/// Whom and what a message mentions.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Mentions {
    user_ids: Vec<UserId>,
    role_ids: Vec<model::RoleId>,
    channel_ids: Vec<ChannelId>,
    everyone: bool,
}

/// A message.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Message, example = json!({
    "id": "402345678901300000", "seq": 12, "server_id": "402345678901230000", "channel_id": "402345678901230001",
    "kind": "default",
    "author": {"id": "402345678901234567", "username": "ada", "display_name": "Ada Byron", "avatar_url": null},
    "content": "Hello, **world**", "created_at": "2026-11-24T09:30:00.000Z", "edited_at": null, "pinned": false,
    "reply_to": null, "mentions": {"user_ids": [], "role_ids": [], "channel_ids": [], "everyone": false},
    "attachments": [], "embeds": [], "reactions": [], "nonce": "d8a1"
}))]
pub(crate) struct MessageResource {
    id: MessageId,
    /// The number in the channel: 1, 2, 3 … A hole is a deleted message.
    seq: i64,
    server_id: ServerId,
    channel_id: ChannelId,
    kind: MessageKind,
    author: Author,
    /// Markdown, as it was typed.
    content: String,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
    pinned: bool,
    #[schema(value_type = Option<Object>)]
    reply_to: Option<()>,
    mentions: Mentions,
    #[schema(value_type = Vec<Object>)]
    attachments: [(); 0],
    #[schema(value_type = Vec<Object>)]
    embeds: [(); 0],
    #[schema(value_type = Vec<Object>)]
    reactions: [(); 0],
    /// What its author's client called the attempt.
    nonce: Option<String>,
}

impl MessageResource {
    pub(crate) fn new(message: Message, author: Author) -> Self {
        Self {
            id: message.id,
            seq: message.seq,
            server_id: message.server_id,
            channel_id: message.channel_id,
            kind: message.kind,
            author,
            content: message.content,
            created_at: message.created_at,
            edited_at: message.edited_at,
            pinned: false,
            reply_to: None,
            mentions: Mentions::default(),
            attachments: [],
            embeds: [],
            reactions: [],
            nonce: message.nonce.filter(|_| message.kind == MessageKind::Default),
        }
    }
}

/// What is told of a message that is gone.
#[derive(Debug, Serialize)]
pub(crate) struct MessageGone {
    pub(crate) id: MessageId,
    pub(crate) seq: i64,
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: ChannelId,
}
