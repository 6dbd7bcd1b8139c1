//! An invitation in JSON.

use model::{ServerId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::UserSummary;
use crate::{online::Online, store::servers::ServerRow};

/// A server as whoever is invited to it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234567", "name": "Chess club", "description": "Openings and endgames.", "icon_url": null,
    "banner_url": null, "member_count": 12, "online_count": 3
}))]
pub(crate) struct InvitedServer {
    /// The server.
    pub(crate) id: ServerId,
    /// Its name.
    pub(crate) name: String,
    /// What it is about; may be empty.
    pub(crate) description: String,
    /// Its picture, relative to the public URL.
    pub(crate) icon_url: Option<String>,
    /// Its banner, relative to the public URL.
    pub(crate) banner_url: Option<String>,
    /// How many members it has.
    pub(crate) member_count: i64,
    /// How many of them are online; a few seconds old.
    #[schema(minimum = 0)]
    pub(crate) online_count: i64,
}

impl InvitedServer {
    /// The server, of which so many are online.
    pub(crate) fn new(row: &ServerRow, online: &Online) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            description: row.description.clone(),
            icon_url: row.icon_url.clone(),
            banner_url: row.banner_url.clone(),
            member_count: row.member_count,
            online_count: online.in_server(row),
        }
    }
}

/// What an invitation leads to, for whoever has its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct InvitationPreview {
    /// What the invitation is known by.
    #[schema(example = "q3ZkT8vLw0Ra")]
    pub(crate) code: String,
    /// Where it leads to.
    pub(crate) server: InvitedServer,
}

/// An invitation, for whoever made it, manages invitations, or is invited by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "q3ZkT8vLw0Ra", "url": "/invite/q3ZkT8vLw0Ra",
    "server": {
        "id": "402345678901234567", "name": "Chess club", "description": "Openings and endgames.", "icon_url": null,
        "banner_url": null, "member_count": 12, "online_count": 3
    },
    "inviter": {"id": "402345678901234500", "username": "ada", "display_name": "Ada Lovelace", "avatar_url": null},
    "user": null, "uses": 2, "max_uses": 10, "expires_at": "2026-12-01T09:30:00.000Z",
    "created_at": "2026-11-24T09:30:00.000Z"
}))]
pub(crate) struct Invitation {
    /// What it is known by.
    pub(crate) code: String,
    /// The page where it is accepted, relative to the public URL.
    pub(crate) url: String,
    /// Where it leads to.
    pub(crate) server: InvitedServer,
    /// Who made it; null if their account is no more.
    pub(crate) inviter: Option<UserSummary>,
    /// Whom it is for; null if it is for whoever has the code.
    pub(crate) user: Option<UserSummary>,
    /// How often it was accepted.
    pub(crate) uses: i64,
    /// How often it can be accepted in all; null for as often as anybody likes.
    pub(crate) max_uses: Option<i64>,
    /// Until when it can be accepted; null for always.
    pub(crate) expires_at: Option<Timestamp>,
    /// When it was made.
    pub(crate) created_at: Timestamp,
}

/// Data of `invitation.revoked`.
#[derive(Debug, Serialize)]
pub(crate) struct InvitationGone {
    /// The invitation.
    pub(crate) code: String,
    /// The server that it was for.
    pub(crate) server_id: ServerId,
}
