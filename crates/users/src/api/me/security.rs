//! `GET /users/@me/security`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Problem, refusals::SIGNED_IN},
};

use crate::{
    api::{Api, refusals::IDENTITY, resource::Security},
    identity, profile,
};

platform::refusals!(SIGNED_IN, IDENTITY);

/// How I sign in
#[utoipa::path(
    get, path = "/users/@me/security", tag = "users",
    responses((status = 200, description = "How the caller signs in.", body = Security), Refusals)
)]
pub(crate) async fn get_security(State(api): State<Api>, caller: Caller) -> Result<Json<Security>, Problem> {
    let user = profile::find_own(&api, caller.user_id).await?;
    Ok(Json(Security::from(identity::security(&api, user.id).await?)))
}
