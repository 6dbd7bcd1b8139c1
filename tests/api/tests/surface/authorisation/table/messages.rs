//! Messages.

use serde_json::json;

use super::{
    Inside, LACKS,
    Outcome::Refused,
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    members, row,
};

pub(super) fn rows() -> Vec<Row> {
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    const MESSAGE: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}";
    let content = || Json(json!({ "content": "y" }));
    let its_author = Inside {
        other_member: Refused(403, "not_the_author"),
        owner: Refused(403, "not_the_author"),
        ..members(200)
    };
    let its_author_or_the_owner = Inside {
        other_member: LACKS,
        ..members(204)
    };
    vec![
        row("GET", MESSAGES, Nothing, In(members(200))),
        row("POST", MESSAGES, content(), In(members(201))),
        row("GET", MESSAGE, Nothing, In(members(200))),
        row("PATCH", MESSAGE, content(), In(its_author)),
        row("DELETE", MESSAGE, Nothing, In(its_author_or_the_owner)),
    ]
}
