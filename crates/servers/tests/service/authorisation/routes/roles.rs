//! Routes of roles.

use serde_json::Value;

use crate::authorisation::{HIDDEN, Outcome::Done, Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![route(
        "GET",
        "/servers/{server_id}/roles",
        Value::Null,
        HIDDEN,
        Done(200),
        Done(200),
    )]
}
