//! `GET /users/@me/export`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Problem, refusals::SIGNED_IN},
};

use super::{EXPORT, Export};
use crate::api::Api;

platform::refusals!(SIGNED_IN, EXPORT);

/// How far my export is
#[utoipa::path(
    get, path = "/export", tag = "exports",
    responses((status = 200, description = "The last one that the caller asked for.", body = Export), Refusals)
)]
pub(crate) async fn get_export(State(api): State<Api>, caller: Caller) -> Result<Json<Export>, Problem> {
    Ok(Json(api.find_export(caller.user_id).await?.into()))
}
