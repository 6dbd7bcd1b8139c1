//! `POST /auth/link`

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use platform::{
    auth::Secret,
    http::{
        Json, Problem,
        refusals::{BODY, FOREIGN},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, client::Client, passing, resource::Tokens},
    identity::{Attempt, keycloak},
};

/// An account that one has here already.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery"}))]
pub(crate) struct OwnAccount {
    email: String,
    /// The one that it had before there was an identity manager.
    #[schema(format = Password)]
    password: String,
    /// The six digits of the moment, or a recovery code, where the account asks for codes.
    code: Option<String>,
}

platform::refusals!(
    FOREIGN,
    BODY,
    &[
        (
            401,
            "invalid_credentials",
            "The e-mail address or the password is wrong."
        ),
        (
            401,
            "second_factor_required",
            "The password is right, and a code is needed, too."
        ),
        (401, "second_factor_wrong", "The code is wrong, or it was used before."),
        (
            403,
            "account_disabled",
            "The password is right; an administrator has disabled the account."
        ),
        (
            409,
            "sign_in_not_begun",
            "This browser has not come back from a provider, or too long ago."
        ),
        (409, "completed_already", "It was done already: sign in."),
        (
            429,
            "too_many_attempts",
            "Too many wrong passwords or codes; see Retry-After."
        ),
        (
            503,
            "overloaded",
            "Too many people sign in at the moment; see Retry-After."
        ),
    ]
);

/// Link an account that I have here
///
/// Of somebody who has come back from a provider and has an account from before there was an identity manager: shows that it is
/// theirs, by its password. From now on one signs in to it by the provider alone; it has ended all other sign-ins.
#[utoipa::path(
    post, path = "/auth/link", tag = "authentication", request_body = OwnAccount, security(()),
    responses((status = 200, description = "The account, signed in.", body = Tokens), Refusals)
)]
pub(crate) async fn link_account(
    State(api): State<Api>,
    client: Client,
    headers: HeaderMap,
    Json(own): Json<OwnAccount>,
) -> Result<Response, Problem> {
    let attempt = Attempt {
        email: &own.email,
        password: Secret::new(own.password),
        code: own.code.as_deref(),
        address: client.address,
        user_agent: client.user_agent.as_deref(),
    };
    let (keycloak, carried) = passing::newcomer(&api, &headers)?;
    let signed_in = keycloak::link(&api, keycloak, carried, attempt).await?;
    let mut response = Tokens::answer(&api, StatusCode::OK, signed_in);
    api.cookies.clear_passing(response.headers_mut(), passing::NEWCOMER);
    Ok(response)
}
