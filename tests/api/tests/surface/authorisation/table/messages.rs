//! Messages.

use serde_json::json;

use super::{
    Inside, LACKS, NO_CHANNEL,
    Needs::InChannel,
    Outcome::{Done, Refused},
    Row,
    Rule::{Inside as In, SignedIn},
    Sample::{Json, Nothing, Picture, Query},
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
        // Before somebody asks for it there is none.
        row(
            "GET",
            "/users/@me/export",
            Nothing,
            SignedIn(Refused(404, "export_not_found")),
        ),
        row(
            "GET",
            "/users/@me/export/file",
            Nothing,
            SignedIn(Refused(404, "export_not_found")),
        ),
        row("POST", "/users/@me/export", Nothing, SignedIn(Done(202))),
        row("GET", "/users/@me/read-states", Nothing, SignedIn(Done(200))),
    ]
}

/// Files. The file is one of the message, and no longer an upload.
pub(super) fn rows_of_files() -> Vec<Row> {
    const UPLOADS: &str = "/servers/{server_id}/channels/{channel_id}/attachments";
    const UPLOAD: &str = "/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}";
    const SENT: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/attachments/{attachment_id}";
    const FILE: &str = "/servers/{server_id}/files/{attachment_id}/{name}";
    const THUMBNAIL: &str = "/servers/{server_id}/files/{attachment_id}/thumbnail";
    let none = Refused(404, "attachment_not_found");
    let not_the_author = Refused(403, "not_the_author");
    let uploading = Inside {
        needs: InChannel("attach_files"),
        ..members(201)
    };
    let to_all = |outcome| Inside {
        member: outcome,
        other_member: outcome,
        owner: outcome,
        granted: outcome,
        ..members(200)
    };
    let going_on = Inside {
        needs: InChannel("attach_files"),
        ..to_all(none)
    };
    let its_uploader = Inside {
        needs: InChannel("view_channel"),
        lacking: NO_CHANNEL,
        ..to_all(none)
    };
    let its_author = Inside {
        member: Done(204),
        needs: InChannel("read_history"),
        lacking: Refused(404, "message_not_found"),
        ..to_all(not_the_author)
    };
    let reading = Inside {
        needs: InChannel("read_history"),
        lacking: none,
        ..members(200)
    };
    vec![
        row("POST", UPLOADS, Picture, In(uploading)),
        row("GET", UPLOAD, Nothing, In(its_uploader)),
        row("PATCH", UPLOAD, Nothing, In(going_on)),
        row("DELETE", UPLOAD, Nothing, In(its_uploader)),
        row("DELETE", SENT, Nothing, In(its_author)),
        row("GET", FILE, Nothing, In(reading)),
        row("GET", THUMBNAIL, Nothing, In(reading)),
    ]
}

/// Finding messages. Who may not read the history finds nothing.
pub(super) fn rows_of_search() -> Vec<Row> {
    const IN_SERVER: &str = "/servers/{server_id}/search";
    const IN_CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}/search";
    // A part of what is private in the two worlds.
    let query = Query("query=canary");
    vec![
        row("GET", IN_SERVER, query.clone(), In(members(200))),
        row("GET", IN_CHANNEL, query, In(viewers(200))),
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
