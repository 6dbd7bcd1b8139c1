//! Servers as wholes.

use serde_json::json;

use super::{
    Inside,
    Outcome::{Done, Refused},
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing, Picture},
    members, owner, row,
};

pub(super) fn rows() -> Vec<Row> {
    const SERVER: &str = "/servers/{server_id}";
    const ICON: &str = "/servers/{server_id}/icon";
    const BANNER: &str = "/servers/{server_id}/banner";
    let everybody_if_public = Inside {
        visitor: Done(200),
        ..members(200)
    };
    let leaving = Inside {
        owner: Refused(409, "owner_cannot_leave"),
        ..members(204)
    };
    vec![
        row("GET", SERVER, Nothing, In(everybody_if_public)),
        row("PATCH", SERVER, Json(json!({ "name": "y" })), In(owner(200))),
        row("DELETE", SERVER, Nothing, In(owner(204))),
        row("PUT", ICON, Picture, In(owner(200))),
        row("DELETE", ICON, Nothing, In(owner(200))),
        row("PUT", BANNER, Picture, In(owner(200))),
        row("DELETE", BANNER, Nothing, In(owner(200))),
        row("POST", "/servers/{server_id}/join", Nothing, In(everybody_if_public)),
        row("POST", "/servers/{server_id}/leave", Nothing, In(leaving)),
    ]
}
