//! `GET /users/@me`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Problem, refusals::SIGNED_IN},
};

use crate::{
    api::{Api, resource::OwnUser},
    profile,
};

platform::refusals!(SIGNED_IN);

/// Who I am
#[utoipa::path(
    get, path = "/users/@me", tag = "users",
    responses((status = 200, description = "The caller.", body = OwnUser), Refusals)
)]
pub(crate) async fn get_me(State(api): State<Api>, caller: Caller) -> Result<Json<OwnUser>, Problem> {
    Ok(Json(OwnUser::from(&profile::find_own(&api, caller.user_id).await?)))
}
