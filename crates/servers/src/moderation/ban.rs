//! Keeping users out, whether they are members or not, and letting them in again.

use std::time::Duration;

use contracts::events::{Audience, EventKind, Sweep};
use model::{Permission, Reason, ServerId, UserId};
use serde_json::Value;

use crate::{
    acting::Acting,
    audit::{Action, Changes, Entry},
    error::Error,
    service::{Service, retried},
    store::{
        bans::{self, BanRow},
        members,
    },
};

/// A ban to be.
#[derive(Debug, Clone)]
pub(crate) struct NewBan {
    pub(crate) user_id: UserId,
    pub(crate) reason: Option<Reason>,
    /// How far back the user's messages are deleted.
    pub(crate) delete_messages: Option<Duration>,
}

/// Bans a user: with `ban_members`, and a member only who stands below, whose membership ends. A ban that stands already is
/// made anew.
pub(crate) async fn ban(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    new: &NewBan,
) -> Result<BanRow, Error> {
    retried(|| attempt_ban(service, server_id, actor_id, new)).await
}

async fn attempt_ban(service: &Service, server_id: ServerId, actor_id: UserId, new: &NewBan) -> Result<BanRow, Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require(Permission::BanMembers)?;
    if let Some(target) = members::lookup(&mut acting.tx, new.user_id).await? {
        super::remove(&mut acting, &target).await?;
    }
    let reason = new
        .reason
        .as_ref()
        .map(Reason::as_str)
        .filter(|reason| !reason.is_empty());
    let row = BanRow {
        user_id: new.user_id,
        reason: reason.map(str::to_owned),
        banned_by: actor_id,
        delete_since: new.delete_messages.map(|back| acting.now.minus(back)),
        created_at: acting.now,
    };
    bans::put(&mut acting.tx, &row).await?;
    let deleted = new.delete_messages.map(|back| back.as_secs());
    let entry = Entry {
        action: Action::MemberBanned,
        target: new.user_id.into(),
        channel_id: None,
        changes: Changes::default().with("delete_messages_seconds", Value::Null, deleted),
        reason: new.reason.clone(),
    };
    acting.record(entry).await?;
    if let Some(since) = row.delete_since {
        let sweep = Sweep {
            server_id,
            author_id: row.user_id,
            since,
            banned_at: row.created_at,
        };
        acting.tell_about(row.user_id, EventKind::MemberBanned, Audience::Services, &sweep)?;
    }
    acting.commit().await?;
    Ok(row)
}

/// Lifts a ban: with `ban_members`. The user is not made a member by that.
pub(crate) async fn unban(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    user_id: UserId,
    reason: Option<&Reason>,
) -> Result<(), Error> {
    retried(|| attempt_unban(service, server_id, actor_id, user_id, reason)).await
}

async fn attempt_unban(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    user_id: UserId,
    reason: Option<&Reason>,
) -> Result<(), Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require(Permission::BanMembers)?;
    let lifted = bans::remove(&mut acting.tx, user_id).await?.ok_or(Error::BanNotFound)?;
    let entry = Entry {
        action: Action::MemberUnbanned,
        target: user_id.into(),
        channel_id: None,
        changes: Changes::default().with("reason", lifted.reason, Value::Null),
        reason: reason.cloned(),
    };
    acting.record(entry).await?;
    acting.commit().await
}
