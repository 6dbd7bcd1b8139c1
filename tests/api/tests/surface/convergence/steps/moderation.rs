//! Somebody is removed, comes back, is kept out, and let in again; their messages go with them.

use serde_json::{Value, json};

use super::{
    Step,
    Who::{Newcomer, Owner},
    step,
};

pub(super) fn steps() -> Vec<Step> {
    const JOIN: &str = "/servers/{server_id}/join";
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    const MEMBER: &str = "/servers/{server_id}/members/{newcomer_id}";
    const BAN: &str = "/servers/{server_id}/bans/{newcomer_id}";
    vec![
        step(Newcomer, "POST", JOIN, Value::Null),
        step(Owner, "DELETE", MEMBER, Value::Null),
        step(Newcomer, "POST", JOIN, Value::Null),
        step(Newcomer, "POST", MESSAGES, json!({ "content": "spam" })),
        step(Owner, "PUT", BAN, json!({ "delete_messages_seconds": 3_600 })),
        step(Owner, "DELETE", BAN, Value::Null),
    ]
}
