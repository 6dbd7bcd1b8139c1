//! What members see and may do, decided once for all who are alike.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use contracts::permissions::{MemberAccess, TenantAccess};
use model::{ChannelId, OverwriteTarget, Permission, PermissionSet, RoleId, ServerId, Timestamp, UserId};
use serde::Serialize;

/// What a member may do in the server, and which channels they see and what they may do there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rights {
    in_server: PermissionSet,
    /// The channels in sight, by id.
    channels: Box<[(ChannelId, PermissionSet)]>,
}

/// What a member is to be told when their rights change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// Channels that went out of sight.
    pub(super) lost: Vec<ChannelId>,
    /// Channels that came into sight.
    pub(super) gained: Vec<ChannelId>,
    /// Whether something else may be done than the client goes by.
    pub(super) other_permissions: bool,
}

/// `data` of `permissions.updated`.
#[derive(Serialize)]
struct Told {
    server_id: ServerId,
    permissions: PermissionSet,
    /// Where they differ.
    channel_permissions: BTreeMap<ChannelId, PermissionSet>,
}

impl Rights {
    /// Whether the channel is in sight.
    pub(super) fn sees(&self, id: ChannelId) -> bool {
        self.channels.binary_search_by_key(&id, |(channel, _)| *channel).is_ok()
    }

    /// Those in channels where they are not those in the server, as the client keeps them.
    fn exceptions(&self) -> impl Iterator<Item = (ChannelId, PermissionSet)> {
        let differs = |(_, there): &&(ChannelId, PermissionSet)| *there != self.in_server;
        self.channels.iter().filter(differs).copied()
    }

    /// As `permissions.updated` tells them.
    pub(super) fn to_json(&self, server_id: ServerId) -> String {
        let told = Told {
            server_id,
            permissions: self.in_server,
            channel_permissions: self.exceptions().collect(),
        };
        // Plain data of our own: writing it as JSON cannot fail.
        serde_json::to_string(&told).unwrap_or_default()
    }

    /// What must be told to whom these were told, now that they have `after`.
    pub(super) fn difference(&self, after: &Self) -> Difference {
        let lost = self.channels.iter().map(|(id, _)| *id).filter(|id| !after.sees(*id));
        let gained = after.channels.iter().map(|(id, _)| *id).filter(|id| !self.sees(*id));
        // What is not in sight any more was forgotten by the client.
        let before = self.exceptions().filter(|(id, _)| after.sees(*id));
        Difference {
            lost: lost.collect(),
            gained: gained.collect(),
            other_permissions: self.in_server != after.in_server || !before.eq(after.exceptions()),
        }
    }
}

/// All by which members may differ in their rights. Roles that no overwrite names count by what they allow together.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Class {
    in_server: PermissionSet,
    roles: Box<[RoleId]>,
    user: Option<UserId>,
    is_timed_out: bool,
}

/// The rights of all classes of members that were asked for, by one snapshot of the server.
#[derive(Default)]
pub(super) struct Classes {
    /// Whom overwrites name.
    roles: BTreeSet<RoleId>,
    users: BTreeSet<UserId>,
    known: HashMap<Class, Arc<Rights>>,
}

impl Classes {
    /// None of `tenant` yet.
    pub(super) fn of(tenant: &TenantAccess) -> Self {
        let mut classes = Self::default();
        for target in tenant.targets() {
            match target {
                OverwriteTarget::Role(id) => classes.roles.insert(id),
                OverwriteTarget::Member(id) => classes.users.insert(id),
            };
        }
        classes
    }

    /// The rights of a member by `tenant`, which must be the one that these are of.
    pub(super) fn rights(&mut self, tenant: &TenantAccess, member: &MemberAccess, now: Timestamp) -> Arc<Rights> {
        let class = self.class(tenant, member, now);
        let known = self.known.entry(class).or_insert_with_key(|class| {
            let of = |id: ChannelId| (id, tenant.in_channel(id, member, now));
            let all = tenant.channels().iter().map(|channel| of(channel.id));
            Arc::new(Rights {
                in_server: class.in_server,
                channels: all
                    .filter(|(_, there)| there.contains(Permission::ViewChannel))
                    .collect(),
            })
        });
        Arc::clone(known)
    }

    fn class(&self, tenant: &TenantAccess, member: &MemberAccess, now: Timestamp) -> Class {
        let in_server = tenant.in_server(member, now);
        if in_server.contains(Permission::Administrator) {
            // No overwrite and no time-out concerns them.
            return Class {
                in_server,
                roles: Box::default(),
                user: None,
                is_timed_out: false,
            };
        }
        let mut roles: Vec<RoleId> = member.role_ids.clone();
        roles.retain(|id| self.roles.contains(id));
        roles.sort_unstable();
        roles.dedup();
        Class {
            in_server,
            roles: roles.into(),
            user: Some(member.user_id).filter(|id| self.users.contains(id)),
            is_timed_out: member.timeout_until.is_some_and(|until| until > now),
        }
    }
}

#[cfg(test)]
#[path = "rights_tests.rs"]
mod tests;
