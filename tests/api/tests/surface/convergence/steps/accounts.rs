//! Accounts, settings, and a server of their own.

use serde_json::{Value, json};

use super::{
    Step,
    Who::{Member, Owner},
    step,
};

pub(super) fn steps() -> Vec<Step> {
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    let content = |text: &str| json!({ "content": text });
    vec![
        step(
            Owner,
            "PATCH",
            "/users/@me",
            json!({ "first_name": "Augusta", "biography": "x", "status": "away" }),
        ),
        step(
            Member,
            "PATCH",
            "/users/@me",
            json!({ "last_name": "Babbage", "status_text": "busy" }),
        ),
        step(Member, "PUT", "/users/@me/avatar", Value::Null),
        step(Member, "POST", MESSAGES, content("with a picture")),
        step(Member, "DELETE", "/users/@me/avatar", Value::Null),
        step(Member, "PUT", "/users/@me/banner", Value::Null),
        step(Member, "DELETE", "/users/@me/banner", Value::Null),
        step(
            Owner,
            "PATCH",
            "/users/@me/settings",
            json!({ "theme": "dark", "language": "fr" }),
        ),
        step(
            Owner,
            "POST",
            "/servers",
            json!({ "name": "another", "visibility": "private" }),
        ),
    ]
}
