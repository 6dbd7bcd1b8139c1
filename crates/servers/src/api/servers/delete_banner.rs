//! `DELETE /servers/{server_id}/banner`

use axum::extract::State;
use model::ServerId;
use platform::http::{
    Json, Problem,
    refusals::{PATH, SERVER, SIGNED_IN, UNSAFE},
};

use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_SERVER, ManageServer},
        resource::Server,
    },
    becomes::Becomes,
    settings::{self, ServerChange},
};

platform::refusals!(SIGNED_IN, UNSAFE, PATH, SERVER, MANAGE_SERVER);

/// Remove a server's banner
///
/// Needs `manage_server`.
#[utoipa::path(
    delete, path = "/servers/{server_id}/banner", tag = "servers",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The server as it is now.", body = Server), Refusals)
)]
pub(crate) async fn delete_banner(
    State(api): State<Api>,
    allowed: Allowed<ManageServer>,
) -> Result<Json<Server>, Problem> {
    let server = allowed.server;
    let change = ServerChange {
        banner_url: Becomes::Nothing,
        ..ServerChange::default()
    };
    let changed = settings::change(&api, server.server_id, server.user_id, &change).await?;
    Ok(Json(changed))
}
