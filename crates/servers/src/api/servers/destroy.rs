//! `DELETE /servers/{server_id}`

use axum::extract::State;
use http::StatusCode;
use model::ServerId;
use platform::http::{
    Problem,
    refusals::{PATH, SERVER, SIGNED_IN, UNSAFE},
};

use crate::{
    api::{Api, access::Owner},
    settings,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    SERVER,
    &[(403, "missing_permission", "The caller is a member but not the owner.")]
);

/// Destroy a server
///
/// With everything in it, for good. Only the owner may.
#[utoipa::path(
    delete, path = "/servers/{server_id}", tag = "servers",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 204, description = "The server is no more."), Refusals)
)]
pub(crate) async fn destroy_server(State(api): State<Api>, owner: Owner) -> Result<StatusCode, Problem> {
    settings::destroy(&api, owner.server.server_id, owner.server.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
