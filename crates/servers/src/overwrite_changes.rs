//! Exceptions to the roles in a channel or folder: making, changing and removing one.
//!
//! Whoever does it has `manage_roles` there, stands above the role or member that it is for, and allows or denies nothing
//! that they lack there: a right to manage roles that comes by an overwrite makes no administrator of the channel. One
//! overwrite is written at a time, and the others stay as they are.

use contracts::events::{Audience, EventKind};
use model::{
    ChannelId, Overwrite, OverwriteTarget, Permission, PermissionSet, RoleId, ServerId, TargetId, UserId,
    limits::OVERWRITES_PER_CHANNEL,
};
use serde_json::json;

use crate::{
    acting::Acting,
    api::resource::Channel,
    audit::{Action, Changes, Entry, Target},
    error::Error,
    service::{Service, retried},
    snapshots,
    store::{
        members,
        overwrites::{self, OverwriteRow},
    },
};

/// Makes the overwrite, or puts it in the place of the one there is for the same role or member.
pub(crate) async fn put(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    overwrite: Overwrite,
) -> Result<(), Error> {
    retried(|| attempt_put(service, server_id, actor_id, overwrite)).await
}

async fn attempt_put(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    overwrite: Overwrite,
) -> Result<(), Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    let channel_id = overwrite.channel_id;
    acting.require_in(channel_id, Permission::ManageRoles)?;
    outranks_target(&mut acting, overwrite.target).await?;
    let present = on_channel(&acting, channel_id);
    let before = present.iter().find(|other| other.target == overwrite.target).copied();
    require_grants(&acting, before, Some(overwrite))?;
    if before == Some(overwrite) {
        return Ok(());
    }
    if before.is_none() && present.len() >= OVERWRITES_PER_CHANNEL {
        return Err(Error::TooManyOverwrites);
    }
    overwrites::put(&mut acting.tx, &row(server_id, overwrite)).await?;
    settle(acting, Action::OverwriteUpdated, before, Some(overwrite)).await
}

/// Removes the overwrite for a role or member, if there is one.
pub(crate) async fn remove(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    channel_id: ChannelId,
    target_id: TargetId,
) -> Result<(), Error> {
    retried(|| attempt_remove(service, server_id, actor_id, channel_id, target_id)).await
}

async fn attempt_remove(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    channel_id: ChannelId,
    target_id: TargetId,
) -> Result<(), Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require_in(channel_id, Permission::ManageRoles)?;
    let present = on_channel(&acting, channel_id);
    let before = present
        .into_iter()
        .find(|other| self::target_id(other.target) == target_id);
    let Some(before) = before else { return Ok(()) };
    outranks_target(&mut acting, before.target).await?;
    require_grants(&acting, Some(before), None)?;
    overwrites::remove(&mut acting.tx, channel_id, target_id).await?;
    settle(acting, Action::OverwriteDeleted, Some(before), None).await
}

/// The id of a role or member.
pub(crate) const fn target_id(target: OverwriteTarget) -> TargetId {
    match target {
        OverwriteTarget::Role(RoleId(id)) | OverwriteTarget::Member(UserId(id)) => TargetId(id),
    }
}

/// The row of an overwrite.
pub(crate) const fn row(server_id: ServerId, overwrite: Overwrite) -> OverwriteRow {
    OverwriteRow {
        server_id,
        channel_id: overwrite.channel_id,
        target_id: target_id(overwrite.target).0,
        is_member: matches!(overwrite.target, OverwriteTarget::Member(_)),
        allowed: overwrite.allow,
        denied: overwrite.deny,
    }
}

fn on_channel(acting: &Acting<'_>, id: ChannelId) -> Vec<Overwrite> {
    let channel = acting.tenant.access().channel(id);
    channel.map_or_else(Vec::new, |channel| channel.overwrites().to_vec())
}

/// Whether the actor stands above whom the overwrite is for.
async fn outranks_target(acting: &mut Acting<'_>, target: OverwriteTarget) -> Result<(), Error> {
    match target {
        OverwriteTarget::Role(id) => acting.outranks_role(id),
        OverwriteTarget::Member(id) => {
            let member = members::lookup(&mut acting.tx, id)
                .await?
                .ok_or(Error::MemberNotFound)?;
            acting.outranks(&member.access())
        }
    }
}

/// Whether the actor has, in the channel, whatever is allowed or denied now and was not before, or the other way round.
fn require_grants(acting: &Acting<'_>, before: Option<Overwrite>, after: Option<Overwrite>) -> Result<(), Error> {
    let channel_id = before.or(after).map(|overwrite| overwrite.channel_id);
    let own = channel_id.map_or(PermissionSet::EMPTY, |id| acting.permissions_in(id));
    let allowed = |overwrite: Option<Overwrite>| overwrite.map_or(PermissionSet::EMPTY, |one| one.allow);
    let denied = |overwrite: Option<Overwrite>| overwrite.map_or(PermissionSet::EMPTY, |one| one.deny);
    Acting::may_grant(own, allowed(before), allowed(after))?;
    Acting::may_grant(own, denied(before), denied(after))
}

/// Writes it down, tells of it and makes it true. The channel is told of though it may look the same, since what members
/// may do in it has changed; those in a folder, when they look different.
async fn settle(
    mut acting: Acting<'_>,
    action: Action,
    before: Option<Overwrite>,
    after: Option<Overwrite>,
) -> Result<(), Error> {
    let Some(Overwrite { channel_id, target, .. }) = before.or(after) else {
        return Ok(());
    };
    let names = |of: fn(&Overwrite) -> PermissionSet| [before, after].map(|one| json!(one.as_ref().map(of)));
    let ([allowed, allow], [denied, deny]) = (names(|one| one.allow), names(|one| one.deny));
    let entry = Entry {
        action,
        target: match target {
            OverwriteTarget::Role(id) => Target::from(id),
            OverwriteTarget::Member(id) => Target::from(id),
        },
        channel_id: Some(channel_id),
        changes: Changes::default()
            .with("allow", allowed, allow)
            .with("deny", denied, deny),
        reason: None,
    };
    acting.record(entry).await?;
    let tenant = snapshots::inside(&mut acting.tx).await?.ok_or(Error::ServerNotFound)?;
    let rows = acting.tenant.channel_rows().iter();
    let shown: Vec<(Channel, Channel)> = rows.map(|row| (acting.tenant.shown(row), tenant.shown(row))).collect();
    let server_id = acting.server_id();
    for (was, is) in shown {
        if is.id == channel_id || is != was {
            let audience = Audience::Channel {
                server_id,
                channel_id: is.id,
            };
            acting.tell(EventKind::ChannelUpdated, audience, &is)?;
        }
    }
    acting.commit().await
}
