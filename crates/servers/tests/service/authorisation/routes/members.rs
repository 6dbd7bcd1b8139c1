//! Routes of members.

use serde_json::{Value, json};

use crate::authorisation::{HIDDEN, Outcome::Done, Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route(
            "GET",
            "/servers/{server_id}/members",
            Value::Null,
            HIDDEN,
            Done(200),
            Done(200),
        ),
        route(
            "GET",
            "/servers/{server_id}/members/{user_id}",
            Value::Null,
            HIDDEN,
            Done(200),
            Done(200),
        ),
        route(
            "GET",
            "/servers/{server_id}/permissions/@me",
            Value::Null,
            HIDDEN,
            Done(200),
            Done(200),
        ),
        route(
            "PATCH",
            "/servers/{server_id}/members/{user_id}",
            json!({"nickname": "x"}),
            HIDDEN,
            Done(200),
            Done(200),
        ),
    ]
}
