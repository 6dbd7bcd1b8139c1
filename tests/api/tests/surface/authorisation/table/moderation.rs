//! Kicks, bans and the audit log. Bans that are read and lifted are those of somebody who is banned.

use serde_json::json;

use super::{
    Needs::{self, InServer},
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    allowed, row,
};

pub(super) fn rows() -> Vec<Row> {
    const BANS: &str = "/servers/{server_id}/bans";
    const BAN: &str = "/servers/{server_id}/bans/{user_id}";
    const BANNING: Needs = InServer("ban_members");
    vec![
        row(
            "GET",
            "/servers/{server_id}/audit-log",
            Nothing,
            In(allowed(200, InServer("view_audit_log"))),
        ),
        row(
            "DELETE",
            "/servers/{server_id}/members/{user_id}",
            Nothing,
            In(allowed(204, InServer("kick_members"))),
        ),
        row("GET", BANS, Nothing, In(allowed(200, BANNING))),
        row("GET", BAN, Nothing, In(allowed(200, BANNING))),
        row(
            "PUT",
            BAN,
            Json(json!({ "delete_messages_seconds": 60 })),
            In(allowed(200, BANNING)),
        ),
        row("DELETE", BAN, Nothing, In(allowed(204, BANNING))),
    ]
}
