//! A server with its roles, channels and overwrites at one version, and what one of its members sees of it.
//!
//! The one way to show a server or a channel to somebody: REST, events and peers all come here.

use contracts::{
    permissions::{MemberAccess, TenantAccess},
    servers as wire,
};
use model::{ChannelId, Permission, PermissionSet, RoleId, ServerId, Timestamp, UserId};

use crate::{
    api::resource::{Channel, Role, ServerWithDetail},
    store::{channels::ChannelRow, members::Membership, overwrites::OverwriteRow, roles::RoleRow, servers::ServerRow},
};

/// Everything about a server but its members.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) server: ServerRow,
    pub(crate) roles: Vec<RoleRow>,
    channels: Vec<ChannelRow>,
    wire: wire::Tenant,
    access: TenantAccess,
}

impl Tenant {
    pub(crate) fn new(
        server: ServerRow,
        roles: Vec<RoleRow>,
        channels: Vec<ChannelRow>,
        overwrites: &[OverwriteRow],
    ) -> Self {
        let wire = wire::Tenant {
            server_id: server.id.0,
            version: server.version,
            owner_id: server.owner_id.0,
            roles: roles.iter().map(wire_role).collect(),
            channels: channels
                .iter()
                .map(|channel| wire_channel(channel, overwrites))
                .collect(),
            system_channel_id: server.system_channel_id.map(|id| id.0),
        };
        let access = TenantAccess::from(&wire);
        Self {
            server,
            roles,
            channels,
            wire,
            access,
        }
    }

    /// The server.
    pub(crate) const fn id(&self) -> ServerId {
        self.server.id
    }

    /// The same for peers.
    pub(crate) const fn wire(&self) -> &wire::Tenant {
        &self.wire
    }

    /// How large it is in memory, roughly, in rows.
    pub(crate) fn weight(&self) -> u32 {
        let overwrites: usize = self.wire.channels.iter().map(|channel| channel.overwrites.len()).sum();
        u32::try_from(1 + self.roles.len() + self.channels.len() + overwrites).unwrap_or(u32::MAX)
    }

    /// What the member may do in the server as a whole.
    pub(crate) fn permissions(&self, member: &MemberAccess, now: Timestamp) -> PermissionSet {
        self.access.in_server(member, now)
    }

    /// What the member may do in a channel; nothing when they cannot see it.
    pub(crate) fn permissions_in(&self, id: ChannelId, member: &MemberAccess, now: Timestamp) -> PermissionSet {
        self.access.in_channel(id, member, now)
    }

    /// Somebody who holds this role, if there is such, and no other beside `everyone`, and is nobody else.
    pub(crate) fn holder_of(&self, id: RoleId) -> Option<MemberAccess> {
        self.access.rank_of_role(id).map(|_| MemberAccess {
            // Ids begin at 1.
            user_id: UserId(0),
            role_ids: vec![id],
            timeout_until: None,
        })
    }

    /// The channel for the member, if they can see it.
    pub(crate) fn channel(&self, id: ChannelId, member: &MemberAccess, now: Timestamp) -> Option<Channel> {
        let channel = self.channels.iter().find(|channel| channel.id == id)?;
        self.sees(channel, member, now).then(|| self.shown(channel))
    }

    /// A channel of this server in JSON, the same for all who see it, though it may have other fields by now.
    pub(crate) fn shown(&self, channel: &ChannelRow) -> Channel {
        Channel::new(channel, self.access.is_private(channel.id, channel.parent_id))
    }

    /// All channels and folders, by position.
    pub(crate) fn channel_rows(&self) -> &[ChannelRow] {
        &self.channels
    }

    /// Its roles, overwrites and owner, for decisions.
    pub(crate) const fn access(&self) -> &TenantAccess {
        &self.access
    }

    /// The channels and folders that the member can see, by position.
    pub(crate) fn channels(&self, member: &MemberAccess, now: Timestamp) -> Vec<Channel> {
        self.channels
            .iter()
            .filter(|channel| self.sees(channel, member, now))
            .map(|channel| self.shown(channel))
            .collect()
    }

    /// All roles, the lowest first; every member sees them all.
    pub(crate) fn roles(&self) -> Vec<Role> {
        self.roles.iter().map(Role::from).collect()
    }

    /// The server as the member sees it.
    pub(crate) fn detail(&self, membership: &Membership, now: Timestamp) -> ServerWithDetail {
        let member = membership.access();
        let (channels, permissions) = (self.channels(&member, now), self.permissions(&member, now));
        let channel_permissions = channels
            .iter()
            .map(|channel| (channel.id, self.permissions_in(channel.id, &member, now)))
            .filter(|(_, there)| *there != permissions)
            .collect();
        ServerWithDetail {
            server: (&self.server).into(),
            channels,
            roles: self.roles(),
            me: membership.into(),
            permissions,
            channel_permissions,
        }
    }

    fn sees(&self, channel: &ChannelRow, member: &MemberAccess, now: Timestamp) -> bool {
        self.permissions_in(channel.id, member, now)
            .contains(Permission::ViewChannel)
    }
}

fn wire_role(role: &RoleRow) -> wire::Role {
    wire::Role {
        id: role.id.0,
        permissions: role.permissions.bits(),
        position: role.position,
        hoisted: role.hoisted,
        mentionable: role.mentionable,
        name: role.name.clone(),
    }
}

fn wire_channel(channel: &ChannelRow, overwrites: &[OverwriteRow]) -> wire::Channel {
    let overwrite = |overwrite: &OverwriteRow| wire::Overwrite {
        target_id: overwrite.target_id,
        member: overwrite.is_member,
        allow: overwrite.allowed.bits(),
        deny: overwrite.denied.bits(),
    };
    wire::Channel {
        id: channel.id.0,
        kind: wire::ChannelKind::from(channel.kind).into(),
        parent_id: channel.parent_id.map(|id| id.0),
        overwrites: overwrites
            .iter()
            .filter(|row| row.channel_id == channel.id)
            .map(overwrite)
            .collect(),
        slow_mode_seconds: u32::try_from(channel.slow_mode_seconds).unwrap_or(u32::MAX),
        name: channel.name.clone(),
    }
}
