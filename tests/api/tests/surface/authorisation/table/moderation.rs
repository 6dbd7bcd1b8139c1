//! Kicks, bans and the audit log. Bans that are read and lifted are those of somebody who is banned.

use serde_json::json;

use super::{
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    owner, row,
};

pub(super) fn rows() -> Vec<Row> {
    const BANS: &str = "/servers/{server_id}/bans";
    const BAN: &str = "/servers/{server_id}/bans/{user_id}";
    vec![
        row("GET", "/servers/{server_id}/audit-log", Nothing, In(owner(200))),
        row(
            "DELETE",
            "/servers/{server_id}/members/{user_id}",
            Nothing,
            In(owner(204)),
        ),
        row("GET", BANS, Nothing, In(owner(200))),
        row("GET", BAN, Nothing, In(owner(200))),
        row(
            "PUT",
            BAN,
            Json(json!({ "delete_messages_seconds": 60 })),
            In(owner(200)),
        ),
        row("DELETE", BAN, Nothing, In(owner(204))),
    ]
}
