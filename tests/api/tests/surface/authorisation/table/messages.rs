//! Messages.

use serde_json::json;

use super::{
    Inside, LACKS,
    Needs::InChannel,
    Outcome::{Done, Refused},
    Row,
    Rule::{Inside as In, SignedIn},
    Sample::{Json, Nothing},
    allowed, members, row, viewers,
};

/// Pins, reactions, reading, and deleting several messages at once.
pub(super) fn rows_of_conversation() -> Vec<Row> {
    const BULK: &str = "/servers/{server_id}/channels/{channel_id}/messages/bulk-delete";
    const REACTION: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/reactions/{emoji}";
    const MINE: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me";
    const PINS: &str = "/servers/{server_id}/channels/{channel_id}/pins";
    const PIN: &str = "/servers/{server_id}/channels/{channel_id}/pins/{message_id}";
    const READ: &str = "/servers/{server_id}/channels/{channel_id}/read";
    const DRAFT: &str = "/servers/{server_id}/channels/{channel_id}/draft";
    let reading = |done| Inside {
        needs: InChannel("read_history"),
        lacking: Refused(404, "message_not_found"),
        ..members(done)
    };
    let reacting = Inside {
        needs: InChannel("add_reactions"),
        ..members(204)
    };
    let moderating = allowed(204, InChannel("manage_messages"));
    let pinning = allowed(204, InChannel("pin_messages"));
    let message = Json(json!({ "message_id": "{message_id}" }));
    vec![
        row(
            "POST",
            BULK,
            Json(json!({ "message_ids": ["{message_id}"] })),
            In(moderating),
        ),
        row("GET", REACTION, Nothing, In(reading(200))),
        row("DELETE", REACTION, Nothing, In(moderating)),
        row("PUT", MINE, Nothing, In(reacting)),
        row("DELETE", MINE, Nothing, In(reading(204))),
        row("GET", PINS, Nothing, In(viewers(200))),
        row("PUT", PIN, Nothing, In(pinning)),
        row("DELETE", PIN, Nothing, In(pinning)),
        row("PUT", READ, message, In(viewers(200))),
        row(
            "POST",
            "/servers/{server_id}/channels/{channel_id}/typing",
            Nothing,
            In(Inside {
                needs: InChannel("send_messages"),
                ..members(204)
            }),
        ),
        row("PUT", DRAFT, Json(json!({ "content": "begun" })), In(viewers(200))),
        row("GET", "/users/@me/drafts", Nothing, SignedIn(Done(200))),
        row("GET", "/users/@me/read-states", Nothing, SignedIn(Done(200))),
    ]
}

pub(super) fn rows() -> Vec<Row> {
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    const MESSAGE: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}";
    const EMBEDS: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/embeds";
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
        row("DELETE", EMBEDS, Nothing, In(its_author_or_the_owner)),
        row("DELETE", MESSAGE, Nothing, In(its_author_or_the_owner)),
    ]
}
