//! `GET /auth/callback`

use axum::{extract::State, response::Response};
use http::HeaderMap;
use platform::{
    auth::cookies,
    http::{MaybeCaller, Problem, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::start::see_other;
use crate::{
    api::{Api, client::Client, passing, resource::Tokens},
    error::UsersError,
    identity::keycloak::{self, Back, Came, Refusal},
};

/// What the provider's page sent the browser back with.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Returned {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

platform::refusals!();

/// Come back from another page
///
/// Where the provider's page sends the browser back to. It goes on to the page where it wanted to be, signed in; to
/// `/auth/complete` when somebody is new here; or to `/sign-in?error=…`, with the code of a problem.
#[utoipa::path(
    get, path = "/auth/callback", tag = "authentication", security(()), params(Returned),
    responses((status = 303, description = "To a page of Beep.", headers(("Location" = String))), Refusals)
)]
pub(crate) async fn come_back(
    State(api): State<Api>,
    client: Client,
    MaybeCaller(caller): MaybeCaller,
    headers: HeaderMap,
    returned: Result<Query<Returned>, Problem>,
) -> Response {
    let Query(returned) = returned.unwrap_or(Query(Returned::default()));
    let back = Back {
        carried: cookies::read(&headers, passing::TRAVELLING),
        state: returned.state.as_deref(),
        code: returned.code,
        error: returned.error.as_deref(),
        issuer: returned.iss.as_deref(),
        user_agent: client.user_agent.as_deref(),
    };
    let came = match api.keycloak() {
        Some(keycloak) => keycloak::come_back(&api, keycloak, back, caller).await,
        None => Err(UsersError::Manager(Refusal::ProviderNotFound)),
    };
    let mut response = match came {
        Ok(Came::GoesOn(next)) => {
            let mut response = see_other(&next.location);
            let headers = response.headers_mut();
            api.cookies
                .set_passing(headers, passing::TRAVELLING, &next.carried, keycloak::AWAY);
            return response;
        }
        Ok(Came::Acted(page, fresh)) => {
            let mut response = see_other(&page);
            if let Some(fresh) = fresh {
                let headers = response.headers_mut();
                api.cookies.set_own(headers, passing::FRESH, &fresh, keycloak::FRESH);
            }
            response
        }
        Ok(Came::SignedIn(signed_in, return_to)) => {
            let mut response = see_other(&return_to);
            Tokens::set_cookies(&api, response.headers_mut(), &signed_in);
            response
        }
        Err(UsersError::Manager(Refusal::Newcomer(sealed))) => {
            let mut response = see_other("/auth/complete");
            let headers = response.headers_mut();
            api.cookies
                .set_passing(headers, passing::NEWCOMER, &sealed, passing::NEWCOMER_LIFETIME);
            response
        }
        Err(error) => see_other(&format!("/sign-in?error={}", error.code())),
    };
    api.cookies.clear_passing(response.headers_mut(), passing::TRAVELLING);
    response
}
