//! The contracts: as documents (`/api/v1/openapi.json` for all services, `/docs/<service>.json` for one) and to read in a
//! browser (`/docs` and `/docs/<service>`) (T2).

mod page;

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa::openapi::OpenApi;

use super::instance;

/// Where the contract of all services is.
const WHOLE: &str = "/api/v1/openapi.json";

/// The contracts as JSON, by the name of their service; that of all services without a name. Written once: they do not
/// change while the process lives.
static DOCUMENTS: LazyLock<HashMap<&'static str, Bytes>> = LazyLock::new(|| {
    let all = contracts().into_iter().chain([("", merged())]);
    all.map(|(name, contract)| {
        // What the handlers derive always serialises.
        (name, serde_json::to_vec(&contract).unwrap_or_default().into())
    })
    .collect()
});

/// The contracts by name: those of the services, and what a front door says of itself.
pub(crate) fn contracts() -> Vec<(&'static str, OpenApi)> {
    vec![
        ("users", users::contract()),
        ("servers", servers::contract()),
        ("messages", messages::contract()),
        ("storage", storage::contract()),
        ("search", search::contract()),
        ("gateway", gateway::contract()),
        ("instance", instance::contract()),
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

/// The contract of the whole public API, as an answer.
pub(super) fn whole() -> Response {
    document("")
}

/// The routes by which people read the contracts.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/docs", get(async || page::of("", WHOLE)))
        .route("/docs/{service}", get(service))
        .route(
            "/docs/assets/{file}",
            get(async |Path(file): Path<String>| page::asset(&file)),
        )
}

/// `/docs/users.json`: the contract of one service; `/docs/users`: the same to read.
async fn service(Path(name): Path<String>) -> Response {
    let (wanted, as_document) = name.strip_suffix(".json").map_or((&*name, false), |name| (name, true));
    if wanted.is_empty() || !DOCUMENTS.contains_key(wanted) {
        return (StatusCode::NOT_FOUND, "There is no such contract.\n").into_response();
    }
    if as_document {
        document(wanted)
    } else {
        page::of(wanted, &format!("/docs/{wanted}.json"))
    }
}

fn document(name: &str) -> Response {
    let json = DOCUMENTS.get(name).cloned().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
