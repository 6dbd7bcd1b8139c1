//! What a client has of its world: `ready`, kept up to date by events. Small on purpose: it follows the rules of
//! `docs/gateway.md` and nothing else, so that a client written from that page alone can stay right.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The world of one client: its account, its settings, its servers with their channels, and the messages of channels that
/// it looked into.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    user: Value,
    settings: Value,
    /// By id; channels by id inside.
    servers: BTreeMap<String, Map<String, Value>>,
    /// By channel, then by id.
    messages: BTreeMap<String, BTreeMap<String, Value>>,
}

fn key(resource: &Value) -> String {
    resource["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id: {resource}"))
        .to_owned()
}

/// A message with its reactions in an order that does not depend on when they came.
fn sorted(message: &Value) -> Value {
    let mut message = message.clone();
    if let Some(reactions) = message.get_mut("reactions").and_then(Value::as_array_mut) {
        reactions.sort_by_key(|reaction| reaction["emoji"].to_string());
    }
    message
}

fn by_id(items: &Value) -> Value {
    let items = items.as_array().expect("a list").iter();
    Value::Object(items.map(|item| (key(item), item.clone())).collect())
}

fn server(data: &Value) -> Map<String, Value> {
    let mut server = data.as_object().expect("a server").clone();
    for list in ["channels", "roles"] {
        server.insert(list.to_owned(), by_id(&data[list]));
    }
    server
}

fn merge(into: &mut Map<String, Value>, changed: &Value) {
    for (name, value) in changed.as_object().expect("an object") {
        into.insert(name.clone(), value.clone());
    }
}

impl View {
    /// What `ready` tells.
    #[must_use]
    pub fn of_ready(ready: &Value) -> Self {
        let servers = ready["servers"].as_array().expect("servers");
        Self {
            user: ready["user"].clone(),
            settings: ready["settings"].clone(),
            servers: servers.iter().map(|data| (key(data), server(data))).collect(),
            messages: BTreeMap::new(),
        }
    }

    /// Adds the messages of a channel, as they were read.
    pub fn look_into(&mut self, channel_id: &str, messages: &[Value]) {
        let messages = messages.iter().map(|message| (key(message), sorted(message))).collect();
        self.messages.insert(channel_id.to_owned(), messages);
    }

    /// Whether it has the messages of a channel.
    #[must_use]
    pub fn looks_into(&self, channel_id: &str) -> bool {
        self.messages.contains_key(channel_id)
    }

    /// Where another view differs, for people.
    #[must_use]
    pub fn difference(&self, other: &Self) -> String {
        let mut lines = Vec::new();
        let whole = |view: &Self| json!({ "user": view.user, "settings": view.settings, "servers": view.servers, "messages": view.messages });
        differ("", &whole(self), &whole(other), &mut lines);
        lines.join("\n")
    }

    /// Follows an event.
    pub fn follow(&mut self, event: &Value) {
        let data = &event["data"];
        let kind = event["type"].as_str().expect("a type");
        match kind {
            "server.created" => {
                self.servers.insert(key(data), server(data));
            }
            "server.updated" => {
                if let Some(server) = self.servers.get_mut(&key(data)) {
                    merge(server, data);
                }
            }
            "server.deleted" => {
                if let Some(gone) = self.servers.remove(&key(data)) {
                    let channels = gone["channels"].as_object().expect("channels");
                    channels.keys().for_each(|channel| {
                        self.messages.remove(channel);
                    });
                }
            }
            "channel.created" | "channel.updated" => {
                if let Some(channels) = self.part_of_server(data, "channels") {
                    channels.insert(key(data), data.clone());
                }
            }
            "channel.deleted" => {
                self.messages.remove(&key(data));
                for part in ["channels", "channel_permissions"] {
                    if let Some(part) = self.part_of_server(data, part) {
                        part.remove(&key(data));
                    }
                }
            }
            "member.joined" | "member.left" | "member.updated" => self.follow_member(data),
            "role.created" | "role.updated" => {
                if let Some(roles) = self.part_of_server(data, "roles") {
                    roles.insert(key(data), data.clone());
                }
            }
            "role.deleted" => self.lose_role(data),
            "permissions.updated" => {
                if let Some(server) = self.servers.get_mut(data["server_id"].as_str().expect("a server")) {
                    for part in ["permissions", "channel_permissions"] {
                        server.insert(part.to_owned(), data[part].clone());
                    }
                }
            }
            "user.updated" => self.follow_user(data),
            "settings.updated" => self.settings = data.clone(),
            "message.created" | "message.updated" | "message.deleted" => self.follow_message(kind, data),
            "message.reaction_added" | "message.reaction_removed" => self.follow_reaction(kind, data),
            "message.pinned" | "message.unpinned" => {
                if let Some(message) = self.message(data, "id") {
                    message["pinned"] = json!(kind == "message.pinned");
                }
            }
            // None is a part of what is followed here.
            "presence.updated"
            | "read_state.updated"
            | "draft.updated"
            | "typing.started"
            | "invitation.received"
            | "invitation.accepted"
            | "invitation.declined"
            | "invitation.revoked" => {}
            other => panic!("an event that docs/gateway.md does not know: {other}"),
        }
    }

