//! What every contract must be: fresh, and complete. And its operations, for tests that walk over them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

/// An operation of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// In capitals.
    pub method: String,
    /// With the names of parameters in braces.
    pub path: String,
    /// The status and the code of every problem that it may answer.
    pub refusals: BTreeSet<(u16, String)>,
    /// Whether it reads a JSON body.
    pub takes_json: bool,
}

impl Operation {
    /// Whether the contract says that it may answer a problem with this code.
    #[must_use]
    pub fn may_refuse_with(&self, code: &str) -> bool {
        self.refusals.iter().any(|(_, known)| known == code)
    }

    /// The path with its parameters replaced.
    #[must_use]
    pub fn path_with(&self, parameters: &BTreeMap<&str, String>) -> String {
        parameters.iter().fold(self.path.clone(), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value)
        })
    }
}

/// All operations of a contract. HEAD is not among them: its answers have no body, and so no code.
#[must_use]
pub fn operations(contract: &OpenApi) -> Vec<Operation> {
    described(&document(contract))
        .into_iter()
        .filter(|(method, ..)| *method != "head")
        .map(|(method, path, operation)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            refusals: refusals(operation),
            takes_json: takes_json(operation),
        })
        .collect()
}

/// Fails when the contract in `docs/openapi.yaml` of the crate is not what the handlers say; writes it with
/// `BEEP_UPDATE=1`. `crate_directory` is `env!("CARGO_MANIFEST_DIR")`.
pub fn assert_fresh(contract: &OpenApi, crate_directory: &str) {
    let file = Path::new(crate_directory).join("docs/openapi.yaml");
    let contract = contract.to_yaml().expect("the contract is YAML");
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment tells whether to rewrite the file"
    )]
    let rewrite = std::env::var("BEEP_UPDATE").is_ok_and(|value| value == "1");
    if rewrite {
        fs::create_dir_all(file.parent().expect("a folder")).unwrap();
        fs::write(&file, &contract).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == contract,
        "docs/openapi.yaml is not fresh: run this test with BEEP_UPDATE=1 and commit the file"
    );
}

/// Fails when an operation lacks a summary, a tag that the contract describes, an example of what it takes or answers, or
/// the list of its problems.
pub fn assert_complete(contract: &OpenApi) {
    let document = document(contract);
    let missing = missing(&document);
    assert!(missing.is_empty(), "the contract lacks:\n{}", missing.join("\n"));
}

fn document(contract: &OpenApi) -> Value {
    serde_json::to_value(contract).expect("the contract is JSON")
}

fn described(document: &Value) -> Vec<(&String, &String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut all = Vec::new();
    for (path, item) in paths {
        let item = item.as_object().expect("an item");
        all.extend(item.iter().map(|(method, operation)| (method, path, operation)));
    }
    all
}

fn refusals(operation: &Value) -> BTreeSet<(u16, String)> {
    let responses = operation["responses"].as_object().expect("responses");
    let mut all = BTreeSet::new();
    for (status, response) in responses {
        if let Some(examples) = response["content"]["application/problem+json"]["examples"].as_object() {
            let status = status.parse().expect("a status");
            all.extend(examples.keys().map(|code| (status, code.clone())));
        }
    }
    all
}

fn missing(document: &Value) -> Vec<String> {
    let names = |list: &Value| -> BTreeSet<String> {
        let of = |tag: &Value| Some(tag.as_str().or_else(|| tag["name"].as_str())?.to_owned());
        list.as_array().into_iter().flatten().filter_map(of).collect()
    };
    let known = names(&document["tags"]);
    let mut missing = Vec::new();
    for (method, path, operation) in described(document) {
        let mut lacks = |what: &str| missing.push(format!("{method} {path}: {what}"));
        if operation["summary"].as_str().is_none_or(str::is_empty) {
            lacks("a summary");
        }
        let tags = names(&operation["tags"]);
        if tags.is_empty() || !tags.is_subset(&known) {
            lacks("a tag with a description");
        }
        if !contents_have_examples(document, &operation["requestBody"]) {
            lacks("an example of its request");
        }
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if !contents_have_examples(document, response) {
                lacks(&format!("an example of its answer {status}"));
            }
            if status.starts_with(['4', '5']) && response["content"].get("application/problem+json").is_none() {
                lacks(&format!("the problems of its answer {status}"));
            }
        }
        let refusals = refusals(operation);
        if refusals.is_empty() {
            lacks("the list of its problems");
        }
        let may_answer = |code: &str| refusals.iter().any(|(_, known)| known == code);
        if !has_an_outcome(operation) {
            lacks("what it answers when it is done");
        }
        if takes_json(operation) != may_answer("malformed_json") {
            lacks("a JSON body with its problems, or neither of them");
        }
        if needs_caller(document, operation) != may_answer("not_signed_in") {
            lacks("a caller with the problems of who is none, or neither of them");
        }
        let changes = !["get", "head", "options", "trace"].contains(&method.as_str());
        if changes != may_answer("csrf_token_invalid") {
            lacks("the problem of what a foreign page sends, where something changes, and nowhere else");
        }
        for code in OF_EVERY_OPERATION {
            if !may_answer(code) {
                lacks(&format!("the problem `{code}`, which every operation has"));
            }
        }
    }
    missing
}

