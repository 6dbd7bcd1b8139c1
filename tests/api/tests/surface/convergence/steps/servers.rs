//! The server itself.

use serde_json::{Value, json};

use super::{Step, Who::Owner, step};

pub(super) fn steps() -> Vec<Step> {
    const SERVER: &str = "/servers/{server_id}";
    const ICON: &str = "/servers/{server_id}/icon";
    const BANNER: &str = "/servers/{server_id}/banner";
    let change = |change: Value| step(Owner, "PATCH", SERVER, change);
    vec![
        change(json!({ "name": "renamed", "description": "d" })),
        change(json!({ "default_channel_id": "{channel_id}" })),
        step(Owner, "PUT", ICON, Value::Null),
        step(Owner, "PUT", BANNER, Value::Null),
        step(Owner, "DELETE", ICON, Value::Null),
        step(Owner, "DELETE", BANNER, Value::Null),
    ]
}
