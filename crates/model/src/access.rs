//! What a member may do: the one pure function behind every permission decision (architecture, section 6).

use crate::{ChannelId, Permission, PermissionSet, RoleId, ServerId, UserId};

/// A role's part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleGrant {
    /// The role; the server's own id for `everyone`.
    pub id: RoleId,
    /// What it allows. Roles only allow; nothing but an overwrite denies.
    pub permissions: PermissionSet,
}

/// Whom an overwrite is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OverwriteTarget {
    /// All who hold the role (`everyone` included, by the server's id).
    Role(RoleId),
    /// One member.
    Member(UserId),
}

/// An exception to the roles in one folder or channel. What is in neither set is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overwrite {
    /// The folder or channel that it stands on.
    pub channel_id: ChannelId,
    /// Whom it is for.
    pub target: OverwriteTarget,
    /// Added.
    pub allow: PermissionSet,
    /// Taken away, before `allow` is added.
    pub deny: PermissionSet,
}

/// A member, as far as permissions go.
#[derive(Debug, Clone, Copy)]
pub struct Membership<'a> {
    /// The user.
    pub user_id: UserId,
    /// Whether the user owns the server, and so may do everything.
    pub owner: bool,
    /// The roles held besides `everyone`.
    pub role_ids: &'a [RoleId],
    /// Whether the member is in a time-out now.
    pub timed_out: bool,
}

/// What the member may do in the server as a whole.
#[must_use]
pub fn in_server(server: ServerId, roles: &[RoleGrant], member: Membership<'_>) -> PermissionSet {
    if member.owner {
        return PermissionSet::ALL;
    }
    let held = |role: &&RoleGrant| role.id == server.everyone() || member.role_ids.contains(&role.id);
    let union = roles
        .iter()
        .filter(held)
        .fold(PermissionSet::EMPTY, |set, role| set | role.permissions);
    if union.contains(Permission::Administrator) {
        PermissionSet::ALL
    } else if member.timed_out {
        union & PermissionSet::TIMED_OUT
    } else {
        union
    }
}

/// What the member may do in a channel: the server's permissions, then the folder's overwrites, then the channel's.
///
/// Without `view_channel` the result is empty: who cannot see a channel can do nothing in it.
#[must_use]
pub fn in_channel(
    server: ServerId,
    roles: &[RoleGrant],
    member: Membership<'_>,
    folder: &[Overwrite],
    channel: &[Overwrite],
) -> PermissionSet {
    let base = in_server(server, roles, member);
    if base.contains(Permission::Administrator) {
        return PermissionSet::ALL;
    }
    let set = overwritten(server, overwritten(server, base, member, folder), member, channel);
    let set = if member.timed_out {
        set & PermissionSet::TIMED_OUT
    } else {
        set
    };
    if set.contains(Permission::ViewChannel) {
        set
    } else {
        PermissionSet::EMPTY
    }
}

/// One level of overwrites in three steps: `everyone`, then the member's roles together, then the member.
fn overwritten(
    server: ServerId,
    base: PermissionSet,
    member: Membership<'_>,
    overwrites: &[Overwrite],
) -> PermissionSet {
    let step = |set: PermissionSet, applies: &dyn Fn(OverwriteTarget) -> bool| {
        let (allow, deny) = overwrites
            .iter()
            .filter(|overwrite| applies(overwrite.target))
            .fold((PermissionSet::EMPTY, PermissionSet::EMPTY), |(allow, deny), o| {
                (allow | o.allow, deny | o.deny)
            });
        (set - deny) | allow
    };
    let everyone = OverwriteTarget::Role(server.everyone());
    let set = step(base, &|target| target == everyone);
    let set = step(
        set,
        &|target| matches!(target, OverwriteTarget::Role(id) if target != everyone && member.role_ids.contains(&id)),
    );
    let set = step(set, &|target| target == OverwriteTarget::Member(member.user_id));
    // An overwrite never makes an administrator: that right is the server's alone.
    set - (PermissionSet::of(&[Permission::Administrator]) - base)
}

/// Whether a channel is hidden from members for whom nothing special was said: an overwrite for `everyone` takes the view
/// away in the folder or the channel, and none gives it back. For marks beside names; it decides nothing.
#[must_use]
pub fn is_private(server: ServerId, folder: &[Overwrite], channel: &[Overwrite]) -> bool {
    let everyone = OverwriteTarget::Role(server.everyone());
    let any = |level: &[Overwrite], set: fn(&Overwrite) -> PermissionSet| {
        level
            .iter()
            .any(|overwrite| overwrite.target == everyone && set(overwrite).contains(Permission::ViewChannel))
    };
    [folder, channel].into_iter().fold(false, |private, level| {
        !any(level, |overwrite| overwrite.allow) && (private || any(level, |overwrite| overwrite.deny))
    })
}

#[cfg(test)]
#[path = "access_reference.rs"]
mod reference;
