//! `POST /auth/email/verify`

use axum::extract::State;
use http::StatusCode;
use platform::http::{
    Json, Problem,
    refusals::{BODY, FOREIGN},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, refusals::IDENTITY},
    identity,
};

/// A link that was sent to an e-mail address.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"token": "bm90IGEgcmVhbCB0b2tlbg"}))]
pub(crate) struct Verification {
    /// What stands behind `#token=` in the link.
    token: String,
}

platform::refusals!(
    FOREIGN,
    BODY,
    IDENTITY,
    &[
        (
            409,
            "email_taken",
            "Somebody else has confirmed this address meanwhile."
        ),
        (410, "link_expired", "The link was used, or it is too old."),
    ]
);

/// Confirm an e-mail address
///
/// From now on one signs in with it. Links to set a password that were sent to the old address are void.
#[utoipa::path(
    post, path = "/auth/email/verify", tag = "authentication", request_body = Verification, security(()),
    responses((status = 204, description = "The address counts."), Refusals)
)]
pub(crate) async fn verify_email(
    State(api): State<Api>,
    Json(verification): Json<Verification>,
) -> Result<StatusCode, Problem> {
    identity::verify_email(&api, &verification.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
