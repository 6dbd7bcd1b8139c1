//! A role in JSON.

use model::{PermissionSet, RoleId, ServerId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::roles::RoleRow;

/// A named, ordered set of permissions. The role `everyone`, which all members have, has the server's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234567", "server_id": "402345678901234567", "name": "everyone", "color": null, "position": 0,
    "hoisted": false, "mentionable": false, "permissions": ["view_channel", "send_messages", "read_history"]
}))]
pub(crate) struct Role {
    /// The role.
    pub(crate) id: RoleId,
    /// Its server.
    pub(crate) server_id: ServerId,
    /// Its name.
    pub(crate) name: String,
    /// The colour of its members' names, as `#rrggbb`.
    pub(crate) color: Option<String>,
    /// How high it stands: 0, of `everyone`, is the lowest. Only the order means anything: numbers have gaps.
    #[schema(maximum = 9_007_199_254_740_991_i64)]
    pub(crate) position: i64,
    /// Whether its members stand apart in the member list.
    pub(crate) hoisted: bool,
    /// Whether everybody may mention it. Otherwise it takes the permission to mention everyone.
    pub(crate) mentionable: bool,
    /// What it allows, by name.
    pub(crate) permissions: PermissionSet,
}

impl From<&RoleRow> for Role {
    fn from(row: &RoleRow) -> Self {
        Self {
            id: row.id,
            server_id: row.server_id,
            name: row.name.clone(),
            color: row.color.clone(),
            position: row.position,
            hoisted: row.hoisted,
            mentionable: row.mentionable,
            permissions: row.permissions,
        }
    }
}
