//! `POST /servers/{server_id}/join`

use axum::extract::State;
use model::ServerId;
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{PATH, SIGNED_IN, UNSAFE},
    },
};

use crate::{
    api::{Api, ServerPath, resource::ServerWithDetail},
    membership,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    &[
        (403, "banned", "The caller is banned from the server, which is public."),
        (
            404,
            "server_not_found",
            "There is no such server, or it is private and the caller is not a member."
        ),
        (409, "too_many_servers", "The caller is in 200 servers already."),
    ]
);

/// Join a public server
///
/// For a member it changes nothing.
#[utoipa::path(
    post, path = "/servers/{server_id}/join", tag = "servers",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The server that the caller is a member of.", body = ServerWithDetail), Refusals)
)]
pub(crate) async fn join_server(
    State(api): State<Api>,
    caller: Caller,
    Path(ServerPath { server_id }): Path<ServerPath>,
) -> Result<Json<ServerWithDetail>, Problem> {
    Ok(Json(membership::join(&api, server_id, caller.user_id).await?))
}
