//! Removing a member, who may come back.

use model::{Permission, Reason, ServerId, UserId};

use crate::{
    acting::Acting,
    audit::{Action, Changes, Entry},
    error::Error,
    service::{Service, retried},
    store::members,
};

/// Removes a member: with `kick_members`, and only one who stands below.
pub(crate) async fn kick(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    target_id: UserId,
    reason: Option<&Reason>,
) -> Result<(), Error> {
    retried(|| attempt(service, server_id, actor_id, target_id, reason)).await
}

async fn attempt(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    target_id: UserId,
    reason: Option<&Reason>,
) -> Result<(), Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require(Permission::KickMembers)?;
    let target = members::lookup(&mut acting.tx, target_id)
        .await?
        .ok_or(Error::MemberNotFound)?;
    super::remove(&mut acting, &target).await?;
    let entry = Entry {
        action: Action::MemberKicked,
        target: target_id.into(),
        channel_id: None,
        changes: Changes::default(),
        reason: reason.cloned(),
    };
    acting.record(entry).await?;
    acting.commit().await
}
