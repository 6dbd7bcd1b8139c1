//! `GET …/channels/{channel_id}/search`

use axum::extract::State;
use model::{ChannelId, ServerId};
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem, Query,
        refusals::{CHANNEL, Case, LIST, PATH, SERVER, SIGNED_IN},
    },
};
use serde::Deserialize;

use super::{
    Api, SEARCH,
    parameters::{Asked, SearchParameters},
    resource::FoundMessages,
};

const FOLDER: &[Case] = &[(409, "channel_has_no_messages", "The channel is a folder.")];

platform::refusals!(SIGNED_IN, LIST, PATH, SERVER, CHANNEL, FOLDER, SEARCH);

/// The channel that the path names.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct ChannelPath {
    server_id: ServerId,
    channel_id: ChannelId,
}

/// Search a channel
///
/// All that is asked for must hold. Words are found in any form (English and French) and without regard to case and
/// accents, phrases as they are. Who may not read the history finds nothing.
#[utoipa::path(
    get, path = "", tag = "search",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel."),
        SearchParameters
    ),
    responses((status = 200, description = "A page of what was found.", body = FoundMessages), Refusals)
)]
pub(crate) async fn search_channel(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Json<FoundMessages>, Problem> {
    let scope = api.scope(caller.user_id, path.server_id, Some(path.channel_id)).await?;
    let asked = Asked::read(parameters, false)?;
    let sort = asked.wanted.sort;
    let page = (asked.after, asked.limit);
    let results = api.search(caller.user_id, scope, asked.wanted, page).await?;
    Ok(Json(FoundMessages::new(results, sort)))
}
