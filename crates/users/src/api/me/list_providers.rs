//! `GET /users/@me/providers`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Problem, refusals::SIGNED_IN},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        auth::providers::name_of,
        refusals::{IDENTITY, KEPT_HERE},
    },
    error::UsersError,
    identity::keycloak::{self, Refusal},
};

/// The accounts elsewhere by which I sign in, too.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"items": [
    {"id": "google", "name": "Google", "linked": true, "account": "ada@example.org"},
    {"id": "github", "name": "GitHub", "linked": false, "account": null}
]}))]
pub(crate) struct OwnProviders {
    /// In the order of their buttons; then those that are linked and have none any more.
    items: Vec<OwnProvider>,
}

/// A provider, and whether one is linked to an account there.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnProvider {
    /// For the action `link_provider` of `/users/@me/security/actions`, and to unlink it.
    id: String,
    /// What people call it.
    name: String,
    linked: bool,
    /// What one is called there, often an e-mail address; `null` where one is not linked, or the provider does not say it.
    account: Option<String>,
}

platform::refusals!(SIGNED_IN, KEPT_HERE, IDENTITY);

/// The accounts elsewhere by which I sign in, too
#[utoipa::path(
    get, path = "/users/@me/providers", tag = "users",
    responses((status = 200, description = "The providers.", body = OwnProviders), Refusals)
)]
pub(crate) async fn list_own_providers(State(api): State<Api>, caller: Caller) -> Result<Json<OwnProviders>, Problem> {
    let keycloak = api.keycloak().ok_or(UsersError::Manager(Refusal::KeptElsewhere))?;
    let items = keycloak::list_providers(&api, keycloak, caller.user_id).await?;
    let items = items.into_iter().map(|provider| OwnProvider {
        name: name_of(&provider.id),
        id: provider.id,
        linked: provider.linked,
        account: provider.account,
    });
    Ok(Json(OwnProviders { items: items.collect() }))
}
