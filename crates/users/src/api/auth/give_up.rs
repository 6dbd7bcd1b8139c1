//! `DELETE /auth/complete`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use platform::http::{Problem, refusals::FOREIGN};

use crate::{
    api::{Api, passing},
    identity::keycloak,
};

platform::refusals!(
    FOREIGN,
    &[(
        409,
        "sign_in_not_begun",
        "This browser has not come back from a provider, or too long ago."
    )]
);

/// Say that I am somebody else
///
/// Of somebody who has come back from a provider as a newcomer: makes no account, and signs out at the identity manager, so that
/// the next sign-in asks who it is.
#[utoipa::path(
    delete, path = "/auth/complete", tag = "authentication", security(()),
    responses((status = 204, description = "Forgotten."), Refusals)
)]
pub(crate) async fn give_up_sign_up(State(api): State<Api>, headers: HeaderMap) -> Result<Response, Problem> {
    let (keycloak, carried) = passing::newcomer(&api, &headers)?;
    keycloak::give_up(&api, keycloak, carried).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    api.cookies.clear_passing(response.headers_mut(), passing::NEWCOMER);
    Ok(response)
}
