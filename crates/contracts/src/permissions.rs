//! From the wire to a decision: what a member may do, by a tenant's snapshot and a membership.
//!
//! Every service decides by these, so that all decide alike (architecture, section 6).

use model::{
    ChannelId, Membership, Overwrite, OverwriteTarget, Permission, PermissionSet, Rank, RoleGrant, RoleId, ServerId,
    SlowMode, Timestamp, UserId, access,
    explain::{self, Explained},
};

use crate::{messages, servers};

/// A tenant's snapshot in the types of the model, ready for decisions.
#[derive(Debug, Clone)]
pub struct TenantAccess {
    /// The server.
    pub server_id: ServerId,
    /// Grows with every change of the server; see [`crate::events::Event::tenant_version`].
    pub version: i64,
    /// Who may do everything.
    pub owner_id: UserId,
    /// Where it is said who joined.
    pub system_channel_id: Option<ChannelId>,
    /// Lowest first.
    roles: Vec<RoleGrant>,
    standings: Vec<RoleStanding>,
    channels: Vec<ChannelAccess>,
}

/// Where a role stands among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleStanding {
    /// The role.
    pub id: RoleId,
    /// What it is called.
    pub name: Box<str>,
    /// Its rank: 0, of `everyone`, is the lowest.
    pub position: i64,
    /// Whether its members stand apart in member lists.
    pub hoisted: bool,
    /// Whether everybody may mention it.
    pub mentionable: bool,
}

/// A channel as far as permissions go.
#[derive(Debug, Clone)]
pub struct ChannelAccess {
    /// The channel.
    pub id: ChannelId,
    /// What it is called.
    pub name: Box<str>,
    /// Text, voice or folder.
    pub kind: servers::ChannelKind,
    /// The folder it is in.
    pub parent_id: Option<ChannelId>,
    /// How long a member waits between two messages.
    pub slow_mode: SlowMode,
    overwrites: Vec<Overwrite>,
}

/// A membership in the types of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberAccess {
    /// The user.
    pub user_id: UserId,
    /// Roles besides `everyone`.
    pub role_ids: Vec<RoleId>,
    /// Until when the member may only read.
    pub timeout_until: Option<Timestamp>,
}

impl From<&servers::Membership> for MemberAccess {
    fn from(membership: &servers::Membership) -> Self {
        Self {
            user_id: UserId(membership.user_id),
            role_ids: membership.role_ids.iter().copied().map(RoleId).collect(),
            timeout_until: membership.timeout_until.map(Timestamp::from_millis),
        }
    }
}

impl From<&servers::Tenant> for TenantAccess {
    fn from(tenant: &servers::Tenant) -> Self {
        let role = |role: &servers::Role| RoleGrant {
            id: RoleId(role.id),
            permissions: PermissionSet::from_bits(role.permissions),
        };
        let standing = |role: &servers::Role| RoleStanding {
            id: RoleId(role.id),
            name: role.name.as_str().into(),
            position: role.position,
            hoisted: role.hoisted,
            mentionable: role.mentionable,
        };
        let mut in_order: Vec<&servers::Role> = tenant.roles.iter().collect();
        in_order.sort_unstable_by_key(|role| (role.position, role.id));
        let mut channels: Vec<ChannelAccess> = tenant.channels.iter().map(ChannelAccess::from).collect();
        channels.sort_unstable_by_key(|channel| channel.id);
        Self {
            server_id: ServerId(tenant.server_id),
            version: tenant.version,
            owner_id: UserId(tenant.owner_id),
            system_channel_id: tenant.system_channel_id.map(ChannelId),
            roles: in_order.iter().copied().map(role).collect(),
            standings: in_order.iter().copied().map(standing).collect(),
            channels,
        }
    }
}

impl From<&servers::Channel> for ChannelAccess {
    fn from(channel: &servers::Channel) -> Self {
        let id = ChannelId(channel.id);
        let overwrite = |overwrite: &servers::Overwrite| Overwrite {
            channel_id: id,
            target: if overwrite.member {
                OverwriteTarget::Member(UserId(overwrite.target_id))
            } else {
                OverwriteTarget::Role(RoleId(overwrite.target_id))
            },
            allow: PermissionSet::from_bits(overwrite.allow),
            deny: PermissionSet::from_bits(overwrite.deny),
        };
        Self {
            id,
            name: channel.name.as_str().into(),
            kind: channel.kind(),
            parent_id: channel.parent_id.map(ChannelId),
            slow_mode: SlowMode::from_seconds(channel.slow_mode_seconds.into()).unwrap_or_default(),
            overwrites: channel.overwrites.iter().map(overwrite).collect(),
        }
    }
}

impl messages::ReadableServer {
    /// What a member may read of a server now; `None` when the server comes without its snapshot or the membership.
    #[must_use]
    pub fn of(server: &servers::ServerOfUser, now: Timestamp) -> Option<Self> {
        let tenant = TenantAccess::from(server.tenant.as_ref()?);
        let membership = server.membership.as_ref()?;
        let seen = tenant.seen_by(&MemberAccess::from(membership), now);
        Some(Self {
            server_id: server.server_id,
            joined_at: server.joined_at,
            role_ids: membership.role_ids.clone(),
            channel_ids: seen.into_iter().map(|id| id.0).collect(),
        })
    }
}

impl ChannelAccess {
    /// Whether it holds channels and no messages.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.kind == servers::ChannelKind::Folder
    }

    /// The overwrites that stand on it.
    #[must_use]
    pub fn overwrites(&self) -> &[Overwrite] {
        &self.overwrites
    }
}