/// What the layers around every route may answer.
const OF_EVERY_OPERATION: [&str; 5] = ["rate_limited", "internal", "unavailable", "overloaded", "timed_out"];

fn has_an_outcome(operation: &Value) -> bool {
    let responses = operation["responses"].as_object().into_iter().flatten();
    responses
        .into_iter()
        .any(|(status, _)| status.starts_with(['1', '2', '3']))
}

fn takes_json(operation: &Value) -> bool {
    operation["requestBody"]["content"].get("application/json").is_some()
}

/// Whether the operation, or the whole contract where the operation says nothing else, asks who calls.
fn needs_caller(document: &Value, operation: &Value) -> bool {
    let asked = operation.get("security").unwrap_or(&document["security"]);
    let ways = asked.as_array().into_iter().flatten();
    // An empty way in is open to everybody.
    let ways: Vec<_> = ways.filter_map(Value::as_object).collect();
    !ways.is_empty() && ways.iter().all(|way| !way.is_empty())
}

fn contents_have_examples(document: &Value, body: &Value) -> bool {
    let contents = body["content"].as_object().into_iter().flatten();
    contents.into_iter().all(|(_, content)| {
        content.get("example").is_some()
            || content["examples"]
                .as_object()
                .is_some_and(|examples| !examples.is_empty())
            || schema_has_example(document, &content["schema"])
    })
}

/// Whether an example of the schema can be put together: it has one, or all its parts do.
fn schema_has_example(document: &Value, schema: &Value) -> bool {
    let Some(object) = schema.as_object() else { return false };
    if object.contains_key("example") || object.contains_key("examples") || object.contains_key("enum") {
        return true;
    }
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        let found = document.pointer(reference.trim_start_matches('#'));
        return found.is_some_and(|schema| schema_has_example(document, schema));
    }
    for several in ["oneOf", "allOf", "anyOf"] {
        if let Some(parts) = object.get(several).and_then(Value::as_array) {
            let of_value = |part: &&Value| part["type"] != "null";
            return parts
                .iter()
                .filter(of_value)
                .all(|part| schema_has_example(document, part));
        }
    }
    if let Some(items) = object.get("items") {
        return schema_has_example(document, items);
    }
    let none = Map::new();
    let parts = object.get("properties").and_then(Value::as_object).unwrap_or(&none);
    !parts.is_empty() && parts.values().all(|part| schema_has_example(document, part))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn contract(operation: &Value) -> Value {
        json!({"tags": [{"name": "things"}], "paths": {"/things": {"get": operation}},
            "components": {"schemas": {"Thing": {"type": "object", "example": {"id": "1"}}, "Bare": {"type": "object"}}}})
    }

    fn complete() -> Value {
        let problems = |codes: &[&str]| {
            let examples: Map<String, Value> = codes
                .iter()
                .map(|code| ((*code).to_owned(), json!({"value": {}})))
                .collect();
            json!({"content": {"application/problem+json": {"examples": examples}}})
        };
        json!({"summary": "Things", "tags": ["things"], "security": [{"bearer": []}],
            "requestBody": {"content": {"application/json": {"example": {}}}}, "responses": {
            "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
            "400": problems(&["malformed_json"]), "401": problems(&["not_signed_in"]), "404": problems(&["not_found"]),
            "429": problems(&["rate_limited"]), "503": problems(&["internal", "unavailable", "overloaded", "timed_out"])}})
    }

    #[test]
    fn nothing_is_missing_from_a_complete_operation() {
        assert_eq!(missing(&contract(&complete())), Vec::<String>::new());
    }

    #[test]
    fn whatever_is_missing_is_named() {
        let bare = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Bare"}}}});
        for (pointer, value, told) in [
            ("/summary", json!(""), "a summary"),
            ("/tags", json!(["unknown"]), "a tag with a description"),
            ("/responses/200", bare.clone(), "an example of its answer 200"),
            ("/responses/404", json!({}), "the problems of its answer 404"),
            ("/requestBody", bare, "an example of its request"),
            (
                "/requestBody",
                json!({}),
                "a JSON body with its problems, or neither of them",
            ),
            (
                "/security",
                json!([]),
                "a caller with the problems of who is none, or neither of them",
            ),
            (
                "/security",
                json!([{}]),
                "a caller with the problems of who is none, or neither of them",
            ),
            (
                "/responses",
                json!({"404": complete()["responses"]["404"]}),
                "what it answers when it is done",
            ),
            (
                "/responses/429",
                json!({}),
                "the problem `rate_limited`, which every operation has",
            ),
        ] {
            let mut operation = complete();
            *operation.pointer_mut(pointer).unwrap() = value;
            let missing = missing(&contract(&operation));
            assert!(
                missing.iter().any(|line| line.ends_with(told)),
                "{pointer}: {missing:?}"
            );
        }
    }
}
