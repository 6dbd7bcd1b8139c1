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
    cursor::FitCursor,
    discovery::{self, Found, Sought},
    store::discovery::Place,
};

platform::refusals!(SIGNED_IN, LIST);

/// Find public servers
///
/// By the words of name and description, of which each that is given must begin one, whatever the order, case and accents.
/// First those that are called so, then those whose name begins so, those that have the words in their name, and those that
/// have them in name and description; among them those with most members first.
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
    let (sought, limit, after) = search.checked::<Sought, FitCursor>()?;
    let after = after.unwrap_or(FitCursor::START);
    let found = discovery::find(&api, caller.user_id, &sought, after, limit + 1).await?;
    let page = Page::from_excess(found, limit, |last| {
        FitCursor {
            fit: last.fit,
            place: Place {
                member_count: last.server.member_count,
                server_id: last.server.id,
            },
        }
        .to_string()
    });
    let show = |found: &Found| FoundServer {
        server: Server::from_outside(&found.server),
        joined: found.joined,
        online_count: found.online,
    };
    Ok(Json(Page {
        items: page.items.iter().map(show).collect(),
        next: page.next,
    }))
}
