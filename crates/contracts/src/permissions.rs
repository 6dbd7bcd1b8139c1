//! From the wire to a decision: what a member may do, by a tenant's snapshot and a membership.
//!
//! Every service decides by these, so that all decide alike (architecture, section 6).

use model::{
    ChannelId, Membership, Overwrite, OverwriteTarget, PermissionSet, RoleGrant, RoleId, ServerId, Timestamp, UserId,
    access,
};

use crate::servers;

/// A tenant's snapshot in the types of the model, ready for decisions.
#[derive(Debug, Clone)]
pub struct TenantAccess {
    /// The server.
    pub server_id: ServerId,
    /// Grows with every change of the server; see [`crate::events::Event::tenant_version`].
    pub version: i64,
    /// Who may do everything.
    pub owner_id: UserId,
    roles: Vec<RoleGrant>,
    channels: Vec<ChannelAccess>,
}

/// A channel as far as permissions go.
#[derive(Debug, Clone)]
pub struct ChannelAccess {
    /// The channel.
    pub id: ChannelId,
    /// Text, voice or folder.
    pub kind: servers::ChannelKind,
    /// The folder it is in.
    pub parent_id: Option<ChannelId>,
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
        let mut channels: Vec<ChannelAccess> = tenant.channels.iter().map(ChannelAccess::from).collect();
        channels.sort_unstable_by_key(|channel| channel.id);
        Self {
            server_id: ServerId(tenant.server_id),
            version: tenant.version,
            owner_id: UserId(tenant.owner_id),
            roles: tenant.roles.iter().map(role).collect(),
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
            kind: channel.kind(),
            parent_id: channel.parent_id.map(ChannelId),
            overwrites: channel.overwrites.iter().map(overwrite).collect(),
        }
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
        let folder = channel
            .parent_id
            .and_then(|parent| self.channel(parent))
            .map_or(&[][..], |folder| &folder.overwrites);
        access::in_channel(
            self.server_id,
            &self.roles,
            self.membership(member, now),
            folder,
            &channel.overwrites,
        )
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
