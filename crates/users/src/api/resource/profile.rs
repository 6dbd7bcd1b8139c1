//! What is shown of a user: to others, and to themself.

use model::{Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::User;

/// What everyone may see of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234567", "username": "ada", "display_name": "Ada Byron", "avatar_url": null, "banner_url": null,
    "biography": "Notes on engines.", "status": "online", "status_text": "", "created_at": "2026-11-24T09:30:00.000Z"
}))]
pub(crate) struct Profile {
    pub(crate) id: UserId,
    /// The handle: unique, in lower case.
    pub(crate) username: String,
    /// First and last name.
    pub(crate) display_name: String,
    /// The picture, relative to the public URL.
    pub(crate) avatar_url: Option<String>,
    /// The banner, relative to the public URL.
    pub(crate) banner_url: Option<String>,
    pub(crate) biography: String,
    /// `online`, `away` or `do_not_disturb`, as wished; `offline` for who wishes to be invisible. Whether the user is
    /// connected is told by presence, not here.
    pub(crate) status: String,
    pub(crate) status_text: String,
    pub(crate) created_at: Timestamp,
}

/// What a user sees of themself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234567", "username": "ada", "display_name": "Ada Byron", "avatar_url": null, "banner_url": null,
    "biography": "Notes on engines.", "status": "online", "status_text": "", "created_at": "2026-11-24T09:30:00.000Z",
    "first_name": "Ada", "last_name": "Byron", "email": "ada@example.org", "deletion_at": null
}))]
pub(crate) struct OwnUser {
    #[serde(flatten)]
    pub(crate) profile: Profile,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    /// When the account is erased, unless that is taken back; null where nobody has asked for it.
    pub(crate) deletion_at: Option<Timestamp>,
}

impl From<&User> for Profile {
    fn from(user: &User) -> Self {
        let status = if user.status == "invisible" {
            "offline"
        } else {
            &user.status
        };
        Self {
            id: user.id,
            username: user.username.clone(),
            display_name: user.display_name(),
            avatar_url: user.avatar_url.clone(),
            banner_url: user.banner_url.clone(),
            biography: user.biography.clone(),
            status: status.to_owned(),
            status_text: user.status_text.clone(),
            created_at: user.created_at,
        }
    }
}

impl From<&User> for OwnUser {
    fn from(user: &User) -> Self {
        Self {
            // The wish itself, `invisible` included.
            profile: Profile {
                status: user.status.clone(),
                ..Profile::from(user)
            },
            first_name: user.first_name.expose().to_owned(),
            last_name: user.last_name.expose().to_owned(),
            email: user.email.expose().to_owned(),
            deletion_at: user.deletion_at,
        }
    }
}
