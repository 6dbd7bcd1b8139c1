//! Routes of channels.

use model::Permission;
use serde_json::{Value, json};

use crate::authorisation::{
    HIDDEN,
    Outcome::{Done, Lacks},
    Route, route,
};

pub(super) fn routes() -> Vec<Route> {
    const CHANNELS: &str = "/servers/{server_id}/channels";
    const CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}";
    let channels = Lacks(Permission::ManageChannels);
    vec![
        route("GET", CHANNELS, Value::Null, HIDDEN, Done(200), Done(200)),
        route(
            "POST",
            CHANNELS,
            json!({"name": "x", "kind": "text"}),
            HIDDEN,
            channels,
            Done(201),
        ),
        route("PATCH", CHANNELS, json!({"channels": []}), HIDDEN, channels, Done(200)),
        route("GET", CHANNEL, Value::Null, HIDDEN, Done(200), Done(200)),
        route(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/members",
            Value::Null,
            HIDDEN,
            Done(200),
            Done(200),
        ),
        route("PATCH", CHANNEL, json!({"name": "x"}), HIDDEN, channels, Done(200)),
        route("DELETE", CHANNEL, Value::Null, HIDDEN, channels, Done(204)),
    ]
}
