//! A member, as the REST API shows them.

use contracts::permissions::MemberAccess;
use model::{RoleId, ServerId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A member of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The server.
    pub server_id: ServerId,
    /// Who it is.
    pub user: Summary,
    /// What they are called there, if otherwise than elsewhere.
    pub nickname: Option<Box<str>>,
    /// Roles besides `everyone`.
    pub role_ids: Vec<RoleId>,
    /// Since when.
    pub joined_at: Timestamp,
    /// Until when they may only read.
    pub timeout_until: Option<Timestamp>,
}

/// The user whose membership it is; also the beginning of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The user.
    pub id: UserId,
    /// The handle.
    pub username: Box<str>,
    /// The name to show.
    pub display_name: Box<str>,
    /// The picture.
    pub avatar_url: Option<Box<str>>,
}

impl Member {
    /// What they are called in the server.
    #[must_use]
    pub fn name(&self) -> &str {
        self.nickname.as_ref().unwrap_or(&self.user.display_name)
    }

    /// As far as permissions go.
    #[must_use]
    pub fn access(&self) -> MemberAccess {
        MemberAccess {
            user_id: self.user.id,
            role_ids: self.role_ids.clone(),
            timeout_until: self.timeout_until,
        }
    }
}
