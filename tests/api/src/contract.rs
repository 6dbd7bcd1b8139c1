//! The operations of the public API, as the running Beep describes them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{beep::Beep, http::Caller};

/// The problems that the contract describes for each operation (method in capitals, path below `/api/v1`): status and code.
pub async fn problems(beep: &Beep) -> BTreeMap<(String, String), BTreeSet<(u16, String)>> {
    let contract = Caller::nobody(beep.address).get("/openapi.json").await.expect(200);
    let mut all = BTreeMap::new();
    for (method, path) in operations(beep).await {
        let operation = &contract["paths"][format!("/api/v1{path}")][method.to_lowercase()];
        let responses = operation["responses"].as_object().expect("responses");
        let problems = responses.iter().flat_map(|(status, response)| {
            let status: u16 = status.parse().expect("a status");
            let content = &response["content"]["application/problem+json"];
            let examples = content["examples"].as_object().cloned().unwrap_or_default();
            let codes: Vec<String> = examples.keys().cloned().collect();
            codes.into_iter().map(move |code| (status, code))
        });
        all.insert((method, path), problems.collect());
    }
    all
}

/// Method in capitals and path below `/api/v1`, for every operation of the merged contract.
pub async fn operations(beep: &Beep) -> BTreeSet<(String, String)> {
    let contract = Caller::nobody(beep.address).get("/openapi.json").await.expect(200);
    let paths = contract["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let path = path.strip_prefix("/api/v1").expect("a path of the API").to_owned();
        let methods = item.as_object().expect("methods").keys();
        methods
            // Answers to HEAD have no body, and so no code: it is tried where its GET is.
            .filter(|key| ["get", "put", "post", "delete", "patch", "options", "trace"].contains(&key.as_str()))
            .map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}
