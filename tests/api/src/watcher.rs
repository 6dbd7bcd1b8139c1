//! Somebody who looks at who is connected.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    gateway::{Heard, Live},
    people::{Person, Server},
};

/// A user without a connection is shown for some seconds more, one whose gateway died for more than that; and the test's
/// machine has other things to do.
const WITHIN: Duration = Duration::from_secs(30);

/// Someone who has a server on screen.
pub struct Watcher {
    live: Live,
    /// What they see, by user.
    seen: BTreeMap<String, String>,
    /// All that they were told, in order.
    told: Vec<(String, String)>,
}

impl Watcher {
    /// They connect and open the server.
    pub async fn new(person: &Person, server: &Server) -> Self {
        Self::at(person.address, person, server).await
    }

    /// The same with the gateway at this address.
    pub async fn at(gateway: SocketAddr, person: &Person, server: &Server) -> Self {
        let (mut live, _) = Live::identify_at(gateway, person).await;
        live.send(&json!({ "op": "subscribe", "server_id": server.id })).await;
        let mut watcher = Self {
            live,
            seen: BTreeMap::new(),
            told: Vec::new(),
        };
        while watcher.hear(WITHIN).await["op"] != "subscribed" {}
        watcher
    }

    /// The next frame, and what it changes.
    async fn hear(&mut self, limit: Duration) -> Value {
        let Some(Heard::Frame(frame)) = self.live.next_within(limit).await else {
            panic!("nothing more comes; seen are {:?}", self.seen);
        };
        if frame["op"] == "subscribed" {
            self.seen.clear();
            frame["presences"]
                .as_array()
                .unwrap()
                .iter()
                .for_each(|one| self.see(one));
        }
        if frame["type"] == "presence.updated" {
            self.see(&frame["data"]);
        }
        frame
    }

    fn see(&mut self, presence: &Value) {
        let text = |key: &str| presence[key].as_str().unwrap().to_owned();
        let (user, status) = (text("user_id"), text("status"));
        if status == "offline" {
            self.seen.remove(&user);
        } else {
            self.seen.insert(user.clone(), status.clone());
        }
        self.told.push((user, status));
    }

    /// Listens until exactly this is seen.
    pub async fn sees(&mut self, expected: &[(&Person, &str)]) {
        let expected: BTreeMap<_, _> = expected
            .iter()
            .map(|(person, status)| (person.id.clone(), (*status).to_owned()))
            .collect();
        let deadline = Instant::now() + WITHIN;
        while self.seen != expected {
            let rest = deadline.saturating_duration_since(Instant::now());
            assert!(!rest.is_zero(), "{:?} and not {expected:?}", self.seen);
            self.hear(rest).await;
        }
    }

    /// What they were told of this person, in order.
    #[must_use]
    pub fn told_of(&self, person: &Person) -> Vec<&str> {
        let of_them = self.told.iter().filter(|(user, _)| *user == person.id);
        of_them.map(|(_, status)| status.as_str()).collect()
    }

    /// They wish to show this themselves.
    pub async fn wish(&mut self, status: &str) {
        self.live.wish(status).await;
    }
}
