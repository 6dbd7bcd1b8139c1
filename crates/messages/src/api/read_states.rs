//! `GET /users/@me/read-states`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Page, Problem, refusals::SIGNED_IN},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use crate::reading::ReadState;

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
    let readable = api.readable_servers(caller.user_id).await?;
    Ok(Json(Page::whole(api.read_states(caller.user_id, &readable).await?)))
}
