//! `DELETE /users/@me/email`

use axum::extract::State;
use http::StatusCode;
use platform::{
    auth::Caller,
    http::{
        Problem,
        refusals::{SIGNED_IN, UNSAFE},
    },
};

use crate::{api::Api, identity};

platform::refusals!(SIGNED_IN, UNSAFE);

/// Keep my e-mail address
///
/// The address that was to be confirmed is forgotten, and its link is void.
#[utoipa::path(
    delete, path = "/users/@me/email", tag = "users",
    responses((status = 204, description = "Nothing is to be confirmed."), Refusals)
)]
pub(crate) async fn cancel_email_change(State(api): State<Api>, caller: Caller) -> Result<StatusCode, Problem> {
    identity::cancel_email_change(&api, caller.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
