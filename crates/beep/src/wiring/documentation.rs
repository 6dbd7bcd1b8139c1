//! The contracts: `/api/v1/openapi.json` (all services) and `/docs/<service>.json` (T2).

use axum::{
    Json, Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa::openapi::OpenApi;

/// The services with a contract, by name.
pub(crate) fn contracts() -> Vec<(&'static str, OpenApi)> {
    vec![
        ("users", users::contract()),
        ("servers", servers::contract()),
        ("messages", messages::contract()),
        ("storage", storage::contract()),
    ]
}

/// One contract of the whole public API.
pub(crate) fn merged() -> OpenApi {
    let mut all = contracts().into_iter().map(|(_, contract)| contract);
    let Some(mut merged) = all.next() else {
        return OpenApi::default();
    };
    for contract in all {
        merged.merge(contract);
    }
    "Beep".clone_into(&mut merged.info.title);
    merged.info.description =
        Some("The public API of Beep. Live events come over the gateway: see docs/gateway.md.".to_owned());
    merged
}

/// The routes of the contracts.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/api/v1/openapi.json", get(async || Json(merged())))
        .route("/docs/{service}", get(service))
}

/// `/docs/users.json`: the contract of one service.
async fn service(Path(name): Path<String>) -> Response {
    let wanted = name.strip_suffix(".json").unwrap_or_default();
    match contracts().into_iter().find(|(known, _)| *known == wanted) {
        Some((_, contract)) => Json(contract).into_response(),
        None => (StatusCode::NOT_FOUND, "There is no such contract.\n").into_response(),
    }
}
