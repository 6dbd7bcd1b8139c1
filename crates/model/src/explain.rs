//! Why a member may or may not do something in a channel: the same walk as [`crate::access::in_channel`], which remembers
//! what decided.

use crate::{
    ChannelId, Membership, Overwrite, OverwriteTarget, Permission, PermissionSet, RoleGrant, RoleId, ServerId, access,
};

/// What decided about a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The member owns the server, and so may do everything.
    Owner,
    /// The member holds a role with `administrator`, and so may do everything.
    Administrator(RoleId),
    /// A role allows it, in the whole server.
    Role(RoleId),
    /// None of the member's roles allows it, and no overwrite does.
    NoRole,
    /// An overwrite of the folder or the channel allows or denies it.
    Overwrite {
        /// The folder or channel that it stands on.
        channel_id: ChannelId,
        /// Whom it is for.
        target: OverwriteTarget,
    },
    /// The member is in a time-out, which leaves nothing but reading.
    TimedOut,
    /// The member cannot see the channel, and so can do nothing in it. Why not is the reason of `view_channel`.
    NotVisible,
}

/// A permission with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explained {
    /// The permission.
    pub permission: Permission,
    /// Whether the member has it in the channel.
    pub allowed: bool,
    /// What decided.
    pub because: Reason,
}

/// Every permission in a channel, by position, with its reason. `roles` come lowest first: when several allow the same,
/// the highest is named.
#[must_use]
pub fn in_channel(
    server: ServerId,
    roles: &[RoleGrant],
    member: Membership<'_>,
    folder: &[Overwrite],
    channel: &[Overwrite],
) -> Vec<Explained> {
    let allowed = access::in_channel(server, roles, member, folder, channel);
    let explained = |permission| Explained {
        permission,
        allowed: allowed.contains(permission),
        because: reason(server, roles, member, [folder, channel], permission, allowed),
    };
    Permission::ALL.iter().copied().map(explained).collect()
}

fn reason(
    server: ServerId,
    roles: &[RoleGrant],
    member: Membership<'_>,
    levels: [&[Overwrite]; 2],
    permission: Permission,
    allowed: PermissionSet,
) -> Reason {
    if member.owner {
        return Reason::Owner;
    }
    let from = |wanted: Permission| {
        let held = |role: &&RoleGrant| role.id == server.everyone() || member.role_ids.contains(&role.id);
        let mut allowing = roles
            .iter()
            .filter(held)
            .filter(|role| role.permissions.contains(wanted));
        allowing.next_back().map(|role| role.id)
    };
    if let Some(role) = from(Permission::Administrator) {
        return Reason::Administrator(role);
    }
    // An overwrite never makes an administrator.
    if permission == Permission::Administrator {
        return Reason::NoRole;
    }
    if member.timed_out && !PermissionSet::TIMED_OUT.contains(permission) {
        return Reason::TimedOut;
    }
    if permission != Permission::ViewChannel && !allowed.contains(Permission::ViewChannel) {
        return Reason::NotVisible;
    }
    let overwrite = levels
        .into_iter()
        .rev()
        .find_map(|level| deciding(server, member, level, permission));
    match overwrite {
        Some(overwrite) => Reason::Overwrite {
            channel_id: overwrite.channel_id,
            target: overwrite.target,
        },
        None => from(permission).map_or(Reason::NoRole, Reason::Role),
    }
}

/// The overwrite of one level that has the last word on the permission: the member's, or else one of the roles', or else
/// that of `everyone`. Among roles an allowance outweighs a denial.
fn deciding(
    server: ServerId,
    member: Membership<'_>,
    level: &[Overwrite],
    permission: Permission,
) -> Option<Overwrite> {
    let everyone = OverwriteTarget::Role(server.everyone());
    let step = |target: OverwriteTarget| match target {
        OverwriteTarget::Member(id) => (id == member.user_id).then_some(2),
        OverwriteTarget::Role(_) if target == everyone => Some(0),
        OverwriteTarget::Role(id) => member.role_ids.contains(&id).then_some(1),
    };
    let speaks = |overwrite: &Overwrite| {
        let allows = overwrite.allow.contains(permission);
        let weight = (step(overwrite.target)?, allows);
        (allows || overwrite.deny.contains(permission)).then_some((weight, *overwrite))
    };
    level
        .iter()
        .filter_map(speaks)
        .max_by_key(|(weight, _)| *weight)
        .map(|(_, overwrite)| overwrite)
}

#[cfg(test)]
#[path = "explain_reference.rs"]
mod reference;
