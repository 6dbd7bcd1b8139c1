//! `GET /servers/{server_id}`

use axum::extract::State;
use model::ServerId;
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{PATH, SERVER, SIGNED_IN},
    },
};

use crate::{
    api::{Api, ServerPath, resource::ServerForViewer},
    error::Error,
    membership,
};

platform::refusals!(SIGNED_IN, PATH, SERVER);

/// Get a server
///
/// With its channels, its roles and the caller's part in it for a member; without for anybody else, if it is public.
#[utoipa::path(
    get, path = "/servers/{server_id}", tag = "servers",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The server as the caller sees it.", body = ServerForViewer), Refusals)
)]
pub(crate) async fn get_server(
    State(api): State<Api>,
    caller: Caller,
    Path(ServerPath { server_id }): Path<ServerPath>,
) -> Result<Json<ServerForViewer>, Problem> {
    let seen = membership::seen(&api, server_id, caller.user_id)
        .await?
        .ok_or(Error::ServerNotFound)?;
    Ok(Json(seen))
}
