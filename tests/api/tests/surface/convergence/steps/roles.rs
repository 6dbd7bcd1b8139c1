//! Roles, and overwrites for them.

use serde_json::{Value, json};

use super::{Step, Who::Owner, step};

pub(super) fn steps() -> Vec<Step> {
    const ROLES: &str = "/servers/{server_id}/roles";
    const ROLE: &str = "/servers/{server_id}/roles/{role_id}";
    const MEMBER: &str = "/servers/{server_id}/members/{user_id}";
    const OVERWRITE: &str = "/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}";
    const CHANNELS: &str = "/servers/{server_id}/channels";
    vec![
        step(Owner, "POST", ROLES, json!({ "name": "first" })),
        step(
            Owner,
            "POST",
            ROLES,
            json!({ "name": "second", "color": "#aabbcc", "hoisted": true, "mentionable": true }),
        ),
        step(
            Owner,
            "PATCH",
            ROLE,
            json!({ "name": "renamed", "color": null, "permissions": ["view_channel"] }),
        ),
        step(
            Owner,
            "PATCH",
            ROLES,
            json!({ "roles": [{ "id": "{role_id}", "position": 2 }] }),
        ),
        step(Owner, "PATCH", MEMBER, json!({ "role_ids": ["{role_id}"] })),
        step(
            Owner,
            "PUT",
            OVERWRITE,
            json!({ "kind": "role", "allow": ["view_channel"] }),
        ),
        step(Owner, "DELETE", OVERWRITE, Value::Null),
        step(
            Owner,
            "POST",
            CHANNELS,
            json!({ "name": "private", "kind": "text", "private": true }),
        ),
        step(Owner, "DELETE", ROLE, Value::Null),
    ]
}
