//! What a message mentions (M9, M10): users, roles, everyone and channels.
//!
//! The text stays as it was typed. Beside it is kept what each `@name` and `#name` stood for when it was sent, so that it is
//! right after a rename, and nobody else is called when they take the name later.

mod resolve;
mod scan;

use model::{ChannelId, RoleId, ServerId, UserId};
use platform::db::{Column, DbError, DbResult, Row};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use self::resolve::Place;

/// What a part of the text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MentionKind {
    /// A user.
    User,
    /// A role.
    Role,
    /// A channel.
    Channel,
    /// All who see the channel.
    Everyone,
}

/// A part of the text, and what it stood for when it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MentionToken, example = json!({"text": "@ada", "kind": "user", "id": "402345678901234567"}))]
pub(crate) struct Token {
    /// As it stands in the text, wherever that is no code.
    pub(crate) text: String,
    pub(crate) kind: MentionKind,
    /// The user, role or channel; null for everyone.
    pub(crate) id: Option<String>,
}

impl Token {
    fn new(text: &str, kind: MentionKind, id: impl Into<Option<i64>>) -> Self {
        Self {
            text: text.to_owned(),
            kind,
            id: id.into().map(|id| id.to_string()),
        }
    }

    fn number(&self) -> Option<i64> {
        self.id.as_ref()?.parse().ok()
    }
}

/// What a message mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mentions {
    tokens: Vec<Token>,
    /// The author of the message that this one answers, who is called, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answered: Option<UserId>,
}

impl Mentions {
    /// Calls the author of the message that this one answers, too.
    pub(crate) fn answering(mut self, author: Option<UserId>) -> Self {
        self.answered = author;
        self
    }

    /// Whom it calls besides what stands in the text.
    pub(crate) fn answered(&self) -> Option<UserId> {
        self.answered
    }

    /// The names of this kind in it, without their sign, and what they stood for.
    fn named(&self, kind: MentionKind) -> impl Iterator<Item = (&str, i64)> {
        let tokens = self.tokens.iter().filter(move |token| token.kind == kind);
        tokens.filter_map(|token| Some((token.text.strip_prefix(['@', '#'])?, token.number()?)))
    }

    /// Whom it calls: users, roles, and for everyone the server.
    pub(crate) fn targets(&self, server_id: ServerId) -> Vec<i64> {
        let of_token = |token: &Token| match token.kind {
            MentionKind::User | MentionKind::Role => token.number(),
            MentionKind::Everyone => Some(server_id.0),
            MentionKind::Channel => None,
        };
        let mut targets: Vec<i64> = self.tokens.iter().filter_map(of_token).collect();
        targets.extend(self.answered.map(|id| id.0));
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// Those of its names that stand in a part of the text.
    pub(crate) fn tokens_in(&self, part: &str) -> Vec<Token> {
        let stands_there = |token: &&Token| part.contains(&token.text);
        self.tokens.iter().filter(stands_there).cloned().collect()
    }

    /// For the database; nothing when nothing is mentioned.
    pub(crate) fn to_column(&self) -> Option<String> {
        let empty = self.tokens.is_empty() && self.answered.is_none();
        (!empty).then(|| serde_json::to_string(self).ok()).flatten()
    }
}

impl Column for Mentions {
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
        match Option::<String>::read(row, index)? {
            None => Ok(Self::default()),
            Some(json) => serde_json::from_str(&json).map_err(|error| DbError::Statement(error.to_string())),
        }
    }
}

/// Whom and what a message mentions.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = Mentions)]
pub(crate) struct MentionsResource {
    /// The users that it calls, the author of what it answers among them.
    user_ids: Vec<UserId>,
    role_ids: Vec<RoleId>,
    channel_ids: Vec<ChannelId>,
    everyone: bool,
    /// Each part of the text that mentions something.
    tokens: Vec<Token>,
}

impl From<Mentions> for MentionsResource {
    fn from(mentions: Mentions) -> Self {
        let mut resource = Self::default();
        for token in &mentions.tokens {
            match (token.kind, token.number()) {
                (MentionKind::User, Some(id)) => add(&mut resource.user_ids, UserId(id)),
                (MentionKind::Role, Some(id)) => add(&mut resource.role_ids, RoleId(id)),
                (MentionKind::Channel, Some(id)) => add(&mut resource.channel_ids, ChannelId(id)),
                (MentionKind::Everyone, _) => resource.everyone = true,
                _ => {}
            }
        }
        if let Some(answered) = mentions.answered {
            add(&mut resource.user_ids, answered);
        }
        resource.tokens = mentions.tokens;
        resource
    }
}

fn add<T: PartialEq>(ids: &mut Vec<T>, id: T) {
    if !ids.contains(&id) {
        ids.push(id);
    }
}
