//! `POST /auth/logout`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use platform::{
    auth::Caller,
    http::{
        Problem,
        refusals::{SIGNED_IN, UNSAFE},
    },
};

use crate::{api::Api, error::UsersError, identity};

platform::refusals!(SIGNED_IN, UNSAFE);

/// Sign out
///
/// Ends this sign-in: its tokens are refused from now on, and its live connections end.
#[utoipa::path(
    post, path = "/auth/logout", tag = "authentication",
    responses((status = 204, description = "Signed out."), Refusals)
)]
pub(crate) async fn logout(State(api): State<Api>, caller: Caller) -> Result<Response, Problem> {
    match identity::end_session(&api, caller.user_id, caller.session_id).await {
        // Ended from another device a moment ago.
        Ok(()) | Err(UsersError::SessionNotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    api.cookies.clear(response.headers_mut());
    Ok(response)
}
