//! The contracts and their reader: `/api/v1/openapi.json` (all services), `/docs` and `/docs/<service>` (T2).

use axum::{
    Json, Router,
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
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

/// The routes of the contracts and of their reader.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/api/v1/openapi.json", get(async || Json(merged())))
        .route("/docs", get(async || page("/api/v1/openapi.json")))
        .route("/docs/{service}", get(service))
}

/// `/docs/users` is the reader, `/docs/users.json` what it reads.
async fn service(Path(name): Path<String>) -> Response {
    let (service, is_contract) = name
        .strip_suffix(".json")
        .map_or((&*name, false), |service| (service, true));
    match contracts().into_iter().find(|(known, _)| *known == service) {
        Some((_, contract)) if is_contract => Json(contract).into_response(),
        Some(_) => page(&format!("/docs/{service}.json")).into_response(),
        None => (StatusCode::NOT_FOUND, "There is no such service.\n").into_response(),
    }
}

/// The page that shows a contract with Scalar, whose script Beep serves itself.
fn page(contract: &str) -> impl IntoResponse {
    let html = format!(
        r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Beep API</title>
    <link rel="icon" href="/favicon.svg">
  </head>
  <body>
    <script id="api-reference" data-url="{contract}" data-configuration='{{"withDefaultFonts":false,"hideClientButton":true,"telemetry":false}}'></script>
    <script src="/documentation/scalar.js"></script>
  </body>
</html>
"#
    );
    ([(header::CACHE_CONTROL, "no-cache")], Html(html))
}
