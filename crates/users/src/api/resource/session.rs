//! A sign-in as its user sees it.

use model::{SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::SignIn;

/// A device on which the user is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234999", "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
    "created_at": "2026-11-24T09:30:00.000Z", "last_used_at": "2026-11-24T09:35:00.000Z", "current": true
}))]
pub(crate) struct Session {
    id: SessionId,
    /// What the program called itself when it signed in.
    user_agent: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

impl Session {
    pub(crate) fn of(sign_in: SignIn, current: SessionId) -> Self {
        Self {
            current: sign_in.id == current,
            id: sign_in.id,
            user_agent: sign_in.user_agent,
            created_at: sign_in.created_at,
            last_used_at: sign_in.last_used_at,
        }
    }
}
