//! A message as far as it is looked for, from its JSON.

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use serde::{Deserialize, de::IgnoredAny};

use crate::links::has_link;

/// What a message may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Has {
    /// A link in its text.
    Link,
    /// A file of any kind.
    File,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound.
    Audio,
    /// A preview of something that it links to.
    Embed,
}

impl Has {
    /// All that a message may have.
    pub(crate) const ALL: [Self; 6] = [
        Self::Link,
        Self::File,
        Self::Image,
        Self::Video,
        Self::Audio,
        Self::Embed,
    ];

    /// What it is called in requests and in the index.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::File => "file",
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Embed => "embed",
        }
    }

    /// What is called so.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|has| has.name() == name)
    }

    /// What a file of this type is, besides a file.
    fn of_type(content_type: &str) -> Option<Self> {
        match content_type.split('/').next()? {
            "image" => Some(Self::Image),
            "video" => Some(Self::Video),
            "audio" => Some(Self::Audio),
            _ => None,
        }
    }
}

/// A message as far as it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: ChannelId,
    pub(crate) id: MessageId,
    /// Its number in the channel.
    pub(crate) seq: i64,
    pub(crate) author_id: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) content: String,
    /// The names of its files, which are looked for like its text.
    pub(crate) names: Vec<String>,
    /// The users whom it mentions by name.
    pub(crate) mentions: Vec<UserId>,
    pub(crate) has: Vec<Has>,
    pub(crate) pinned: bool,
}

impl Document {
    /// From the resource `Message`; `None` for what Beep itself says, which is not looked for.
    pub(crate) fn from_json(json: &str) -> Result<Option<Self>, serde_json::Error> {
        let message: Message = serde_json::from_str(json)?;
        if message.kind != "default" {
            return Ok(None);
        }
        let mut has: Vec<Has> = Vec::new();
        if has_link(&message.content) {
            has.push(Has::Link);
        }
        if !message.attachments.is_empty() {
            has.push(Has::File);
        }
        if !message.embeds.is_empty() {
            has.push(Has::Embed);
        }
        let types = message.attachments.iter();
        has.extend(types.filter_map(|file| Has::of_type(&file.content_type)));
        has.sort_unstable();
        has.dedup();
        Ok(Some(Self {
            server_id: message.server_id,
            channel_id: message.channel_id,
            id: message.id,
            seq: message.seq,
            author_id: message.author.id,
            created_at: message.created_at,
            content: message.content,
            names: message.attachments.into_iter().map(|file| file.name).collect(),
            mentions: message.mentions.user_ids,
            has,
            pinned: message.pinned,
        }))
    }

    /// What words are looked for in.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.content).chain(&self.names).map(String::as_str)
    }
}

#[derive(Deserialize)]
struct Message {
    id: MessageId,
    seq: i64,
    server_id: ServerId,
    channel_id: ChannelId,
    kind: String,
    author: Author,
    content: String,
    created_at: Timestamp,
    pinned: bool,
    mentions: Mentions,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    embeds: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Author {
    id: UserId,
}

#[derive(Deserialize)]
struct Mentions {
    user_ids: Vec<UserId>,
}

#[derive(Deserialize)]
struct Attachment {
    name: String,
    content_type: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use serde_json::{Value, json};

    use super::*;

    fn message(changes: &Value) -> Value {
        let mut message = json!({
            "id": "5", "seq": 3, "server_id": "1", "channel_id": "2", "kind": "default",
            "author": {"id": "7", "username": "ada", "display_name": "Ada", "avatar_url": null},
            "content": "see https://beep.example", "created_at": "2026-11-24T09:30:00.000Z", "edited_at": null,
            "pinned": true, "reply_to": null,
            "mentions": {"user_ids": ["8"], "role_ids": [], "channel_ids": [], "everyone": false, "tokens": []},
            "attachments": [], "embeds": [], "reactions": [], "nonce": null
        });
        for (name, value) in changes.as_object().unwrap() {
            message[name] = value.clone();
        }
        message
    }

    fn read(changes: &Value) -> Option<Document> {
        Document::from_json(&message(changes).to_string()).unwrap()
    }

    #[test]
    fn a_message_is_read_from_its_json() {
        let document = read(&json!({})).unwrap();
        assert_eq!(
            (document.id, document.seq, document.author_id, document.pinned),
            (MessageId(5), 3, UserId(7), true)
        );
        assert_eq!((document.mentions, document.has), (vec![UserId(8)], vec![Has::Link]));
        assert_eq!(document.created_at.to_string(), "2026-11-24T09:30:00.000Z");
        assert_eq!(read(&json!({"kind": "member_joined"})), None);
        assert!(Document::from_json("{}").is_err());
    }

    #[test]
    fn files_and_previews_are_known_by_what_they_are() {
        let file = |name: &str, content_type: &str| json!({"name": name, "content_type": content_type, "size": 1});
        let document = read(&json!({
            "content": "", "embeds": [{"url": "https://x.example"}],
            "attachments": [file("Cat photo.png", "image/png"), file("a.mp3", "audio/mpeg"), file("b.png", "image/png")]
        }));
        let document = document.unwrap();
        assert_eq!(document.has, [Has::File, Has::Image, Has::Audio, Has::Embed]);
        assert_eq!(
            document.texts().collect::<Vec<_>>(),
            ["", "Cat photo.png", "a.mp3", "b.png"]
        );
        let plain = read(&json!({"content": "", "attachments": [file("x", "application/zip")]})).unwrap();
        assert_eq!(plain.has, [Has::File]);
    }
}
