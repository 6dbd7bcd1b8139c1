//! What ends things: it comes last.

use serde_json::{Value, json};

use super::{Step, Who::Owner, step};

pub(super) fn steps() -> Vec<Step> {
    const CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}";
    vec![
        step(
            Owner,
            "PATCH",
            "/servers/{server_id}",
            json!({ "visibility": "private" }),
        ),
        step(
            Owner,
            "DELETE",
            "/servers/{server_id}/channels/{folder_id}",
            Value::Null,
        ),
        step(Owner, "DELETE", CHANNEL, Value::Null),
        step(Owner, "DELETE", "/servers/{server_id}", Value::Null),
    ]
}
