//! Channels and folders.

use serde_json::json;

use super::{
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    members, owner, row,
};

pub(super) fn rows() -> Vec<Row> {
    const CHANNELS: &str = "/servers/{server_id}/channels";
    const CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}";
    let channel = json!({ "name": "x", "kind": "text" });
    let order = json!({ "channels": [{ "id": "{channel_id}", "position": 0 }] });
    vec![
        row("GET", CHANNELS, Nothing, In(members(200))),
        row("POST", CHANNELS, Json(channel), In(owner(201))),
        row("PATCH", CHANNELS, Json(order), In(owner(200))),
        row("GET", CHANNEL, Nothing, In(members(200))),
        row(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/members",
            Nothing,
            In(members(200)),
        ),
        row("PATCH", CHANNEL, Json(json!({ "name": "y" })), In(owner(200))),
        row("DELETE", CHANNEL, Nothing, In(owner(204))),
    ]
}
