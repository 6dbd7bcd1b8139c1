//! `GET /users/@me/username`

use axum::extract::State;
use model::Timestamp;
use platform::{
    auth::Caller,
    http::{Json, Problem, refusals::SIGNED_IN},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{api::Api, profile, usernames};

/// How often one may change one's username.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"changes_left": 0, "next_change_at": "2026-12-08T09:30:00.000Z"}))]
pub(crate) struct UsernameChanges {
    /// How often at this moment.
    changes_left: usize,
    /// When it is possible again, where it is not now.
    next_change_at: Option<Timestamp>,
}

platform::refusals!(SIGNED_IN);

/// How often I may change my username
///
/// Twice in 14 days.
#[utoipa::path(
    get, path = "/users/@me/username", tag = "users",
    responses((status = 200, description = "What is left.", body = UsernameChanges), Refusals)
)]
pub(crate) async fn get_username(State(api): State<Api>, caller: Caller) -> Result<Json<UsernameChanges>, Problem> {
    let user = profile::find_own(&api, caller.user_id).await?;
    let (changes_left, next_change_at) = usernames::left(&api, user.id).await?;
    Ok(Json(UsernameChanges {
        changes_left,
        next_change_at,
    }))
}
