//! `POST /auth/register`

use axum::{extract::State, response::Response};
use http::StatusCode;
use model::{Email, PersonName, Username};
use platform::{
    auth::Secret,
    http::{
        Fields, Json, Problem,
        refusals::{BODY, FIELDS, FOREIGN},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, client::Client, refusals::IDENTITY, resource::Tokens},
    identity::{Registration, check_password, register as sign_up},
    settings::Language,
};

/// Someone who signs up.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "first_name": "Ada", "last_name": "Byron", "username": "ada", "email": "ada@example.org", "password": "correct horse battery"
}))]
pub(crate) struct NewAccount {
    /// 1 to 64 characters.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 64)]
    first_name: String,
    /// 1 to 64 characters.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 64)]
    last_name: String,
    /// 2 to 32 letters, digits, `_`, `-`, `.`; lowered.
    #[serde(default)]
    #[schema(required, min_length = 2, max_length = 32)]
    username: String,
    /// Unique.
    #[serde(default)]
    #[schema(required)]
    email: String,
    /// 8 to 256 characters, and not one of those that everyone tries first.
    #[serde(default)]
    #[schema(required, format = Password, min_length = 8, max_length = 256)]
    password: String,
}

platform::refusals!(
    FOREIGN,
    BODY,
    IDENTITY,
    FIELDS,
    &[
        (403, "registration_closed", "Nobody can sign up here."),
        (409, "username_taken", "Somebody has this username."),
        (409, "email_taken", "There is an account with this e-mail address."),
    ]
);

/// Sign up
///
/// Makes the account and signs it in. Also sets the cookies of a browser. The account's language is the one of English and
/// French that `Accept-Language` prefers, English without it; the settings change it.
#[utoipa::path(
    post, path = "/auth/register", tag = "authentication", request_body = NewAccount, security(()),
    responses((status = 201, description = "The new account, signed in.", body = Tokens), Refusals)
)]
pub(crate) async fn register(
    State(api): State<Api>,
    client: Client,
    Json(new): Json<NewAccount>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let first_name = fields.parse::<PersonName>("first_name", &new.first_name);
    let last_name = fields.parse::<PersonName>("last_name", &new.last_name);
    let username = fields.parse::<Username>("username", &new.username);
    let email = fields.parse::<Email>("email", &new.email);
    if let Err(weak) = check_password(&new.password, &new.username, &new.email) {
        weak.tell(&mut fields, "password");
    }
    fields.finish()?;
    let (Some(first_name), Some(last_name), Some(username), Some(email)) = (first_name, last_name, username, email)
    else {
        return Err(fields.problem());
    };
    let registration = Registration {
        username,
        email,
        first_name,
        last_name,
        password: Secret::new(new.password),
        language: Language::preferred(client.languages.as_deref()),
        user_agent: client.user_agent.as_deref(),
    };
    let signed_in = sign_up(&api, registration).await?;
    Ok(Tokens::answer(&api, StatusCode::CREATED, signed_in))
}
