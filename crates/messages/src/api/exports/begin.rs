//! `POST /users/@me/export`

use axum::{extract::State, http::StatusCode};
use platform::{
    auth::Caller,
    http::{
        Json, Problem,
        refusals::{Case, SIGNED_IN, UNSAFE},
    },
};

use super::Export;
use crate::api::Api;

const EXPORTS: &[Case] = &[
    (409, "export_running", "One is being prepared."),
    (
        429,
        "export_too_often",
        "The caller has had two within seven days; see Retry-After.",
    ),
];

platform::refusals!(SIGNED_IN, UNSAFE, EXPORTS);

/// Ask for all my data
///
/// Has all that is kept of the caller gathered in the background: account, settings, sign-ins, memberships, their messages
/// wherever they wrote them, and their files. Nothing of anybody else. `GET` says when it is ready; it is kept for a day.
#[utoipa::path(
    post, path = "/export", tag = "exports",
    responses((status = 202, description = "It is being prepared.", body = Export), Refusals)
)]
pub(crate) async fn begin_export(
    State(api): State<Api>,
    caller: Caller,
) -> Result<(StatusCode, Json<Export>), Problem> {
    let begun = api.begin_export(caller.user_id).await?;
    Ok((StatusCode::ACCEPTED, Json(begun.into())))
}
