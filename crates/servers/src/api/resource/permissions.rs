//! What somebody may do, in JSON, and why.

use std::collections::BTreeMap;

use model::{
    ChannelId, OverwriteTarget, Permission, PermissionSet, RoleId,
    explain::{Explained, Reason},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What somebody may do in a server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "permissions": ["view_channel", "send_messages"],
    "channels": {"402345678901234569": ["view_channel", "send_messages"]}
}))]
pub(crate) struct ServerPermissions {
    /// In the server as a whole, by name.
    pub(crate) permissions: PermissionSet,
    /// In each channel and folder that they can see, by its id.
    #[schema(value_type = BTreeMap<String, PermissionSet>)]
    pub(crate) channels: BTreeMap<ChannelId, PermissionSet>,
}

/// What a member may do in a channel, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "permissions": ["view_channel"],
    "reasons": [
        {"permission": "view_channel", "allowed": true,
         "because": {"kind": "role", "role_id": "402345678901234567", "channel_id": null}},
        {"permission": "send_messages", "allowed": false,
         "because": {"kind": "role_overwrite", "role_id": "402345678901234570", "channel_id": "402345678901234569"}}
    ]
}))]
pub(crate) struct ChannelPermissions {
    /// What the member may do; nothing when they cannot see the channel.
    pub(crate) permissions: PermissionSet,
    /// Every permission there is, with what decided about it.
    pub(crate) reasons: Vec<PermissionReason>,
}

/// A permission, and what decided about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PermissionReason {
    /// The permission.
    permission: Permission,
    /// Whether the member has it in the channel.
    allowed: bool,
    /// What decided.
    because: Because,
}

/// What decided about a permission.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Because {
    /// What kind of thing it is.
    kind: BecauseKind,
    /// The role, where it is one or is for one.
    role_id: Option<RoleId>,
    /// The channel or folder on which the overwrite stands, where it is one.
    channel_id: Option<ChannelId>,
}

/// What kind of thing decided about a permission.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BecauseKind {
    /// The member owns the server, and so may do everything.
    Owner,
    /// The role allows `administrator`, and so everything.
    Administrator,
    /// The role allows it, in the whole server.
    Role,
    /// None of the member's roles allows it.
    NoRole,
    /// An overwrite for the role allows or denies it.
    RoleOverwrite,
    /// An overwrite for the member allows or denies it.
    MemberOverwrite,
    /// The member is in a time-out, which leaves nothing but reading.
    TimedOut,
    /// The member cannot see the channel, and so can do nothing in it.
    NotVisible,
}

impl From<Vec<Explained>> for ChannelPermissions {
    fn from(explained: Vec<Explained>) -> Self {
        let allowed = explained.iter().filter(|one| one.allowed);
        Self {
            permissions: allowed.map(|one| one.permission).collect(),
            reasons: explained.into_iter().map(PermissionReason::from).collect(),
        }
    }
}

impl From<Explained> for PermissionReason {
    fn from(explained: Explained) -> Self {
        Self {
            permission: explained.permission,
            allowed: explained.allowed,
            because: explained.because.into(),
        }
    }
}

impl From<Reason> for Because {
    fn from(reason: Reason) -> Self {
        let (kind, role_id, channel_id) = match reason {
            Reason::Owner => (BecauseKind::Owner, None, None),
            Reason::Administrator(id) => (BecauseKind::Administrator, Some(id), None),
            Reason::Role(id) => (BecauseKind::Role, Some(id), None),
            Reason::NoRole => (BecauseKind::NoRole, None, None),
            Reason::Overwrite { channel_id, target } => match target {
                OverwriteTarget::Role(id) => (BecauseKind::RoleOverwrite, Some(id), Some(channel_id)),
                OverwriteTarget::Member(_) => (BecauseKind::MemberOverwrite, None, Some(channel_id)),
            },
            Reason::TimedOut => (BecauseKind::TimedOut, None, None),
            Reason::NotVisible => (BecauseKind::NotVisible, None, None),
        };
        Self {
            kind,
            role_id,
            channel_id,
        }
    }
}
