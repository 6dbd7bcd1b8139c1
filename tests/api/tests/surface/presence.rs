//! Who is shown as connected, to whom: the same wherever the connections lead, though each gateway has only some of them.

use std::{collections::BTreeMap, time::Duration};

use api::{
    beep::{Database, shared},
    gateway::{Heard, Live},
    people::{Person, Server},
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// A user without a connection is shown for some seconds more; and the test's machine has other things to do.
const WITHIN: Duration = Duration::from_secs(30);

/// Someone who has a server on screen.
struct Watcher {
    live: Live,
    /// What they see, by user.
    seen: BTreeMap<String, String>,
}

impl Watcher {
    async fn new(person: &Person, server: &Server) -> Self {
        let (mut live, _) = Live::identify(person).await;
        live.send(&json!({ "op": "subscribe", "server_id": server.id })).await;
        let mut watcher = Self {
            live,
            seen: BTreeMap::new(),
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
        match &*text("status") {
            "offline" => self.seen.remove(&text("user_id")),
            status => self.seen.insert(text("user_id"), status.to_owned()),
        };
    }

    /// Listens until exactly this is seen.
    async fn sees(&mut self, expected: &[(&Person, &str)]) {
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

    async fn wish(&mut self, status: &str) {
        self.live.send(&json!({ "op": "presence", "status": status })).await;
    }
}

async fn all_see(watchers: &mut [Watcher], expected: &[(&Person, &str)]) {
    for watcher in watchers {
        watcher.sees(expected).await;
    }
}

async fn show_and_look(database: Database) {
    let beep = shared(database).await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(Person::sign_up(&beep).await);
    }
    let [owner, first, second, third, outsider] = &people[..] else {
        unreachable!()
    };
    let server = owner.create_server("public").await;
    for person in [first, second, third] {
        person.join(&server).await;
    }
    let mut all = Vec::new();
    for person in [owner, first, second, third] {
        all.push(Watcher::new(person, &server).await);
    }
    let (_elsewhere, _) = Live::identify(outsider).await;
    let online = [owner, first, second, third].map(|person| (person, "online"));
    all_see(&mut all, &online).await;

    // The last wish counts, on whichever device it is made.
    let mut device = Watcher::new(first, &server).await;
    device.wish("away").await;
    let with_first = |status| {
        [
            (owner, "online"),
            (first, status),
            (second, "online"),
            (third, "online"),
        ]
    };
    all_see(&mut all, &with_first("away")).await;
    all[1].wish("do_not_disturb").await;
    all_see(&mut all, &with_first("do_not_disturb")).await;
    device.sees(&with_first("do_not_disturb")).await;

    // Who is invisible is offline for all, themselves included, also for who looks only now.
    all[2].wish("invisible").await;
    let without_second = [(owner, "online"), (first, "do_not_disturb"), (third, "online")];
    all_see(&mut all, &without_second).await;
    Watcher::new(third, &server).await.sees(&without_second).await;
    Watcher::new(second, &server).await.sees(&without_second).await;

    // Who leaves the server is gone from it at once, and connected still.
    third.leave(&server).await;
    all.truncate(3);
    all_see(&mut all, &[(owner, "online"), (first, "do_not_disturb")]).await;

    // One device less is no difference; the last is.
    drop(device);
    let mut others = all.split_off(2);
    drop(all.pop());
    others.extend(all);
    all_see(&mut others, &[(owner, "online")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_the_same_of_each_other_wherever_they_are_connected() {
    futures::future::join_all(Database::all().into_iter().map(show_and_look)).await;
}
