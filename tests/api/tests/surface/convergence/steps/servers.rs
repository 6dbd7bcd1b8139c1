//! The server itself.

use serde_json::json;

use super::{Step, Who::Owner, step};

pub(super) fn steps() -> Vec<Step> {
    vec![step(
        Owner,
        "PATCH",
        "/servers/{server_id}",
        json!({ "name": "renamed", "description": "d" }),
    )]
}
