//! `POST /auth/backchannel-logout`

use axum::{
    extract::{Form, State, rejection::FormRejection},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use platform::http::{Problem, refusals::FOREIGN};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::Api,
    error::UsersError,
    identity::keycloak::{self, Refusal},
};

/// What the identity manager says.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"logout_token": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"}))]
pub(crate) struct Ended {
    /// A log-out token, signed by the identity manager.
    logout_token: String,
}

platform::refusals!(
    FOREIGN,
    &[(
        400,
        "logout_token_invalid",
        "The token is not the identity manager's, is not about a log-out, has expired, or was heard before."
    )]
);

/// Hear that a session has ended
///
/// For the identity manager alone (`OpenID` Connect Back-Channel Logout 1.0): the sign-ins that stand on the session end.
#[utoipa::path(
    post, path = "/auth/backchannel-logout", tag = "authentication", security(()),
    request_body(content = Ended, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "They have ended."), Refusals)
)]
pub(crate) async fn backchannel_logout(
    State(api): State<Api>,
    ended: Result<Form<Ended>, FormRejection>,
) -> Result<Response, Problem> {
    let (Some(keycloak), Ok(Form(ended))) = (api.keycloak(), ended) else {
        return Err(UsersError::Manager(Refusal::LogoutTokenInvalid).into());
    };
    keycloak::hear_logout(&api, keycloak, &ended.logout_token).await?;
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}
