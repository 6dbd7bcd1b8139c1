//! A message as clients see it.

use contracts::users::UserSummary;
use model::{ChannelId, MessageId, ServerId, Timestamp, UserId, limits::QUOTE_MAX};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::attachments::resource::AttachmentResource,
    mentions::{MentionsResource, Token},
    message_kind::MessageKind,
    previews::Embed,
    store::{messages::Message, reactions::Tally},
};

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

/// The message that another one answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901299000", "deleted": false, "content": "Who is there?", "tokens": [], "attachment_count": 0,
    "author": {"id": "402345678901234568", "username": "tom", "display_name": "Tom Bakker", "avatar_url": null}
}))]
pub(crate) struct AnsweredMessage {
    pub(crate) id: MessageId,
    /// Whether it is gone.
    pub(crate) deleted: bool,
    /// Null when it is gone. Null as well where not all who hear of the answer may read what was written before: read it by
    /// its id.
    pub(crate) author: Option<Author>,
    /// Its first 200 characters; null as `author`.
    pub(crate) content: Option<String>,
    /// What in `content` mentions something; null as `author`.
    pub(crate) tokens: Option<Vec<Token>>,
    /// How many files it has; null as `author`.
    pub(crate) attachment_count: Option<i64>,
}

impl AnsweredMessage {
    /// One that is there.
    pub(crate) fn shown(message: &Message, author: Author) -> Self {
        let content: String = message.content.chars().take(QUOTE_MAX).collect();
        Self {
            id: message.id,
            deleted: false,
            author: Some(author),
            tokens: Some(message.mentions.tokens_in(&content)),
            content: Some(content),
            attachment_count: Some(message.attachment_count),
        }
    }

    /// One that is there, of which only that is told.
    pub(crate) fn withheld(id: MessageId) -> Self {
        Self {
            id,
            deleted: false,
            author: None,
            content: None,
            tokens: None,
            attachment_count: None,
        }
    }

    /// One that is gone.
    pub(crate) fn gone(id: MessageId) -> Self {
        Self {
            deleted: true,
            ..Self::withheld(id)
        }
    }
}

/// How often a message was reacted to with an emoji.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"emoji": "👍", "count": 3, "me": true}))]
pub(crate) struct Reaction {
    emoji: String,
    count: i64,
    /// Whether the reader is among them. In events it is always false: it depends on who reads.
    me: bool,
}

impl From<Tally> for Reaction {
    fn from(tally: Tally) -> Self {
        Self {
            emoji: tally.emoji,
            count: tally.count,
            me: tally.mine != 0,
        }
    }
}

/// A message.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Message, example = json!({
    "id": "402345678901300000", "seq": 12, "server_id": "402345678901230000", "channel_id": "402345678901230001",
    "kind": "default",
    "author": {"id": "402345678901234567", "username": "ada", "display_name": "Ada Byron", "avatar_url": null},
    "content": "Hello, **world**", "created_at": "2026-11-24T09:30:00.000Z", "edited_at": null, "pinned": false,
    "reply_to": null, "mentions": {"user_ids": [], "role_ids": [], "channel_ids": [], "everyone": false, "tokens": []},
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
    /// Markdown, as it was typed; empty when there are only files.
    content: String,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
    pinned: bool,
    /// The message that it answers.
    reply_to: Option<AnsweredMessage>,
    mentions: MentionsResource,
    /// In the order in which they were sent.
    attachments: Vec<AttachmentResource>,
    /// Previews of its first links, which come some time after it, by a `message.updated`.
    #[schema(max_items = 5)]
    embeds: Vec<Embed>,
    /// With each emoji, in the order in which they came.
    reactions: Vec<Reaction>,
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
            pinned: message.pinned_at.is_some(),
            reply_to: None,
            mentions: message.mentions.into(),
            attachments: Vec::new(),
            embeds: message.embeds.0,
            reactions: Vec::new(),
            nonce: message.nonce.filter(|_| message.kind == MessageKind::Default),
        }
    }
}

impl MessageResource {
    /// The same as an answer to another message.
    pub(crate) fn answering(mut self, answered: Option<AnsweredMessage>) -> Self {
        self.reply_to = answered;
        self
    }

    /// The same with files.
    pub(crate) fn with_attachments(mut self, attachments: Vec<AttachmentResource>) -> Self {
        self.attachments = attachments;
        self
    }

    /// The same with reactions.
    pub(crate) fn with_reactions(mut self, reactions: Vec<Reaction>) -> Self {
        self.reactions = reactions;
        self
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
