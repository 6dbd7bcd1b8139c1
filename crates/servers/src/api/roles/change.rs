//! `PATCH /servers/{server_id}/roles/{role_id}`

use axum::extract::State;
use model::{Invalid, PermissionSet, RoleColor, RoleId, RoleName, ServerId};
use platform::http::{
    Fields, Json, Patch, Path, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CANNOT_GRANT, ROLE, RolePath, TOO_HIGH};
use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_ROLES, ManageRoles},
        permission_names,
        resource::Role,
    },
    role_changes::{self, NewColor, RoleChange},
};

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "Moderator", "permissions": ["manage_messages", "time_out_members"]}))]
pub(crate) struct RolePatch {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// The colour of its members' names, as `#rrggbb`; null for none.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^#[0-9A-Fa-f]{6}$")]
    color: Patch<String>,
    /// Whether its members stand apart in the member list.
    #[serde(default)]
    #[schema(value_type = bool)]
    hoisted: Patch<bool>,
    /// Whether everybody may mention it.
    #[serde(default)]
    #[schema(value_type = bool)]
    mentionable: Patch<bool>,
    /// What it allows, the whole of it.
    #[serde(default)]
    #[schema(value_type = PermissionSet)]
    permissions: Patch<Vec<String>>,
}

impl RolePatch {
    fn checked(self) -> Result<RoleChange, Problem> {
        let mut fields = Fields::default();
        let change = RoleChange {
            name: fields.change::<RoleName>("name", self.name),
            color: match self.color {
                Patch::Absent => None,
                Patch::Null => Some(NewColor::Nothing),
                Patch::Value(text) => fields.parse::<RoleColor>("color", &text).map(NewColor::Is),
            },
            hoisted: required(&mut fields, "hoisted", self.hoisted),
            mentionable: required(&mut fields, "mentionable", self.mentionable),
            permissions: required(&mut fields, "permissions", self.permissions)
                .and_then(|names| permission_names::checked(&mut fields, "permissions", &names)),
        };
        fields.finish().map(|()| change)
    }
}

/// The value of a field that cannot be emptied.
fn required<T>(fields: &mut Fields, name: &'static str, field: Patch<T>) -> Option<T> {
    let value = field.into_change()?;
    if value.is_none() {
        fields.add_invalid(name, Invalid::Required);
    }
    value
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    ROLE,
    MANAGE_ROLES,
    TOO_HIGH,
    CANNOT_GRANT,
    &[(
        409,
        "everyone_role",
        "It is the role `everyone`, of which only the permissions can be changed."
    )]
);

/// Change a role
///
/// Needs `manage_roles`, a higher role, and every permission that is given or taken. Roles only allow: what one allows, no
/// other takes away, whatever their order. To deny something, make an overwrite.
#[utoipa::path(
    patch, path = "/servers/{server_id}/roles/{role_id}", tag = "roles", request_body = RolePatch,
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("role_id" = RoleId, Path, description = "The role; the server's id for `everyone`.")
    ),
    responses((status = 200, description = "The role as it is now.", body = Role), Refusals)
)]
pub(crate) async fn change_role(
    State(api): State<Api>,
    Allowed { server, .. }: Allowed<ManageRoles>,
    Path(RolePath { role_id }): Path<RolePath>,
    Json(patch): Json<RolePatch>,
) -> Result<Json<Role>, Problem> {
    let change = patch.checked()?;
    Ok(Json(
        role_changes::change(&api, server.server_id, server.user_id, role_id, &change).await?,
    ))
}
