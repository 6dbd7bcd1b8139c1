//! `GET /servers/{server_id}/roles/{role_id}/permissions`

use model::{RoleId, ServerId};
use platform::http::{
    Json, Path, Problem,
    refusals::{PATH, SERVER, SIGNED_IN},
};

use super::{ROLE, RolePath};
use crate::{
    api::{
        access::{Allowed, MANAGE_ROLES, ManageRoles},
        resource::ServerPermissions,
    },
    error::Error,
};

platform::refusals!(SIGNED_IN, PATH, SERVER, ROLE, MANAGE_ROLES);

/// View the server as a role
///
/// What a member may do who holds this role and no other, beside `everyone`. Of the channels that such a member sees only
/// those are named that the caller sees, too. Needs `manage_roles`.
#[utoipa::path(
    get, path = "/servers/{server_id}/roles/{role_id}/permissions", tag = "roles",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("role_id" = RoleId, Path, description = "The role; the server's id for `everyone`.")
    ),
    responses((status = 200, description = "What members with the role may do.", body = ServerPermissions), Refusals)
)]
pub(crate) async fn role_permissions(
    Allowed { server, .. }: Allowed<ManageRoles>,
    Path(RolePath { role_id }): Path<RolePath>,
) -> Result<Json<ServerPermissions>, Problem> {
    let tenant = &server.tenant;
    let holder = tenant.holder_of(role_id).ok_or(Error::RoleNotFound)?;
    let visible = tenant.channels(&server.member, server.now);
    let channels = visible
        .iter()
        .map(|channel| (channel.id, tenant.permissions_in(channel.id, &holder, server.now)))
        .filter(|(_, permissions)| !permissions.is_empty());
    Ok(Json(ServerPermissions {
        permissions: tenant.permissions(&holder, server.now),
        channels: channels.collect(),
    }))
}
