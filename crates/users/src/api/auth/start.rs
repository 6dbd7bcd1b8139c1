//! `GET /auth/providers/{provider_id}/start`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use platform::http::{Path, Problem, Query, refusals::FIELDS};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{Api, passing},
    error::UsersError,
    identity::keycloak::{self, Refusal},
};

/// Where one comes back to, and how one is spoken to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReturnTo {
    /// The path of the page to go to afterwards; the first one without it.
    #[param(example = "/channels/402345678901234567")]
    return_to: Option<String>,
    /// The language of the page: `en` or `fr`; as the browser asks for without it.
    #[param(example = "fr")]
    language: Option<String>,
}

platform::refusals!(
    FIELDS,
    &[(404, "provider_not_found", "There is no such way to sign in.")]
);

/// Sign in by another page
///
/// Sends a browser to the page of the provider. It comes back to `/auth/callback`.
#[utoipa::path(
    get, path = "/auth/providers/{provider_id}/start", tag = "authentication", security(()),
    params(("provider_id" = String, Path, description = "As `/auth/providers` names it."), ReturnTo),
    responses((status = 303, description = "To the page of the provider.", headers(("Location" = String))), Refusals)
)]
pub(crate) async fn start_sign_in(
    State(api): State<Api>,
    Path(provider): Path<String>,
    query: Result<Query<ReturnTo>, Problem>,
) -> Result<Response, Problem> {
    let Ok(Query(query)) = query else {
        return Err(UsersError::Manager(Refusal::ReturnToNotLocal).into());
    };
    let keycloak = api.keycloak().ok_or(UsersError::Manager(Refusal::ProviderNotFound))?;
    let language = query.language.as_deref().and_then(|language| language.parse().ok());
    let started = keycloak::start(&api, keycloak, &provider, query.return_to.as_deref(), language)?;
    let mut response = see_other(&started.location);
    let headers = response.headers_mut();
    api.cookies
        .set_passing(headers, passing::TRAVELLING, &started.carried, keycloak::AWAY);
    Ok(response)
}

/// 303 to an address of ours, or one that we have made.
pub(in crate::api) fn see_other(location: &str) -> Response {
    match HeaderValue::try_from(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => Problem::internal().into_response(),
    }
}
