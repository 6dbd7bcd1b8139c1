//! A ban in JSON.

use std::collections::HashMap;

use model::{Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::member::UserSummary;
use crate::store::bans::BanRow;

/// A user who is kept out of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "user": {"id": "402345678901234501", "username": "eve", "display_name": "Eve", "avatar_url": null},
    "reason": "Advertising", "created_at": "2026-11-24T09:30:00.000Z",
    "banned_by": {"id": "402345678901234500", "username": "ada", "display_name": "Ada Lovelace", "avatar_url": null}
}))]
pub(crate) struct Ban {
    /// Who is banned.
    pub(crate) user: UserSummary,
    /// Why.
    pub(crate) reason: Option<String>,
    /// Who banned them.
    pub(crate) banned_by: UserSummary,
    /// Since when.
    pub(crate) created_at: Timestamp,
}

impl Ban {
    /// The ban of this row, with the people in it by their ids.
    pub(crate) fn new(row: BanRow, people: &HashMap<UserId, UserSummary>) -> Self {
        let person = |id| people.get(&id).cloned().unwrap_or_else(|| UserSummary::unknown(id));
        Self {
            user: person(row.user_id),
            reason: row.reason,
            banned_by: person(row.banned_by),
            created_at: row.created_at,
        }
    }
}
