//! `GET /auth/providers`

use axum::extract::State;
use platform::http::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::Api,
    identity::keycloak::{Keycloak, OWN_PAGE},
};

/// How one can sign in here.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "items": [{"id": "google", "name": "Google"}], "password": true, "passkeys": true, "registration": true
}))]
pub(crate) struct Providers {
    /// Other ways than e-mail and password, in the order of their buttons.
    items: Vec<Provider>,
    /// Whether e-mail and password are accepted.
    password: bool,
    /// Whether passkeys that Beep keeps are accepted, and browsers ask for them here.
    passkeys: bool,
    /// Whether anybody may sign up.
    registration: bool,
}

/// A way to sign in by another page.
#[derive(Serialize, ToSchema)]
pub(crate) struct Provider {
    /// For `/auth/providers/{id}/start`. `keycloak` is the identity manager's own page.
    id: String,
    /// What people call it.
    name: String,
}

/// What people call a provider.
pub(in crate::api) fn name_of(id: &str) -> String {
    let known = match id {
        OWN_PAGE => Some("Beep"),
        "github" => Some("GitHub"),
        "saml" => Some("SAML"),
        _ => None,
    };
    let mut letters = id.chars();
    let upper = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect());
    known.map(str::to_owned).or(upper).unwrap_or_default()
}

impl Provider {
    fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name_of(id),
        }
    }
}

platform::refusals!();

/// Ways to sign in
#[utoipa::path(
    get, path = "/auth/providers", tag = "authentication", security(()),
    responses((status = 200, description = "How one can sign in here.", body = Providers), Refusals)
)]
pub(crate) async fn list_providers(State(api): State<Api>) -> Json<Providers> {
    let keycloak = api.keycloak();
    let brokers = keycloak.map_or(&[][..], Keycloak::brokers);
    let own_page = keycloak.map(|_| Provider::new(OWN_PAGE));
    Json(Providers {
        items: own_page
            .into_iter()
            .chain(brokers.iter().map(|id| Provider::new(id)))
            .collect(),
        password: keycloak.is_none_or(Keycloak::has_own_form),
        passkeys: keycloak.is_none() && api.passkeys.are_available(),
        registration: api.settings.registration_open,
    })
}
