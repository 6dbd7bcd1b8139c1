//! The merged contract is about every route that Beep serves, and about nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use platform::http::testing::contract::{assert_complete, operations};
use tower::ServiceExt;

use super::*;
use crate::config::{CommandLine, Environment};

/// Routes that are in no contract, and why.
const UNDESCRIBED: [(&str, &str); 7] = [
    (
        "/.well-known/openid-configuration",
        "OpenID Connect Discovery describes it",
    ),
    ("/.well-known/jwks.json", "RFC 7517 describes it"),
    ("/docs", "a page for people"),
    ("/docs/{service}", "a page for people, and the contract of one service"),
    ("/docs/assets/{file}", "scripts of these pages"),
    ("/api/{*rest}", "what there is not"),
    ("/", "the web client"),
];

/// All services in one process, as `beep serve` has them.
struct Whole {
    routes: Router,
    shutdown: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for Whole {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

async fn whole() -> Whole {
    let folder = tempfile::tempdir().unwrap();
    let command_line = CommandLine {
        file: None,
        options: vec![("--data-dir", "data_dir", folder.path().display().to_string())],
    };
    let config = Config::load(&command_line, &Environment::from_pairs(&[]))
        .unwrap()
        .config;
    let (db, shutdown) = (open_database(&config).unwrap(), CancellationToken::new());
    let readiness = Readiness::default();
    let services = wire(&config, db, "http://beep.test", &readiness, shutdown.clone());
    Whole {
        routes: with_front(&config, services.await.unwrap().public),
        shutdown,
        _folder: folder,
    }
}

/// The paths of a router. It tells them to nobody but whoever looks at it for debugging.
fn paths_of(routes: &Router) -> BTreeSet<String> {
    let shown = format!("{routes:?}");
    let quoted = shown.split('"').skip(1).step_by(2);
    quoted
        .filter(|text| text.starts_with('/') && !text.contains("__private__"))
        .map(str::to_owned)
        .collect()
}

/// The methods of a path: a method that no route has is answered with those that it has.
async fn methods_of(routes: &Router, path: &str) -> BTreeSet<String> {
    let request = Request::builder()
        .method("NONE")
        .uri(path.replace(['{', '}'], ""))
        .body(Body::empty())
        .unwrap();
    let answer = routes.clone().oneshot(request).await.unwrap();
    let allowed = answer.headers().get(header::ALLOW).map(|value| value.to_str().unwrap());
    let methods = allowed.unwrap_or_default().split(',').map(str::trim);
    // Whoever may GET may ask for the head alone.
    let methods = methods.filter(|method| !method.is_empty() && *method != "HEAD");
    methods.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_in_the_contract_and_the_other_way_round() {
    let whole = Box::pin(whole()).await;
    let mut described: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations(&merged()) {
        described.entry(operation.path).or_default().insert(operation.method);
    }
    let mut served = BTreeMap::new();
    let mut others = BTreeSet::new();
    for path in paths_of(&whole.routes) {
        if UNDESCRIBED.iter().any(|(known, _)| *known == path) {
            others.insert(path);
        } else {
            let methods = methods_of(&whole.routes, &path).await;
            served.insert(path, methods);
        }
    }
    assert_eq!(served, described, "what is served, and what the contract describes");
    assert_eq!(
        others.len(),
        UNDESCRIBED.len(),
        "not served at all: only {others:?} are"
    );
}

#[test]
fn the_merged_contract_is_complete() {
    assert_complete(&merged());
}

#[test]
fn nothing_is_lost_when_contracts_are_merged() {
    let merged_operations = operations(&merged()).len();
    let parts: usize = contracts().iter().map(|(_, part)| operations(part).len()).sum();
    assert_eq!(merged_operations, parts);
    let whole = serde_json::to_value(merged()).unwrap();
    for (name, part) in contracts() {
        let part = serde_json::to_value(part).unwrap();
        for kind in ["schemas", "securitySchemes"] {
            for (schema, value) in part["components"][kind].as_object().into_iter().flatten() {
                let merged = &whole["components"][kind][schema];
                assert_eq!(
                    merged, value,
                    "{name}: {schema} means something else in another contract"
                );
            }
        }
    }
}

#[test]
fn no_two_operations_have_one_name() {
    let whole = serde_json::to_value(merged()).unwrap();
    let mut names = BTreeSet::new();
    for (path, item) in whole["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(
                names.insert(name.to_owned()),
                "{method} {path}: {name} is another's name, too"
            );
        }
    }
}
