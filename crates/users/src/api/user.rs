//! `GET /users/{user_id}`

use axum::extract::State;
use model::UserId;
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{PATH, SIGNED_IN},
    },
};
use serde::Deserialize;

use super::{Api, resource::Profile};
use crate::profile;

/// The user that a path names.
#[derive(Deserialize)]
pub(crate) struct UserPath {
    user_id: UserId,
}

platform::refusals!(SIGNED_IN, PATH, &[(404, "user_not_found", "There is no such user."),]);

/// A user's profile
#[utoipa::path(
    get, path = "/users/{user_id}", tag = "users",
    params(("user_id" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "What everyone may see of the user.", body = Profile), Refusals)
)]
pub(crate) async fn get_user(
    State(api): State<Api>,
    _caller: Caller,
    Path(path): Path<UserPath>,
) -> Result<Json<Profile>, Problem> {
    Ok(Json(Profile::from(&profile::find(&api, path.user_id).await?)))
}
