//! Roles of a server, and overwrites for them in a channel.

use serde_json::json;

use super::{
    Inside, LACKS, Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    members, owner, row,
};

pub(super) fn rows() -> Vec<Row> {
    const ROLES: &str = "/servers/{server_id}/roles";
    const ROLE: &str = "/servers/{server_id}/roles/{role_id}";
    const OVERWRITE: &str = "/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}";
    // About themselves; about others it needs a right.
    let explaining = Inside {
        other_member: LACKS,
        ..members(200)
    };
    vec![
        row("GET", ROLES, Nothing, In(members(200))),
        row("POST", ROLES, Json(json!({ "name": "x" })), In(owner(201))),
        row(
            "PATCH",
            ROLES,
            Json(json!({ "roles": [{ "id": "{role_id}", "position": 1 }] })),
            In(owner(200)),
        ),
        row("PATCH", ROLE, Json(json!({ "name": "y" })), In(owner(200))),
        row("DELETE", ROLE, Nothing, In(owner(204))),
        row(
            "GET",
            "/servers/{server_id}/roles/{role_id}/permissions",
            Nothing,
            In(owner(200)),
        ),
        row(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/overwrites",
            Nothing,
            In(owner(200)),
        ),
        row(
            "PUT",
            OVERWRITE,
            Json(json!({ "kind": "role", "deny": ["send_messages"] })),
            In(owner(200)),
        ),
        row("DELETE", OVERWRITE, Nothing, In(owner(204))),
        row(
            "GET",
            "/servers/{server_id}/channels/{channel_id}/permissions/{user_id}",
            Nothing,
            In(explaining),
        ),
    ]
}
