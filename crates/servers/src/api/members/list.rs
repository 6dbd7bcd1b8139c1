//! `GET /servers/{server_id}/members`

use axum::extract::State;
use model::{ServerId, search_key::fold};
use platform::http::{Fields, Json, Page, PageQuery, Problem, Query};
use serde::Deserialize;

use crate::{
    api::{Api, access::InServer, refusals::refusals, resource::Member},
    cursor::MemberCursor,
    error::Error,
    search_term::SearchTerm,
    store::members,
};

#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    #[serde(flatten)]
    page: PageQuery,
    #[serde(default)]
    query: String,
}

refusals!(SIGNED_IN, LIST, SERVER);

/// List members
///
/// By display name, whatever the case and accents.
#[utoipa::path(
    get, path = "/servers/{server_id}/members", tag = "members",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("query" = Option<String>, Query,
            description = "A part of the display name, username or nickname, at most 100 characters."),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given."),
        ("after" = Option<String>, Query, description = "The cursor of the page before.")
    ),
    responses((status = 200, description = "A page of members.", body = Page<Member>), Refusals)
)]
pub(crate) async fn list_members(
    State(api): State<Api>,
    server: InServer,
    Query(search): Query<Search>,
) -> Result<Json<Page<Member>>, Problem> {
    let mut fields = Fields::default();
    let Some(term) = fields.parse::<SearchTerm>("query", &search.query) else {
        return Err(fields.problem());
    };
    let limit = search.page.limit()?;
    let after = search.page.after()?.unwrap_or(MemberCursor::start());
    let mut reader = api.tenants.reader(server.server_id);
    let found = members::list(&mut reader, &term, &after, limit + 1)
        .await
        .map_err(Error::from)?;
    let page = Page::from_excess(found, limit, |last| {
        MemberCursor {
            display_name_fold: fold(&last.row.display_name),
            user_id: last.row.user_id,
        }
        .to_string()
    });
    Ok(Json(Page {
        items: page.items.iter().map(Member::from).collect(),
        next: page.next,
    }))
}
