//! `GET /auth/providers`

use axum::extract::State;
use platform::http::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Api;

/// How one can sign in here.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"items": [], "password": true, "registration": true}))]
pub(crate) struct Providers {
    /// Other identities than Beep's own; none yet.
    #[schema(value_type = Vec<Object>)]
    items: [(); 0],
    /// Whether e-mail and password are accepted.
    password: bool,
    /// Whether anybody may sign up.
    registration: bool,
}

platform::refusals!();

/// Ways to sign in
#[utoipa::path(
    get, path = "/auth/providers", tag = "authentication", security(()),
    responses((status = 200, description = "How one can sign in here.", body = Providers), Refusals)
)]
pub(crate) async fn list_providers(State(api): State<Api>) -> Json<Providers> {
    Json(Providers {
        items: [],
        password: true,
        registration: api.settings.registration_open,
    })
}
