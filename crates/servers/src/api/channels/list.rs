//! `GET /servers/{server_id}/channels`

use model::ServerId;
use platform::http::{
    Json, Page,
    refusals::{PATH, SERVER, SIGNED_IN},
};

use crate::api::{access::InServer, resource::Channel};

platform::refusals!(SIGNED_IN, PATH, SERVER);

/// List channels
///
/// The channels and folders that the caller can see, all on one page, by position in their folder or at the top level.
#[utoipa::path(
    get, path = "/servers/{server_id}/channels", tag = "channels",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The channels.", body = Page<Channel>), Refusals)
)]
pub(crate) async fn list_channels(server: InServer) -> Json<Page<Channel>> {
    Json(Page::whole(server.tenant.channels(&server.member, server.now)))
}
