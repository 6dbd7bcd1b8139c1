//! `GET /servers/{server_id}/permissions/@me`

use model::ServerId;
use platform::http::{
    Json,
    refusals::{PATH, SERVER, SIGNED_IN},
};

use crate::api::{access::InServer, resource::ServerPermissions};

platform::refusals!(SIGNED_IN, PATH, SERVER);

/// Get the caller's permissions
#[utoipa::path(
    get, path = "/servers/{server_id}/permissions/@me", tag = "members",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "What the caller may do.", body = ServerPermissions), Refusals)
)]
pub(crate) async fn my_permissions(server: InServer) -> Json<ServerPermissions> {
    let channels = server.tenant.channels(&server.member, server.now);
    Json(ServerPermissions {
        permissions: server.tenant.permissions(&server.member, server.now),
        channels: channels
            .iter()
            .map(|channel| (channel.id, server.permissions_in(channel.id)))
            .collect(),
    })
}
