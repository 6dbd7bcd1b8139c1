//! `GET /users/@me/drafts`

use axum::extract::State;
use model::{ServerId, limits::DRAFTS_LISTED};
use platform::{
    auth::Caller,
    http::{Json, Page, Problem, refusals::SIGNED_IN},
};

use super::Draft;
use crate::{api::Api, store::drafts};

platform::refusals!(SIGNED_IN);

/// List my drafts
///
/// What the caller has begun to write in channels that they see: the newest hundred, all on one page.
#[utoipa::path(
    get, path = "/drafts", tag = "drafts",
    responses((status = 200, description = "The caller's drafts, the newest first.", body = Page<Draft>), Refusals)
)]
pub(crate) async fn list_drafts(State(api): State<Api>, caller: Caller) -> Result<Json<Page<Draft>>, Problem> {
    let readable = api.readable_servers(caller.user_id).await?;
    let ids: Vec<ServerId> = readable.iter().map(|server| server.server_id).collect();
    let kept = drafts::list(api.tenants.shared(), caller.user_id, &ids, DRAFTS_LISTED).await?;
    let sees = |draft: &drafts::DraftRow| {
        let server = readable.iter().find(|server| server.server_id == draft.server_id);
        server.is_some_and(|server| server.channel_ids.contains(&draft.channel_id))
    };
    Ok(Json(Page::whole(
        kept.into_iter().filter(sees).map(Draft::from).collect(),
    )))
}
