//! `GET /auth/complete`

use axum::extract::State;
use http::HeaderMap;
use platform::http::{Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, passing},
    identity::keycloak,
};

/// What is known of a newcomer. What is null is to be asked for.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "first_name": "Ada", "last_name": "Byron", "email": "ada@example.org", "username": "ada.byron", "return_to": "/"
}))]
pub(crate) struct Newcomer {
    #[schema(required)]
    first_name: Option<String>,
    #[schema(required)]
    last_name: Option<String>,
    #[schema(required)]
    email: Option<String>,
    /// A proposal that nobody has at this moment.
    #[schema(required)]
    username: Option<String>,
    /// The path of the page to go to afterwards.
    return_to: String,
}

platform::refusals!(&[
    (
        409,
        "sign_in_not_begun",
        "This browser has not come back from a provider, or too long ago."
    ),
    (409, "completed_already", "It was done already: sign in."),
]);

/// What is known of me
///
/// Of somebody who has come back from a provider and is new here, by the cookie of their browser: what is left to say before
/// `POST /auth/complete`.
#[utoipa::path(
    get, path = "/auth/complete", tag = "authentication", security(()),
    responses((status = 200, description = "What the provider has told.", body = Newcomer), Refusals)
)]
pub(crate) async fn get_newcomer(State(api): State<Api>, headers: HeaderMap) -> Result<Json<Newcomer>, Problem> {
    let (keycloak, carried) = passing::newcomer(&api, &headers)?;
    let known = keycloak::known(&api, keycloak, carried).await?;
    Ok(Json(Newcomer {
        first_name: known.first_name.map(|name| name.expose().to_owned()),
        last_name: known.last_name.map(|name| name.expose().to_owned()),
        email: known.email.map(|email| email.expose().to_owned()),
        username: known.username,
        return_to: known.return_to,
    }))
}
