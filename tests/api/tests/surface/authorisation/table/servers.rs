//! Servers as wholes.

use serde_json::json;

use super::{
    Inside,
    Needs::{self, InServer, Ownership},
    Outcome::{Done, Refused},
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing, Picture},
    allowed, members, row,
};

pub(super) fn rows() -> Vec<Row> {
    const SERVER: &str = "/servers/{server_id}";
    const ICON: &str = "/servers/{server_id}/icon";
    const BANNER: &str = "/servers/{server_id}/banner";
    const GOVERNING: Needs = InServer("manage_server");
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
        row(
            "PATCH",
            SERVER,
            Json(json!({ "name": "y" })),
            In(allowed(200, GOVERNING)),
        ),
        row("DELETE", SERVER, Nothing, In(allowed(204, Ownership))),
        row("PUT", ICON, Picture, In(allowed(200, GOVERNING))),
        row("DELETE", ICON, Nothing, In(allowed(200, GOVERNING))),
        row("PUT", BANNER, Picture, In(allowed(200, GOVERNING))),
        row("DELETE", BANNER, Nothing, In(allowed(200, GOVERNING))),
        row("POST", "/servers/{server_id}/join", Nothing, In(everybody_if_public)),
        row("POST", "/servers/{server_id}/leave", Nothing, In(leaving)),
    ]
}
