//! A member in JSON.

use contracts::users as wire;
use model::{RoleId, ServerId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::members::Membership;

/// A user as others see them beside a message or in a member list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"id": "402345678901234500", "username": "ada", "display_name": "Ada Lovelace", "avatar_url": null}))]
pub(crate) struct UserSummary {
    /// The user.
    pub(crate) id: UserId,
    /// The handle.
    pub(crate) username: String,
    /// The name to show.
    pub(crate) display_name: String,
    /// The picture, relative to the public URL.
    pub(crate) avatar_url: Option<String>,
}

impl UserSummary {
    /// Someone whose account is gone.
    pub(crate) const fn unknown(id: UserId) -> Self {
        Self {
            id,
            username: String::new(),
            display_name: String::new(),
            avatar_url: None,
        }
    }
}

impl From<wire::UserSummary> for UserSummary {
    fn from(user: wire::UserSummary) -> Self {
        Self {
            id: UserId(user.id),
            username: user.username,
            display_name: user.display_name,
            avatar_url: user.avatar_url,
        }
    }
}

/// A member of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "server_id": "402345678901234567",
    "user": {"id": "402345678901234500", "username": "ada", "display_name": "Ada Lovelace", "avatar_url": null},
    "nickname": null, "role_ids": [], "joined_at": "2026-11-24T09:30:00.000Z", "timeout_until": null
}))]
pub(crate) struct Member {
    /// The server.
    pub(crate) server_id: ServerId,
    /// Who it is.
    pub(crate) user: UserSummary,
    /// What the member is called in this server.
    pub(crate) nickname: Option<String>,
    /// The roles held besides `everyone`.
    pub(crate) role_ids: Vec<RoleId>,
    /// Since when.
    pub(crate) joined_at: Timestamp,
    /// Until when the member may only read.
    pub(crate) timeout_until: Option<Timestamp>,
}

/// Data of `member.joined` and `member.updated`.
#[derive(Debug, Serialize)]
pub(crate) struct MemberChanged {
    /// Who joined, or who it is now.
    #[serde(flatten)]
    pub(crate) member: Member,
    /// How many members there are now.
    pub(crate) member_count: i64,
}

impl From<&Membership> for Member {
    fn from(membership: &Membership) -> Self {
        let row = &membership.row;
        Self {
            server_id: row.server_id,
            user: UserSummary {
                id: row.user_id,
                username: row.username.clone(),
                display_name: row.display_name.clone(),
                avatar_url: row.avatar_url.clone(),
            },
            nickname: row.nickname.clone(),
            role_ids: membership.role_ids.clone(),
            joined_at: row.joined_at,
            timeout_until: row.timeout_until,
        }
    }
}
