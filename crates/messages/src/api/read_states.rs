//! `GET /users/@me/read-states`

use axum::extract::State;
use contracts::{messages::ReadableServer, servers::ListServersOfUserRequest};
use platform::{
    auth::Caller,
    http::{Json, Page, Problem, refusals::SIGNED_IN},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use crate::{
    error::MessagesError,
    reading::{ReadState, Readable},
};

platform::refusals!(SIGNED_IN);

/// The route with its description.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_read_states))
}

/// List how far I have read
///
/// Of each channel that the caller sees and that has had messages; all on one page. The gateway's `ready` has the same.
#[utoipa::path(
    get, path = "/read-states", tag = "read states",
    responses((status = 200, description = "How far the caller has read.", body = Page<ReadState>), Refusals)
)]
pub(crate) async fn list_read_states(State(api): State<Api>, caller: Caller) -> Result<Json<Page<ReadState>>, Problem> {
    let request = ListServersOfUserRequest {
        user_id: caller.user_id.0,
    };
    let answer = api.servers.clone().list_servers_of_user(request).await;
    let servers = answer.map_err(MessagesError::from)?.into_inner().servers;
    let now = api.clock.now();
    let readable: Vec<Readable> = servers
        .iter()
        .filter_map(|server| ReadableServer::of(server, now))
        .map(Readable::from)
        .collect();
    Ok(Json(Page::whole(api.read_states(caller.user_id, &readable).await?)))
}
