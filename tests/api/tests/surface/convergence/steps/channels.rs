//! Channels and folders.

use serde_json::json;

use super::{Step, Who::Owner, step};

pub(super) fn steps() -> Vec<Step> {
    const CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}";
    const CHANNELS: &str = "/servers/{server_id}/channels";
    vec![
        step(Owner, "POST", CHANNELS, json!({ "name": "folder", "kind": "folder" })),
        step(
            Owner,
            "POST",
            CHANNELS,
            json!({ "name": "inside", "kind": "text", "parent_id": "{folder_id}" }),
        ),
        step(
            Owner,
            "POST",
            CHANNELS,
            json!({ "name": "voice", "kind": "voice", "topic": "t" }),
        ),
        step(
            Owner,
            "PATCH",
            CHANNEL,
            json!({ "name": "renamed", "topic": "t", "position": 2 }),
        ),
        step(
            Owner,
            "PATCH",
            CHANNEL,
            json!({ "parent_id": "{folder_id}", "position": 0 }),
        ),
        step(
            Owner,
            "PATCH",
            CHANNELS,
            json!({ "channels": [{ "id": "{channel_id}", "parent_id": null, "position": 0 }] }),
        ),
    ]
}
