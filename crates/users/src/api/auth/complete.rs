//! `POST /auth/complete`

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use model::{Email, PersonName, Username};
use platform::http::{
    Fields, Json, Problem,
    refusals::{BODY, FIELDS, FOREIGN},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, client::Client, passing, resource::Tokens},
    error::UsersError,
    identity::keycloak::{self, Completion, Refusal},
    settings::Language,
};

/// Who a newcomer wants to be.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"username": "ada"}))]
pub(crate) struct NewUsername {
    /// 2 to 32 letters, digits, `_`, `-`, `.`; lowered.
    #[serde(default)]
    #[schema(required, min_length = 2, max_length = 32)]
    username: String,
    /// Where the provider did not tell it.
    #[schema(min_length = 1, max_length = 64)]
    first_name: Option<String>,
    /// Where the provider did not tell it.
    #[schema(min_length = 1, max_length = 64)]
    last_name: Option<String>,
    /// Where the provider did not tell it.
    email: Option<String>,
}

platform::refusals!(
    FOREIGN,
    BODY,
    FIELDS,
    &[
        (
            409,
            "sign_in_not_begun",
            "This browser has not come back from a provider, or too long ago."
        ),
        (409, "username_taken", "Somebody has this username."),
        (
            409,
            "email_taken",
            "There is an account with this e-mail address: it is not linked by that alone."
        ),
        (409, "completed_already", "It was done already: sign in."),
    ]
);

/// Say who I want to be
///
/// Of somebody who has come back from a provider and is new here: makes the account and signs it in.
#[utoipa::path(
    post, path = "/auth/complete", tag = "authentication", request_body = NewUsername, security(()),
    responses((status = 201, description = "The new account, signed in.", body = Tokens), Refusals)
)]
pub(crate) async fn complete_sign_up(
    State(api): State<Api>,
    client: Client,
    headers: HeaderMap,
    Json(new): Json<NewUsername>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let username = fields.parse::<Username>("username", &new.username);
    let first_name = optional::<PersonName>(&mut fields, "first_name", new.first_name.as_deref());
    let last_name = optional::<PersonName>(&mut fields, "last_name", new.last_name.as_deref());
    let email = optional::<Email>(&mut fields, "email", new.email.as_deref());
    fields.finish()?;
    let Some(username) = username else {
        return Err(UsersError::Manager(Refusal::Missing("username")).into());
    };
    let completion = Completion {
        username,
        first_name,
        last_name,
        email,
        language: Language::preferred(client.languages.as_deref()),
        user_agent: client.user_agent.as_deref(),
    };
    let (keycloak, carried) = passing::newcomer(&api, &headers)?;
    let signed_in = keycloak::complete(&api, keycloak, carried, completion).await?;
    let mut response = Tokens::answer(&api, StatusCode::CREATED, signed_in);
    api.cookies.clear_passing(response.headers_mut(), passing::NEWCOMER);
    Ok(response)
}

fn optional<T>(fields: &mut Fields, name: &'static str, text: Option<&str>) -> Option<T>
where
    T: std::str::FromStr<Err = model::Invalid>,
{
    fields.parse::<T>(name, text?)
}
