//! `…/messages/{message_id}/reactions/{emoji}`

mod clear;
mod list;
mod put;
mod take_back;

use contracts::events::EventKind;
use model::{ChannelId, Invalid, MessageId, ServerId, UserId};
use platform::{
    db::TenantTx,
    http::{Fields, Problem},
};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Api, MessagePath};
use crate::{emoji::Emoji, service::Service};

/// What is told of a reaction.
#[derive(Serialize)]
struct ReactionChange<'a> {
    message_id: MessageId,
    seq: i64,
    server_id: ServerId,
    channel_id: ChannelId,
    emoji: &'a str,
    /// Whose it is; null when all with the emoji were removed.
    user_id: Option<UserId>,
    /// How many there are with the emoji now.
    count: i64,
}

/// The reaction that a path names.
#[derive(Debug, Deserialize)]
pub(crate) struct ReactionPath {
    server_id: ServerId,
    channel_id: ChannelId,
    message_id: MessageId,
    emoji: String,
}

impl ReactionPath {
    fn message(&self) -> MessagePath {
        MessagePath {
            server_id: self.server_id,
            channel_id: self.channel_id,
            message_id: self.message_id,
        }
    }

    fn emoji(&self) -> Result<Emoji, Problem> {
        self.emoji.parse().map_err(|invalid: Invalid| {
            let mut fields = Fields::default();
            fields.add("emoji", invalid.code(), "is no emoji");
            fields.problem()
        })
    }
}

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(put::add_reaction, take_back::remove_reaction))
        .routes(routes!(list::list_reactions, clear::clear_reactions))
}

/// Has all who see the channel told.
async fn tell(
    api: &Service,
    tx: &mut TenantTx,
    kind: EventKind,
    path: MessagePath,
    (seq, emoji): (i64, Emoji),
    (user_id, count): (Option<UserId>, i64),
) -> Result<(), Problem> {
    let data = ReactionChange {
        message_id: path.message_id,
        seq,
        server_id: path.server_id,
        channel_id: path.channel_id,
        emoji: emoji.as_str(),
        user_id,
        count,
    };
    Ok(api.tell(tx, kind, (path.channel_id, seq), &data).await?)
}
