//! `GET /users?query=`

use axum::extract::State;
use model::{Invalid, limits::USERNAME_MAX};
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Page, PageQuery, Problem, Query,
        refusals::{LIST, SIGNED_IN},
    },
};
use serde::Deserialize;

use super::{Api, resource::Profile};
use crate::{error::UsersError, store::user};

/// What is looked for, and which page of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    #[serde(flatten)]
    page: PageQuery,
    #[serde(default)]
    query: String,
}

impl Search {
    /// The beginning of a username; 422 for what cannot be one.
    fn prefix(&self) -> Result<&str, Problem> {
        let prefix = self.query.trim().trim_start_matches('@');
        let invalid = match prefix.chars().count() {
            0 => Invalid::Required,
            length if length > USERNAME_MAX => Invalid::TooLong { max: USERNAME_MAX },
            _ if prefix.chars().any(char::is_control) => Invalid::Character,
            _ => return Ok(prefix),
        };
        let mut fields = Fields::default();
        fields.add_invalid("query", invalid);
        Err(fields.problem())
    }
}

platform::refusals!(SIGNED_IN, LIST);

/// Find users
///
/// By the beginning of their username, whatever the case; in the order of usernames.
#[utoipa::path(
    get, path = "/users", tag = "users",
    params(
        ("query" = String, Query, description = "What the username begins with, 1 to 32 characters.", min_length = 1, max_length = 32),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "The cursor of the page before.")
    ),
    responses((status = 200, description = "A page of users.", body = Page<Profile>), Refusals)
)]
pub(crate) async fn search_users(
    State(api): State<Api>,
    _caller: Caller,
    Query(search): Query<Search>,
) -> Result<Json<Page<Profile>>, Problem> {
    let (prefix, limit) = (search.prefix()?, search.page.limit()?);
    let after: String = search.page.after()?.unwrap_or_default();
    let found = user::search(&api.db, prefix, &after, limit + 1)
        .await
        .map_err(UsersError::from)?;
    let page = Page::from_excess(found, limit, |last| last.username.clone());
    Ok(Json(Page {
        items: page.items.iter().map(Profile::from).collect(),
        next: page.next,
    }))
}
