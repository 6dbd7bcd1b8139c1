//! `GET /users/@me/sessions`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Page, Problem, refusals::SIGNED_IN},
};

use crate::{
    api::{Api, resource::Session},
    store::sign_in,
};

platform::refusals!(SIGNED_IN);

/// Where I am signed in
#[utoipa::path(
    get, path = "/users/@me/sessions", tag = "users",
    responses((status = 200, description = "The caller's sign-ins, used last first.", body = Page<Session>), Refusals)
)]
pub(crate) async fn list_sessions(State(api): State<Api>, caller: Caller) -> Result<Json<Page<Session>>, Problem> {
    let sign_ins = sign_in::list(&api.db, caller.user_id, api.clock.now()).await?;
    let sessions = sign_ins
        .into_iter()
        .map(|sign_in| Session::of(sign_in, caller.session_id))
        .collect();
    Ok(Json(Page::whole(sessions)))
}
