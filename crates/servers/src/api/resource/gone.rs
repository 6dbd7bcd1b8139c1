//! What is told of what is no more.

use model::{ChannelId, RoleId, ServerId, UserId};
use serde::Serialize;

/// Data of `server.deleted`.
#[derive(Debug, Serialize)]
pub(crate) struct ServerGone {
    /// The server.
    pub(crate) id: ServerId,
}

/// Data of `channel.deleted`.
#[derive(Debug, Serialize)]
pub(crate) struct ChannelGone {
    /// The channel.
    pub(crate) id: ChannelId,
    /// Its server.
    pub(crate) server_id: ServerId,
}

/// Data of `role.deleted`.
#[derive(Debug, Serialize)]
pub(crate) struct RoleGone {
    /// The role.
    pub(crate) id: RoleId,
    /// Its server.
    pub(crate) server_id: ServerId,
}

/// Data of `member.left`.
#[derive(Debug, Serialize)]
pub(crate) struct MemberLeft {
    /// The server.
    pub(crate) server_id: ServerId,
    /// Who left.
    pub(crate) user_id: UserId,
    /// How many members are left.
    pub(crate) member_count: i64,
}