    /// The message whose id stands there, if it is known.
    fn message(&mut self, data: &Value, name: &str) -> Option<&mut Value> {
        let channel = self.messages.get_mut(data["channel_id"].as_str().expect("a channel"))?;
        channel.get_mut(data[name].as_str().expect("a message"))
    }

    fn follow_message(&mut self, kind: &str, data: &Value) {
        let Some(messages) = self.messages.get_mut(data["channel_id"].as_str().expect("a channel")) else {
            return;
        };
        let id = key(data);
        let mut message = sorted(data);
        let known = if kind == "message.deleted" {
            messages.remove(&id)
        } else {
            messages.get(&id).cloned()
        };
        // What the reader has done themselves is told to nobody else, and so not in events.
        if let (Some(known), Some(reactions)) = (known, message["reactions"].as_array_mut()) {
            for reaction in reactions {
                let of_known = known["reactions"].as_array().into_iter().flatten();
                let mut same = of_known.filter(|known| known["emoji"] == reaction["emoji"]);
                reaction["me"] = json!(same.any(|known| known["me"] == true));
            }
        }
        for answer in messages
            .values_mut()
            .filter(|answer| answer["reply_to"]["id"] == id.as_str())
        {
            answer["reply_to"] = match kind {
                "message.deleted" => {
                    json!({ "id": id, "deleted": true, "author": null, "content": null, "tokens": null, "attachment_count": null })
                }
                _ => json!({ "id": id, "deleted": false, "author": data["author"], "content": data["content"],
                    "tokens": data["mentions"]["tokens"], "attachment_count": data["attachments"].as_array().map_or(0, Vec::len) }),
            };
        }
        if kind != "message.deleted" {
            messages.insert(id, message);
        }
    }

    fn follow_reaction(&mut self, kind: &str, data: &Value) {
        let mine = data["user_id"] == self.user["id"];
        let Some(message) = self.message(data, "message_id") else {
            return;
        };
        let reactions = message["reactions"].as_array_mut().expect("reactions");
        let known = reactions.iter().position(|reaction| reaction["emoji"] == data["emoji"]);
        let was_mine = known.is_some_and(|index| reactions[index]["me"] == true);
        if let Some(index) = known {
            reactions.remove(index);
        }
        if data["count"] != 0 {
            let me = if mine {
                kind == "message.reaction_added"
            } else {
                was_mine
            };
            reactions.push(json!({ "emoji": data["emoji"], "count": data["count"], "me": me }));
        }
        *message = sorted(message);
    }

    fn part_of_server(&mut self, data: &Value, part: &str) -> Option<&mut Map<String, Value>> {
        let server = self.servers.get_mut(data["server_id"].as_str().expect("a server"))?;
        server.get_mut(part).and_then(Value::as_object_mut)
    }

    /// A role that is no more is nobody's any more.
    fn lose_role(&mut self, data: &Value) {
        if let Some(roles) = self.part_of_server(data, "roles") {
            roles.remove(&key(data));
        }
        let me = self
            .servers
            .get_mut(data["server_id"].as_str().expect("a server"))
            .and_then(|server| server.get_mut("me"));
        if let Some(held) = me.and_then(|me| me["role_ids"].as_array_mut()) {
            held.retain(|role| *role != data["id"]);
        }
    }

    fn follow_member(&mut self, data: &Value) {
        let Some(server) = self.servers.get_mut(data["server_id"].as_str().expect("a server")) else {
            return;
        };
        if let Some(count) = data.get("member_count") {
            server.insert("member_count".to_owned(), count.clone());
        }
        if data.get("user").is_some_and(|user| user["id"] == self.user["id"]) {
            let mut me = data.as_object().expect("a member").clone();
            me.remove("member_count");
            server.insert("me".to_owned(), Value::Object(me));
        }
    }

    fn follow_user(&mut self, data: &Value) {
        if data["id"] == self.user["id"] {
            self.user = data.clone();
        }
        let shown = json!({
            "id": data["id"], "username": data["username"], "display_name": data["display_name"],
            "avatar_url": data["avatar_url"],
        });
        for server in self.servers.values_mut() {
            if let Some(me) = server.get_mut("me").filter(|me| me["user"]["id"] == data["id"]) {
                me["user"] = shown.clone();
            }
        }
        for message in self.messages.values_mut().flat_map(BTreeMap::values_mut) {
            if message["author"]["id"] == data["id"] {
                message["author"] = shown.clone();
            }
            if message["reply_to"]["author"]["id"] == data["id"] {
                message["reply_to"]["author"] = shown.clone();
            }
        }
    }
}

/// Adds a line for each value in which two trees differ.
fn differ(path: &str, one: &Value, other: &Value, lines: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let get = |fields: &Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
                differ(&format!("{path}/{name}"), &get(one), &get(other), lines);
            }
        }
        _ if one != other => lines.push(format!("{path}: {one} instead of {other}")),
        _ => {}
    }
}
