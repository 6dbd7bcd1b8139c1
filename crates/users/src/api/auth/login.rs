//! `POST /auth/login`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
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
    api::{Api, client::Client, passing, refusals::IDENTITY, resource::Tokens},
    error::UsersError,
    identity::{Attempt, keycloak::Refusal, sign_in},
};

/// Longer texts cannot be anybody's address or password.
const TEXT_BYTES: usize = 2_048;

/// Someone who signs in.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"email": "ada@example.org", "password": "correct horse battery"}))]
pub(crate) struct Credentials {
    email: String,
    #[schema(format = Password)]
    password: String,
    /// The six digits of the moment, or a recovery code, where codes are asked for.
    code: Option<String>,
}

platform::refusals!(
    FOREIGN,
    BODY,
    IDENTITY,
    &[
        (
            401,
            "invalid_credentials",
            "The e-mail address or the password is wrong; which one is not told."
        ),
        (
            401,
            "second_factor_required",
            "The password is right, and a code is asked for."
        ),
        (
            401,
            "second_factor_wrong",
            "The password is right; the code is wrong, or it was used before."
        ),
        (
            403,
            "sign_in_elsewhere",
            "Only by the pages of the identity manager; or the second factor is one that only they can ask for."
        ),
        (
            403,
            "account_disabled",
            "The password is right; an administrator has disabled the account."
        ),
        (
            409,
            "newcomer",
            "Somebody whom the identity manager knows is new here: go on with `POST /auth/complete`, with the cookie."
        ),
        (
            429,
            "too_many_attempts",
            "Too many wrong passwords or codes; see Retry-After."
        ),
    ]
);

/// Sign in
///
/// Also sets the cookies of a browser. Whoever has a second factor is asked for a code once the password was right: send all of it
/// again, with the code.
#[utoipa::path(
    post, path = "/auth/login", tag = "authentication", request_body = Credentials, security(()),
    responses((status = 200, description = "Signed in.", body = Tokens), Refusals)
)]
pub(crate) async fn login(
    State(api): State<Api>,
    client: Client,
    Json(credentials): Json<Credentials>,
) -> Result<Response, Problem> {
    if credentials.email.len() > TEXT_BYTES || credentials.password.len() > TEXT_BYTES {
        return Err(UsersError::InvalidCredentials.into());
    }
    let attempt = Attempt {
        email: &credentials.email,
        password: Secret::new(credentials.password),
        code: credentials.code.as_deref(),
        address: client.address,
        user_agent: client.user_agent.as_deref(),
    };
    match sign_in(&api, attempt).await {
        Ok(signed_in) => Ok(Tokens::answer(&api, StatusCode::OK, signed_in)),
        Err(UsersError::Manager(Refusal::Newcomer(sealed))) => {
            let mut response = Problem::from(UsersError::Manager(Refusal::Newcomer(String::new()))).into_response();
            let headers = response.headers_mut();
            api.cookies
                .set_passing(headers, passing::NEWCOMER, &sealed, passing::NEWCOMER_LIFETIME);
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}
