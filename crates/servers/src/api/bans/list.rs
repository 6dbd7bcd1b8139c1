//! `GET /servers/{server_id}/bans`

use axum::extract::State;
use model::{ServerId, UserId};
use platform::http::{
    Json, Page, PageQuery, Problem, Query,
    refusals::{LIST, PATH, SERVER, SIGNED_IN},
};

use super::BAN_MEMBERS;
use crate::{
    api::{
        Api,
        access::{Allowed, BanMembers},
        resource::Ban,
    },
    error::Error,
    store::bans,
};

platform::refusals!(SIGNED_IN, LIST, PATH, SERVER, BAN_MEMBERS);

/// List bans
///
/// By the ids of the users. Needs `ban_members`.
#[utoipa::path(
    get, path = "/servers/{server_id}/bans", tag = "moderation",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "The cursor of the page before.")
    ),
    responses((status = 200, description = "A page of bans.", body = Page<Ban>), Refusals)
)]
pub(crate) async fn list_bans(
    State(api): State<Api>,
    allowed: Allowed<BanMembers>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Ban>>, Problem> {
    let (limit, after) = (query.limit()?, query.after()?.unwrap_or(UserId(0)));
    let mut reader = api.tenants.reader(allowed.server.server_id);
    let found = bans::list(&mut reader, after, limit + 1).await.map_err(Error::from)?;
    let page = Page::from_excess(found, limit, |last| last.user_id.to_string());
    let people = api
        .people(page.items.iter().flat_map(|row| [row.user_id, row.banned_by]))
        .await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(|row| Ban::new(row, &people)).collect(),
        next: page.next,
    }))
}
