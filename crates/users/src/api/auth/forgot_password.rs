//! `POST /auth/password/forgot`

use axum::extract::State;
use http::StatusCode;
use platform::http::{
    Json, Problem,
    refusals::{BODY, FOREIGN},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, client::Client},
    identity,
};

/// Whose password was forgotten.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"email": "ada@example.org"}))]
pub(crate) struct Forgotten {
    email: String,
}

platform::refusals!(
    FOREIGN,
    BODY,
    &[
        (
            409,
            "mail_not_configured",
            "This Beep sends no mail; its administrator can hand out a link."
        ),
        (
            429,
            "too_many_attempts",
            "Too many links were asked for from this address; see Retry-After."
        ),
    ]
);

/// Ask for a link to set a new password
///
/// Whether there is such an account is not told: the answer is the same, and whoever has the address gets a mail, three in an
/// hour at most. The link is good for once, within an hour. Whose password a directory keeps gets a mail that says so.
#[utoipa::path(
    post, path = "/auth/password/forgot", tag = "authentication", request_body = Forgotten, security(()),
    responses((status = 202, description = "If there is such an account, a mail is on its way."), Refusals)
)]
pub(crate) async fn forgot_password(
    State(api): State<Api>,
    client: Client,
    Json(forgotten): Json<Forgotten>,
) -> Result<StatusCode, Problem> {
    identity::forgot_password(&api, &forgotten.email, client.address).await?;
    Ok(StatusCode::ACCEPTED)
}
