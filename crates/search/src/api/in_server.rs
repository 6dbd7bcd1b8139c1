//! `GET /servers/{server_id}/search`

use axum::extract::State;
use model::{ChannelId, ServerId};
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem, Query,
        refusals::{LIST, PATH, SERVER, SIGNED_IN},
    },
};
use serde::Deserialize;

use super::{
    Api, SEARCH,
    parameters::{Asked, SearchParameters},
    resource::FoundMessages,
};

platform::refusals!(SIGNED_IN, LIST, PATH, SERVER, SEARCH);

/// The server that the path names.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct ServerPath {
    server_id: ServerId,
}

/// Search a server
///
/// As in a channel, in all channels whose history the caller may read. A `channel` in which that is not so finds nothing.
#[utoipa::path(
    get, path = "", tag = "search",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        SearchParameters,
        (
            "channel" = Option<Vec<ChannelId>>, Query,
            description = "In this channel; several times for any of several, at most 10."
        )
    ),
    responses((status = 200, description = "A page of what was found.", body = FoundMessages), Refusals)
)]
pub(crate) async fn search_server(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ServerPath>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Json<FoundMessages>, Problem> {
    let scope = api.scope(caller.user_id, path.server_id, None).await?;
    let asked = Asked::read(parameters, true)?;
    let sort = asked.wanted.sort;
    let page = (asked.after, asked.limit);
    let results = api.search(caller.user_id, scope, asked.wanted, page).await?;
    Ok(Json(FoundMessages::new(results, sort)))
}
