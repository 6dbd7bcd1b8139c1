//! Roles of a server, and overwrites for them in a channel.

use serde_json::json;

use super::{
    Inside, LACKS,
    Needs::{self, InChannel, InServer},
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    allowed, members, row,
};

pub(super) fn rows() -> Vec<Row> {
    const ROLES: &str = "/servers/{server_id}/roles";
    const ROLE: &str = "/servers/{server_id}/roles/{role_id}";
    const OVERWRITE: &str = "/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}";
    const EVERYWHERE: Needs = InServer("manage_roles");
    const HERE: Needs = InChannel("manage_roles");
    // About themselves; about others it needs a right.
    let explaining = Inside {
        other_member: LACKS,
        needs: HERE,
        ..members(200)
    };
    vec![
        row("GET", ROLES, Nothing, In(members(200))),
        row(
            "POST",
            ROLES,
            Json(json!({ "name": "x" })),
            In(allowed(201, EVERYWHERE)),
        ),
        row(
            "PATCH",
            ROLES,
            Json(json!({ "roles": [{ "id": "{role_id}", "position": 1 }] })),
            In(allowed(200, EVERYWHERE)),
        ),
        row(
            "PATCH",
            ROLE,
            Json(json!({ "name": "y" })),
            In(allowed(200, EVERYWHERE)),
        ),
        row("DELETE", ROLE, Nothing, In(allowed(204, EVERYWHERE))),
        row(
            "GET",
            "/servers/{server_id}/roles/{role_id}/permissions",
            Nothing,
            In(allowed(200, EVERYWHERE)),
        ),
        row(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/overwrites",
            Nothing,
            In(allowed(200, HERE)),
        ),
        row(
            "PUT",
            OVERWRITE,
            Json(json!({ "kind": "role", "deny": ["send_messages"] })),
            In(allowed(200, HERE)),
        ),
        row("DELETE", OVERWRITE, Nothing, In(allowed(204, HERE))),
        row(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/permissions/{user_id}",
            Nothing,
            In(explaining),
        ),
    ]
}
