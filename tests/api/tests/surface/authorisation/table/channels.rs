//! Channels and folders.

use serde_json::json;

use super::{
    Needs::{InChannel, InServer},
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    allowed, members, row, viewers,
};

pub(super) fn rows() -> Vec<Row> {
    const CHANNELS: &str = "/servers/{server_id}/channels";
    const CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}";
    const RIGHT: &str = "manage_channels";
    let channel = json!({ "name": "x", "kind": "text" });
    let order = json!({ "channels": [{ "id": "{channel_id}", "position": 0 }] });
    vec![
        row("GET", CHANNELS, Nothing, In(members(200))),
        row("POST", CHANNELS, Json(channel), In(allowed(201, InServer(RIGHT)))),
        row("PATCH", CHANNELS, Json(order), In(allowed(200, InServer(RIGHT)))),
        row("GET", CHANNEL, Nothing, In(viewers(200))),
        row(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/members",
            Nothing,
            In(viewers(200)),
        ),
        row(
            "PATCH",
            CHANNEL,
            Json(json!({ "name": "y" })),
            In(allowed(200, InChannel(RIGHT))),
        ),
        row("DELETE", CHANNEL, Nothing, In(allowed(204, InChannel(RIGHT)))),
    ]
}
