//! `GET /users/@me/servers`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Page, Problem, refusals::SIGNED_IN},
};

use crate::{
    api::{Api, resource::Server},
    error::Error,
    store::directory,
};

platform::refusals!(SIGNED_IN);

/// List the caller's servers
///
/// All on one page, the one joined first before the others.
#[utoipa::path(
    get, path = "/users/@me/servers", tag = "servers",
    responses((status = 200, description = "The servers that the caller is in.", body = Page<Server>), Refusals)
)]
pub(crate) async fn list_my_servers(State(api): State<Api>, caller: Caller) -> Result<Json<Page<Server>>, Problem> {
    let rows = directory::list_of_user(&api.db, caller.user_id)
        .await
        .map_err(Error::from)?;
    Ok(Json(Page::whole(rows.iter().map(Server::from).collect())))
}
