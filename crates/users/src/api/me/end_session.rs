//! `DELETE /users/@me/sessions/{session_id}`

use axum::extract::State;
use http::StatusCode;
use model::SessionId;
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{PATH, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;

use crate::{api::Api, identity};

/// The sign-in that a path names.
#[derive(Deserialize)]
pub(crate) struct SessionPath {
    session_id: SessionId,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    &[(404, "session_not_found", "The caller has no such sign-in.")]
);

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
