//! `POST /servers/{server_id}/leave`

use axum::extract::State;
use http::StatusCode;
use model::ServerId;
use platform::http::{
    Problem,
    refusals::{PATH, SERVER, SIGNED_IN, UNSAFE},
};

use crate::{
    api::{Api, access::InServer},
    membership,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    SERVER,
    &[(409, "owner_cannot_leave", "The caller owns the server.")]
);

/// Leave a server
#[utoipa::path(
    post, path = "/servers/{server_id}/leave", tag = "servers",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 204, description = "The caller is a member no more."), Refusals)
)]
pub(crate) async fn leave_server(State(api): State<Api>, server: InServer) -> Result<StatusCode, Problem> {
    membership::leave(&api, server.server_id, server.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
