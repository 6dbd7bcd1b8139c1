//! `DELETE /servers/{server_id}/roles/{role_id}`

use axum::extract::State;
use http::StatusCode;
use model::{RoleId, ServerId};
use platform::http::{
    Path, Problem,
    refusals::{PATH, SERVER, SIGNED_IN, UNSAFE},
};

use super::{CANNOT_GRANT, ROLE, RolePath, TOO_HIGH};
use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_ROLES, ManageRoles},
    },
    role_changes,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    SERVER,
    ROLE,
    MANAGE_ROLES,
    TOO_HIGH,
    CANNOT_GRANT,
    &[(
        409,
        "everyone_role",
        "It is the role `everyone`, which every server has."
    )]
);

/// Delete a role
///
/// It is taken from everybody who holds it, and its overwrites go with it. Needs `manage_roles`, a higher role, and whatever
/// it allows.
#[utoipa::path(
    delete, path = "/servers/{server_id}/roles/{role_id}", tag = "roles",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("role_id" = RoleId, Path, description = "The role.")
    ),
    responses((status = 204, description = "The role is no more."), Refusals)
)]
pub(crate) async fn delete_role(
    State(api): State<Api>,
    Allowed { server, .. }: Allowed<ManageRoles>,
    Path(RolePath { role_id }): Path<RolePath>,
) -> Result<StatusCode, Problem> {
    role_changes::delete(&api, server.server_id, server.user_id, role_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