impl TenantAccess {
    /// The channel of that id, if the server has it.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> Option<&ChannelAccess> {
        self.channels
            .binary_search_by_key(&id, |channel| channel.id)
            .ok()
            .map(|index| &self.channels[index])
    }

    /// All channels and folders.
    #[must_use]
    pub fn channels(&self) -> &[ChannelAccess] {
        &self.channels
    }

    /// Whom overwrites are for. Members who are alike in these and in the server are alike in every channel.
    pub fn targets(&self) -> impl Iterator<Item = OverwriteTarget> {
        let overwrites = self.channels.iter().flat_map(|channel| &channel.overwrites);
        overwrites.map(|overwrite| overwrite.target)
    }

    /// What the member may do in the server as a whole.
    #[must_use]
    pub fn in_server(&self, member: &MemberAccess, now: Timestamp) -> PermissionSet {
        access::in_server(self.server_id, &self.roles, self.membership(member, now))
    }

    /// What the member may do in the channel; nothing when there is no such channel or the member cannot see it.
    #[must_use]
    pub fn in_channel(&self, id: ChannelId, member: &MemberAccess, now: Timestamp) -> PermissionSet {
        let Some(channel) = self.channel(id) else {
            return PermissionSet::EMPTY;
        };
        access::in_channel(
            self.server_id,
            &self.roles,
            self.membership(member, now),
            self.overwrites_of(channel.parent_id),
            &channel.overwrites,
        )
    }

    /// The channels with messages that the member sees.
    #[must_use]
    pub fn seen_by(&self, member: &MemberAccess, now: Timestamp) -> Vec<ChannelId> {
        let seen = self.channels.iter().filter(|channel| {
            let there = self.in_channel(channel.id, member, now);
            !channel.is_folder() && there.contains(Permission::ViewChannel)
        });
        seen.map(|channel| channel.id).collect()
    }

    /// Every permission of the member in the channel with what decided it; nothing when there is no such channel.
    #[must_use]
    pub fn explain(&self, id: ChannelId, member: &MemberAccess, now: Timestamp) -> Vec<Explained> {
        self.channel(id).map_or_else(Vec::new, |channel| {
            explain::in_channel(
                self.server_id,
                &self.roles,
                self.membership(member, now),
                self.overwrites_of(channel.parent_id),
                &channel.overwrites,
            )
        })
    }

    /// Whether all who see the channel may read what was written there before: `everyone` may, and no overwrite denies it.
    #[must_use]
    pub fn all_read_history(&self, id: ChannelId) -> bool {
        let Some(channel) = self.channel(id) else {
            return false;
        };
        let everyone = self.roles.iter().find(|role| role.id == self.server_id.everyone());
        let overwrites = channel.overwrites.iter().chain(self.overwrites_of(channel.parent_id));
        everyone.is_some_and(|role| role.permissions.contains(Permission::ReadHistory))
            && !overwrites
                .into_iter()
                .any(|overwrite| overwrite.deny.contains(Permission::ReadHistory))
    }

    /// Whether an overwrite hides the channel from everyone for whom no other says otherwise, when it stands in `parent_id`.
    #[must_use]
    pub fn is_private(&self, id: ChannelId, parent_id: Option<ChannelId>) -> bool {
        access::is_private(
            self.server_id,
            self.overwrites_of(parent_id),
            self.overwrites_of(Some(id)),
        )
    }

    /// Where each role stands, the lowest first.
    #[must_use]
    pub fn standings(&self) -> &[RoleStanding] {
        &self.standings
    }

    /// How high a role stands, if the server has it.
    #[must_use]
    pub fn rank_of_role(&self, id: RoleId) -> Option<Rank> {
        let standing = self.standings.iter().find(|standing| standing.id == id)?;
        Some(Rank::Role(standing.position))
    }

    /// How high a member stands.
    #[must_use]
    pub fn rank(&self, member: &MemberAccess) -> Rank {
        let held = |standing: &&RoleStanding| member.role_ids.contains(&standing.id);
        let positions = self.standings.iter().filter(held).map(|standing| standing.position);
        Rank::of_member(member.user_id == self.owner_id, positions)
    }

    fn overwrites_of(&self, id: Option<ChannelId>) -> &[Overwrite] {
        id.and_then(|id| self.channel(id))
            .map_or(&[][..], |channel| &channel.overwrites)
    }

    fn membership<'a>(&self, member: &'a MemberAccess, now: Timestamp) -> Membership<'a> {
        Membership {
            user_id: member.user_id,
            owner: member.user_id == self.owner_id,
            role_ids: &member.role_ids,
            timed_out: member.timeout_until.is_some_and(|until| until > now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_stands_as_high_as_their_highest_role() {
        let role = |id, position, hoisted| servers::Role {
            id,
            position,
            hoisted,
            ..servers::Role::default()
        };
        let tenant = servers::Tenant {
            server_id: 1,
            owner_id: 7,
            roles: vec![role(3, 2, true), role(1, 0, false), role(2, 1, false)],
            ..servers::Tenant::default()
        };
        let access = TenantAccess::from(&tenant);
        let member = |user_id, roles: &[i64]| MemberAccess {
            user_id: UserId(user_id),
            role_ids: roles.iter().copied().map(RoleId).collect(),
            timeout_until: None,
        };
        assert_eq!(access.rank(&member(8, &[])), Rank::Role(0));
        assert_eq!(access.rank(&member(8, &[2, 3])), Rank::Role(2));
        assert_eq!(access.rank(&member(7, &[])), Rank::Owner);
        assert_eq!(access.rank_of_role(RoleId(2)), Some(Rank::Role(1)));
        assert_eq!(access.rank_of_role(RoleId(9)), None);
        let order: Vec<(i64, bool)> = access.standings().iter().map(|one| (one.id.0, one.hoisted)).collect();
        assert_eq!(order, [(1, false), (2, false), (3, true)]);
    }
}
