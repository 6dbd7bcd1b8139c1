//! `GET /users/@me/settings`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Problem, refusals::SIGNED_IN},
};

use crate::{
    api::{Api, resource::Settings},
    profile,
};

platform::refusals!(SIGNED_IN);

/// My settings
#[utoipa::path(
    get, path = "/users/@me/settings", tag = "users",
    responses((status = 200, description = "The caller's settings.", body = Settings), Refusals)
)]
pub(crate) async fn get_settings(State(api): State<Api>, caller: Caller) -> Result<Json<Settings>, Problem> {
    Ok(Json(Settings::from(&profile::find_own(&api, caller.user_id).await?)))
}
