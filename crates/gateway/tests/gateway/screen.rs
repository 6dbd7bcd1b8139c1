//! What a client shows of the server by the frames it gets, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{client::Client, peers::SERVER, world::World};

/// The server as it stands on a screen.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub channels: BTreeSet<i64>,
    pub permissions: BTreeSet<String>,
    pub exceptions: BTreeMap<i64, BTreeSet<String>>,
}

/// A client and its screen.
pub struct Screen {
    pub client: Client,
    pub user: i64,
    pub shown: Shown,
}

fn names(list: &Value) -> BTreeSet<String> {
    let names = list.as_array().unwrap().iter();
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn number(id: &Value) -> i64 {
    id.as_str().unwrap().parse().unwrap()
}

impl Shown {
    fn of(server: &Value) -> Self {
        let channels = server["channels"].as_array().unwrap().iter();
        let mut shown = Self {
            channels: channels.map(|channel| number(&channel["id"])).collect(),
            ..Self::default()
        };
        shown.allow(server);
        shown
    }

    fn allow(&mut self, permissions: &Value) {
        self.permissions = names(&permissions["permissions"]);
        let exceptions = permissions["channel_permissions"].as_object().unwrap().iter();
        self.exceptions = exceptions
            .map(|(id, permissions)| (id.parse().unwrap(), names(permissions)))
            .collect();
    }

    /// What ought to stand on the user's screens.
    pub fn ought(world: &World, user: i64) -> Self {
        let membership = world.peers.membership(user).expect("a member");
        Self::of(&world.peers.seen_by(&membership))
    }
}

impl Screen {
    /// Connects and shows what there is.
    pub async fn open(world: &World, user: i64) -> Self {
        let mut client = Client::connect(world).await;
        client
            .send(&json!({ "op": "identify", "token": world.token(user, user) }))
            .await;
        let ready = client.event("ready").await;
        ready["session_id"].as_str().unwrap().clone_into(&mut client.session_id);
        Self {
            client,
            user,
            shown: Shown::of(&ready["servers"][0]),
        }
    }

    /// Takes the next event in, and answers its type and data. What it tells must be of something on the screen.
    pub async fn next(&mut self) -> (String, Value) {
        let frame = self.client.frame().await;
        assert_eq!(frame["op"], "event", "{frame}");
        let (kind, data) = (frame["type"].as_str().unwrap().to_owned(), frame["data"].clone());
        let (shown, user) = (&mut self.shown, self.user);
        match &*kind {
            "channel.created" => {
                shown.channels.insert(number(&data["id"]));
            }
            "channel.deleted" => {
                let id = number(&data["id"]);
                assert!(shown.channels.remove(&id), "user {user} never had {id}");
                shown.exceptions.remove(&id);
            }
            "channel.updated" => assert!(
                shown.channels.contains(&number(&data["id"])),
                "user {user} has not: {data}"
            ),
            "message.created" => assert!(
                shown.channels.contains(&number(&data["content"])),
                "user {user} has not: {data}"
            ),
            "permissions.updated" => {
                assert_eq!(data["server_id"], SERVER.to_string());
                shown.allow(&data);
            }
            _ => {}
        }
        (kind, data)
    }

    /// Takes in everything up to an event of this type, and answers what came before it, each with the channel.
    pub async fn until(&mut self, kind: &str) -> Vec<String> {
        let mut before = Vec::new();
        loop {
            let (next, data) = self.next().await;
            if next == kind {
                return before;
            }
            let id = data["id"].as_str().unwrap_or_default();
            before.push(format!("{next} {id}").trim_end().to_owned());
        }
    }
}
