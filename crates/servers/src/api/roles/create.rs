//! `POST /servers/{server_id}/roles`

use axum::extract::State;
use http::StatusCode;
use model::{PermissionSet, RoleColor, RoleName, ServerId};
use platform::http::{
    Fields, Json, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::CANNOT_GRANT;
use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_ROLES, ManageRoles},
        permission_names,
        resource::Role,
    },
    role_changes::{self, NewRole},
};

/// A role to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "Moderator", "color": "#2e7d32", "hoisted": true, "permissions": ["manage_messages"]}))]
pub(crate) struct RoleRequest {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 100)]
    name: String,
    /// The colour of its members' names, as `#rrggbb`; none if not given.
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    color: Option<String>,
    /// Whether its members stand apart in the member list; no if not given.
    #[serde(default)]
    hoisted: bool,
    /// Whether everybody may mention it; no if not given.
    #[serde(default)]
    mentionable: bool,
    /// What it allows; nothing if not given.
    #[serde(default)]
    #[schema(value_type = PermissionSet)]
    permissions: Vec<String>,
}

impl RoleRequest {
    fn checked(&self) -> Result<NewRole, Problem> {
        let mut fields = Fields::default();
        let name = fields.parse::<RoleName>("name", &self.name);
        let color = fields.parse_optional::<RoleColor>("color", self.color.as_deref());
        let permissions = permission_names::checked(&mut fields, "permissions", &self.permissions);
        match (name, color, permissions) {
            (Some(name), Some(color), Some(permissions)) => Ok(NewRole {
                name,
                color,
                hoisted: self.hoisted,
                mentionable: self.mentionable,
                permissions,
            }),
            _ => Err(fields.problem()),
        }
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    MANAGE_ROLES,
    CANNOT_GRANT,
    &[
        (
            403,
            "role_too_high",
            "The caller holds no role above `everyone`, and the new role would stand above them."
        ),
        (409, "too_many_roles", "The server has 250 roles already.")
    ]
);

/// Create a role
///
/// It stands below all others but `everyone`. Needs `manage_roles`, and whatever it allows.
#[utoipa::path(
    post, path = "/servers/{server_id}/roles", tag = "roles", request_body = RoleRequest,
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 201, description = "The new role.", body = Role), Refusals)
)]
pub(crate) async fn create_role(
    State(api): State<Api>,
    Allowed { server, .. }: Allowed<ManageRoles>,
    Json(request): Json<RoleRequest>,
) -> Result<(StatusCode, Json<Role>), Problem> {
    let new = request.checked()?;
    let role = role_changes::create(&api, server.server_id, server.user_id, &new).await?;
    Ok((StatusCode::CREATED, Json(role)))
}
