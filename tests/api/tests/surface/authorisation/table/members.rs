//! Members of a server, and what the caller may do.

use serde_json::json;

use super::{
    Inside, LACKS,
    Needs::InServer,
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    members, row,
};

pub(super) fn rows() -> Vec<Row> {
    const MEMBER: &str = "/servers/{server_id}/members/{user_id}";
    // Their own nickname; that of others needs a right.
    let naming = Inside {
        other_member: LACKS,
        needs: InServer("manage_nicknames"),
        ..members(200)
    };
    vec![
        row("GET", "/servers/{server_id}/members", Nothing, In(members(200))),
        row("GET", MEMBER, Nothing, In(members(200))),
        row("PATCH", MEMBER, Json(json!({ "nickname": "y" })), In(naming)),
        row("GET", "/servers/{server_id}/permissions/@me", Nothing, In(members(200))),
    ]
}
