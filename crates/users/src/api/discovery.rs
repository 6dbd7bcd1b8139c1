//! How programs find the keys that verify access tokens: the discovery of `OpenID` Connect 1.0 and RFC 7517.

use axum::{Json, extract::State, routing::get};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

use super::Api;

/// The discovery documents; not part of the contract, since their form is that of the standards.
pub(super) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/.well-known/jwks.json", get(keys))
}

async fn configuration(State(api): State<Api>) -> Json<Value> {
    let issuer = &api.settings.public_url;
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "token_endpoint": format!("{issuer}/api/v1/auth/login"),
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys(State(api): State<Api>) -> Json<Value> {
    Json(serde_json::to_value(api.tokens.jwks()).unwrap_or(Value::Null))
}
