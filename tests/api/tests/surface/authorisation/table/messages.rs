//! Messages.

use serde_json::json;

use super::{
    Inside, LACKS,
    Needs::InChannel,
    Outcome::Refused,
    Row,
    Rule::Inside as In,
    Sample::{Json, Nothing},
    members, row, viewers,
};

pub(super) fn rows() -> Vec<Row> {
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    const MESSAGE: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}";
    let content = || Json(json!({ "content": "y" }));
    let its_author = Inside {
        other_member: Refused(403, "not_the_author"),
        owner: Refused(403, "not_the_author"),
        granted: Refused(403, "not_the_author"),
        needs: InChannel("send_messages"),
        ..members(200)
    };
    let its_author_or_the_owner = Inside {
        other_member: LACKS,
        needs: InChannel("manage_messages"),
        ..members(204)
    };
    let writing = Inside {
        needs: InChannel("send_messages"),
        ..members(201)
    };
    let reading = Inside {
        needs: InChannel("read_history"),
        lacking: Refused(404, "message_not_found"),
        ..members(200)
    };
    vec![
        row("GET", MESSAGES, Nothing, In(viewers(200))),
        row("POST", MESSAGES, content(), In(writing)),
        row("GET", MESSAGE, Nothing, In(reading)),
        row("PATCH", MESSAGE, content(), In(its_author)),
        row("DELETE", MESSAGE, Nothing, In(its_author_or_the_owner)),
    ]
}
