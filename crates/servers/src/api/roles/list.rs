//! `GET /servers/{server_id}/roles`

use model::ServerId;
use platform::http::{
    Json, Page,
    refusals::{PATH, SERVER, SIGNED_IN},
};

use crate::api::{access::InServer, resource::Role};

platform::refusals!(SIGNED_IN, PATH, SERVER);

/// List roles
///
/// All on one page, the lowest, `everyone`, first.
#[utoipa::path(
    get, path = "/servers/{server_id}/roles", tag = "roles",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The roles.", body = Page<Role>), Refusals)
)]
pub(crate) async fn list_roles(server: InServer) -> Json<Page<Role>> {
    Json(Page::whole(server.tenant.roles()))
}
