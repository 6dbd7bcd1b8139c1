//! `GET /users/@me/sessions` and `DELETE /users/@me/sessions/{session_id}`

use axum::extract::State;
use http::StatusCode;
use model::SessionId;
use platform::{
    auth::Caller,
    http::{
        Json, Page, Path, Problem,
        refusals::{SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;

use crate::{
    api::{Api, resource::Session},
    identity,
    store::sign_in,
};

/// The sign-in that a path names.
#[derive(Deserialize)]
pub(crate) struct SessionPath {
    session_id: SessionId,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    &[
        (404, "session_not_found", "The caller has no such sign-in."),
        (404, "not_found", "What stands in the path cannot be an id."),
    ]
);

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

/// End one of my sign-ins
///
/// Its tokens are refused from now on, and its live connections end.
#[utoipa::path(
    delete, path = "/users/@me/sessions/{session_id}", tag = "users",
    params(("session_id" = SessionId, Path, description = "The sign-in.")),
    responses((status = 204, description = "Ended."), Refusals)
)]
pub(crate) async fn end_session(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<SessionPath>,
) -> Result<StatusCode, Problem> {
    identity::end_session(&api, caller.user_id, path.session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
