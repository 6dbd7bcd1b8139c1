//! Routes of roles.

use model::Permission;
use serde_json::{Value, json};

use crate::authorisation::{
    HIDDEN,
    Outcome::{Done, Lacks, Refused},
    Route, route,
};

pub(super) fn routes() -> Vec<Route> {
    const ROLES: &str = "/servers/{server_id}/roles";
    const ROLE: &str = "/servers/{server_id}/roles/{role_id}";
    let roles = Lacks(Permission::ManageRoles);
    // The role in the path is `everyone`.
    let never = Refused(409, "everyone_role");
    vec![
        route("GET", ROLES, Value::Null, HIDDEN, Done(200), Done(200)),
        route("POST", ROLES, json!({"name": "x"}), HIDDEN, roles, Done(201)),
        route("PATCH", ROLES, json!({"roles": []}), HIDDEN, roles, Done(200)),
        route("PATCH", ROLE, json!({"permissions": []}), HIDDEN, roles, Done(200)),
        route("DELETE", ROLE, Value::Null, HIDDEN, roles, never),
        route(
            "GET",
            "/servers/{server_id}/roles/{role_id}/permissions",
            Value::Null,
            HIDDEN,
            roles,
            Done(200),
        ),
    ]
}
