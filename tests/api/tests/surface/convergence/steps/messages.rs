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
    let content = |text: &str| json!({ "content": text });
    vec![
        step(Member, "POST", MESSAGES, content("first")),
        step(Member, "PATCH", MESSAGE, content("changed")),
        step(Owner, "POST", MESSAGES, content("second")),
        step(Owner, "DELETE", MESSAGE, Value::Null),
    ]
}
