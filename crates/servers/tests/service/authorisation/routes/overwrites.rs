//! Routes of overwrites, and of what comes of them.

use model::Permission;
use serde_json::{Value, json};

use crate::authorisation::{
    HIDDEN,
    Outcome::{Done, Lacks},
    Route, route,
};

pub(super) fn routes() -> Vec<Route> {
    const OVERWRITES: &str = "/servers/{server_id}/channels/{channel_id}/overwrites";
    const OVERWRITE: &str = "/servers/{server_id}/channels/{channel_id}/overwrites/{role_id}";
    let roles = Lacks(Permission::ManageRoles);
    let deny = json!({"kind": "role", "deny": ["send_messages"]});
    vec![
        route("GET", OVERWRITES, Value::Null, HIDDEN, roles, Done(200)),
        route("PUT", OVERWRITE, deny, HIDDEN, roles, Done(200)),
        route("DELETE", OVERWRITE, Value::Null, HIDDEN, roles, Done(204)),
        // Of themselves.
        route(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/permissions/{user_id}",
            Value::Null,
            HIDDEN,
            Done(200),
            Done(200),
        ),
    ]
}
