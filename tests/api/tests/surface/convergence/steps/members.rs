//! Coming, being called something, going.

use serde_json::{Value, json};

use super::{
    Step,
    Who::{Newcomer, Owner},
    step,
};

pub(super) fn steps() -> Vec<Step> {
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    const MEMBER: &str = "/servers/{server_id}/members/{user_id}";
    let content = |text: &str| json!({ "content": text });
    vec![
        step(Newcomer, "POST", "/servers/{server_id}/join", Value::Null),
        step(Newcomer, "PATCH", MEMBER, json!({ "nickname": "Newcomer" })),
        step(Newcomer, "POST", MESSAGES, content("hello")),
        step(Newcomer, "PATCH", "/users/@me", json!({ "first_name": "Grace" })),
        step(Newcomer, "POST", "/servers/{server_id}/leave", Value::Null),
        step(
            Owner,
            "POST",
            "/servers/{server_id}/invitations",
            json!({ "max_uses": 1 }),
        ),
        step(Newcomer, "POST", "/invitations/{code}/accept", Value::Null),
        step(Newcomer, "POST", "/servers/{server_id}/leave", Value::Null),
    ]
}
