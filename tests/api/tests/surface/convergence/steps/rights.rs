//! What the member may do and see is changed in every way there is, and changed back.

use serde_json::{Value, json};

use super::{
    Step,
    Who::{Member, Owner},
    step,
};

const SERVER: &str = "/servers/{server_id}";
const ROLES: &str = "/servers/{server_id}/roles";
const ROLE: &str = "/servers/{server_id}/roles/{role_id}";
const EVERYONE: &str = "/servers/{server_id}/roles/{server_id}";
const MEMBER: &str = "/servers/{server_id}/members/{member_id}";
const CHANNELS: &str = "/servers/{server_id}/channels";
const CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}";
const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
const OF_ROLE: &str = "/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}";
const OF_EVERYONE: &str = "/servers/{server_id}/channels/{channel_id}/overwrites/{server_id}";
const OF_MEMBER: &str = "/servers/{server_id}/channels/{channel_id}/overwrites/{member_id}";
const OF_FOLDER: &str = "/servers/{server_id}/channels/{folder_id}/overwrites/{server_id}";

/// What `everyone` may do at first.
const DEFAULT: [&str; 4] = ["view_channel", "send_messages", "read_history", "change_nickname"];

fn own(method: &'static str, path: &'static str, body: Value) -> Step {
    step(Owner, method, path, body)
}

pub(super) fn steps() -> Vec<Step> {
    [by_role(), by_overwrite(), by_folder(), by_owner()].concat()
}

/// A channel that only a role sees; the role is given and taken, and what it allows.
fn by_role() -> Vec<Step> {
    let holds = |roles: Value| own("PATCH", MEMBER, json!({ "role_ids": roles }));
    let may = |path, rights: &[&str]| own("PATCH", path, json!({ "permissions": rights }));
    let hidden = own("PUT", OF_EVERYONE, json!({ "kind": "role", "deny": ["view_channel"] }));
    let seen = own("PUT", OF_ROLE, json!({ "kind": "role", "allow": ["view_channel"] }));
    let said = own("POST", MESSAGES, json!({ "content": "said meanwhile" }));
    vec![
        own(
            "POST",
            ROLES,
            json!({ "name": "third", "permissions": ["kick_members"] }),
        ),
        holds(json!(["{role_id}"])),
        hidden.clone(),
        said.clone(),
        own("PATCH", CHANNEL, json!({ "name": "hidden" })),
        seen.clone(),
        holds(json!([])),
        said.clone(),
        holds(json!(["{role_id}"])),
        own("DELETE", OF_ROLE, Value::Null),
        own("DELETE", OF_EVERYONE, Value::Null),
        may(ROLE, &["ban_members", "manage_channels"]),
        // All channels go out of sight, and come back by the role.
        may(EVERYONE, &[]),
        said.clone(),
        may(ROLE, &["view_channel", "read_history"]),
        may(EVERYONE, &DEFAULT),
        may(ROLE, &[]),
        hidden,
        seen,
        own("DELETE", ROLE, Value::Null),
        said,
        own("DELETE", OF_EVERYONE, Value::Null),
    ]
}

/// The member alone loses one right and another, and has more than others.
fn by_overwrite() -> Vec<Step> {
    let alone = |allow: &[&str], deny: &[&str]| {
        let body = json!({ "kind": "member", "allow": allow, "deny": deny });
        own("PUT", OF_MEMBER, body)
    };
    vec![
        alone(&[], &["send_messages"]),
        alone(&["manage_messages"], &["view_channel"]),
        own("POST", MESSAGES, json!({ "content": "out of sight" })),
        alone(&["manage_messages"], &[]),
        own("DELETE", OF_MEMBER, Value::Null),
        own("PATCH", MEMBER, json!({ "timeout_until": "{in_an_hour}" })),
        own("PATCH", MEMBER, json!({ "timeout_until": null })),
    ]
}

/// The channel is put into a folder that is hidden, and taken out of it.
fn by_folder() -> Vec<Step> {
    let into = |parent: Value| own("PATCH", CHANNEL, json!({ "parent_id": parent }));
    vec![
        own("PUT", OF_FOLDER, json!({ "kind": "role", "deny": ["view_channel"] })),
        into(json!("{folder_id}")),
        own("POST", MESSAGES, json!({ "content": "inside" })),
        own("PUT", OF_FOLDER, json!({ "kind": "role", "deny": ["send_messages"] })),
        own("PUT", OF_FOLDER, json!({ "kind": "role", "deny": ["view_channel"] })),
        into(Value::Null),
        own("DELETE", OF_FOLDER, Value::Null),
    ]
}

/// Another owner sees everything, and the one before no more than everyone.
fn by_owner() -> Vec<Step> {
    vec![
        own(
            "POST",
            CHANNELS,
            json!({ "name": "of the owner", "kind": "text", "private": true }),
        ),
        own("PATCH", SERVER, json!({ "owner_id": "{member_id}" })),
        step(
            Member,
            "PUT",
            OF_EVERYONE,
            json!({ "kind": "role", "deny": ["view_channel"] }),
        ),
        step(Member, "POST", MESSAGES, json!({ "content": "mine" })),
        step(Member, "PATCH", SERVER, json!({ "owner_id": "{owner_id}" })),
        own("DELETE", OF_EVERYONE, Value::Null),
    ]
}
