//! Messages.

use serde_json::{Value, json};

use super::{
    Step,
    Who::{Member, Owner},
    step,
};

pub(super) fn steps() -> Vec<Step> {
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    const MESSAGE: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}";
    const MINE: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me";
    const REACTION: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/reactions/{emoji}";
    const PIN: &str = "/servers/{server_id}/channels/{channel_id}/pins/{message_id}";
    const READ: &str = "/servers/{server_id}/channels/{channel_id}/read";
    const UPLOADS: &str = "/servers/{server_id}/channels/{channel_id}/attachments";
    const SENT: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/attachments/{attachment_id}";
    const BULK: &str = "/servers/{server_id}/channels/{channel_id}/messages/bulk-delete";
    let content = |text: &str| json!({ "content": text });
    // A file would be sent otherwise.
    let nothing = || json!({});
    vec![
        step(Member, "POST", MESSAGES, content("first")),
        step(Member, "PATCH", MESSAGE, content("changed")),
        step(Member, "PUT", MINE, nothing()),
        step(Owner, "PUT", MINE, nothing()),
        step(Member, "PATCH", MESSAGE, content("changed again")),
        step(Member, "DELETE", MINE, Value::Null),
        step(Member, "PUT", MINE, nothing()),
        step(Owner, "DELETE", REACTION, Value::Null),
        step(Owner, "PUT", PIN, nothing()),
        step(Owner, "DELETE", PIN, Value::Null),
        step(Owner, "PUT", PIN, nothing()),
        step(Member, "PUT", READ, json!({ "message_id": "{message_id}" })),
        step(
            Owner,
            "POST",
            MESSAGES,
            json!({ "content": "@everyone: an answer", "reply_to": "{message_id}" }),
        ),
        step(Owner, "POST", BULK, json!({ "message_ids": ["{message_id}"] })),
        step(Member, "POST", UPLOADS, Value::Null),
        step(
            Member,
            "POST",
            MESSAGES,
            json!({ "content": "with a file", "attachment_ids": ["{attachment_id}"], "spoiler_attachment_ids": ["{attachment_id}"] }),
        ),
        step(
            Owner,
            "POST",
            MESSAGES,
            json!({ "content": "nice", "reply_to": "{message_id}" }),
        ),
        step(Member, "POST", UPLOADS, Value::Null),
        step(
            Member,
            "POST",
            MESSAGES,
            json!({ "content": "another", "attachment_ids": ["{attachment_id}"] }),
        ),
        step(Member, "DELETE", SENT, Value::Null),
        step(Owner, "POST", MESSAGES, content("second")),
        step(Owner, "DELETE", MESSAGE, Value::Null),
    ]
}
