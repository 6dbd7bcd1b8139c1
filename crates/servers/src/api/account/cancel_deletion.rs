//! `DELETE /users/@me/deletion`

use axum::extract::State;
use http::StatusCode;
use platform::{
    auth::Caller,
    http::{
        Problem,
        refusals::{SIGNED_IN, UNSAFE},
    },
};

use crate::{api::Api, departures};

platform::refusals!(SIGNED_IN, UNSAFE);

/// Keep my account
///
/// Takes its deletion back. Nothing changes where none was begun.
#[utoipa::path(
    delete, path = "/users/@me/deletion", tag = "account",
    responses((status = 204, description = "The account stays."), Refusals)
)]
pub(crate) async fn cancel_deletion(State(api): State<Api>, _: Caller) -> Result<StatusCode, Problem> {
    departures::cancel(&api).await?;
    Ok(StatusCode::NO_CONTENT)
}
