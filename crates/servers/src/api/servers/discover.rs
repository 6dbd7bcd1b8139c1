//! `GET /servers/discover`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Page, Problem, Query,
        refusals::{LIST, SIGNED_IN},
    },
};

use crate::{
    api::{
        Api,
        resource::{FoundServer, Server},
        search::Search,
    },
    cursor::SizeCursor,
    error::Error,
    store::directory::{self, Found},
};

platform::refusals!(SIGNED_IN, LIST);

/// Find public servers
///
/// By name and description, whatever the case and accents; those with most members first.
#[utoipa::path(
    get, path = "/servers/discover", tag = "servers",
    params(
        ("query" = Option<String>, Query, description = "What to find, at most 100 characters; everything if not given.", max_length = 100),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "The cursor of the page before.")
    ),
    responses((status = 200, description = "A page of public servers.", body = Page<FoundServer>), Refusals)
)]
pub(crate) async fn discover_servers(
    State(api): State<Api>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Result<Json<Page<FoundServer>>, Problem> {
    let (term, limit, after) = search.checked()?;
    let after = after.unwrap_or(SizeCursor::start());
    let found = directory::list_public(&api.db, caller.user_id, &term, after, limit + 1)
        .await
        .map_err(Error::from)?;
    let page = Page::from_excess(found, limit, |last| {
        SizeCursor {
            member_count: last.server.member_count,
            server_id: last.server.id,
        }
        .to_string()
    });
    let show = |found: &Found| FoundServer {
        server: Server::from_outside(&found.server),
        joined: found.joined,
    };
    Ok(Json(Page {
        items: page.items.iter().map(show).collect(),
        next: page.next,
    }))
}
