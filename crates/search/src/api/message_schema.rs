//! The resource `Message` in the contract: it is of the messages service, whose contract describes it.

use serde_json::{Map, Value};
use utoipa::{Modify, openapi::OpenApi};

/// The contract that describes messages.
const MESSAGES: &str = include_str!("../../../messages/docs/openapi.yaml");
/// What is taken from it, with all that it is made of.
const WANTED: &str = "Message";
const PREFIX: &str = "#/components/schemas/";

/// Describes `Message`: `#[openapi(modifiers(&MessageSchema))]`.
pub(super) struct MessageSchema;

impl Modify for MessageSchema {
    fn modify(&self, document: &mut OpenApi) {
        let described: Value = yaml_serde::from_str(MESSAGES).unwrap_or_default();
        let Some(schemas) = described.pointer("/components/schemas").and_then(Value::as_object) else {
            return;
        };
        let components = document.components.get_or_insert_default();
        let mut names = vec![WANTED.to_owned()];
        while let Some(name) = names.pop() {
            let Some(schema) = schemas.get(&name).filter(|_| !components.schemas.contains_key(&name)) else {
                continue;
            };
            names.extend(named_in(schema));
            if let Ok(schema) = serde_json::from_value(schema.clone()) {
                components.schemas.insert(name, schema);
            }
        }
    }
}

/// The schemas to which this one refers.
fn named_in(schema: &Value) -> Vec<String> {
    let of_object = |fields: &Map<String, Value>| {
        let mut names: Vec<String> = fields.values().flat_map(named_in).collect();
        let reference = fields.get("$ref").and_then(Value::as_str);
        names.extend(reference.and_then(|path| path.strip_prefix(PREFIX)).map(str::to_owned));
        names
    };
    match schema {
        Value::Object(fields) => of_object(fields),
        Value::Array(items) => items.iter().flat_map(named_in).collect(),
        _ => Vec::new(),
    }
}
