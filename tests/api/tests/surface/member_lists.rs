//! Who sees a channel, as those see it who have its member list on screen: the same wherever they are connected.

use std::time::Duration;

use api::{
    beep::{Database, shared},
    gateway::{Heard, Live},
    http::Body,
    people::{Person, Server, id, text},
};
use serde_json::{Value, json};

/// A user without a connection is shown for some seconds more, and the test's machine has other things to do.
const WITHIN: Duration = Duration::from_secs(30);
const NEVER: &str = "77";

/// A group or a member of a list, in the order of the list.
type Lines = Vec<String>;

/// Someone who has the member list of a channel on screen.
struct Reader {
    live: Live,
    groups: Lines,
    members: Vec<Value>,
}

impl Reader {
    /// They connect and open the list; also what `subscribed` said.
    async fn open(person: &Person, server: &Server, channel: &str) -> (Self, Value) {
        let (live, _) = Live::identify(person).await;
        let mut reader = Self {
            live,
            groups: Vec::new(),
            members: Vec::new(),
        };
        let subscribed = reader.look(server, channel).await;
        (reader, subscribed)
    }

    async fn look(&mut self, server: &Server, channel: &str) -> Value {
        self.live
            .send(&json!({ "op": "subscribe", "server_id": server.id, "channel_id": channel, "member_ranges": [[0, 99]] }))
            .await;
        loop {
            let frame = self.hear().await;
            if frame["op"] == "subscribed" {
                return frame;
            }
        }
    }

    async fn hear(&mut self) -> Value {
        let Some(Heard::Frame(frame)) = self.live.next_within(WITHIN).await else {
            panic!("nothing more comes; listed are {:?}", self.lines());
        };
        if frame["op"] == "members" {
            let groups = frame["groups"].as_array().unwrap().iter();
            self.groups = groups
                .map(|group| format!("{}: {}", text(&group["id"]), group["count"]))
                .collect();
            for range in frame["ranges"].as_array().unwrap() {
                range["items"].as_array().unwrap().clone_into(&mut self.members);
            }
        }
        frame
    }

    fn lines(&self) -> (Lines, Lines) {
        let line = |item: &Value| format!("{} {}", text(&item["member"]["user"]["id"]), text(&item["status"]));
        (self.groups.clone(), self.members.iter().map(line).collect())
    }

    /// Listens until exactly this is listed, as the API shows it.
    async fn sees(&mut self, groups: &[(&str, usize)], members: &[(&Person, &str)]) {
        let groups: Lines = groups.iter().map(|(id, count)| format!("{id}: {count}")).collect();
        let members: Lines = members
            .iter()
            .map(|(person, status)| format!("{} {status}", person.id))
            .collect();
        let expected = (groups, members);
        while self.lines() != expected {
            self.hear().await;
        }
    }

    /// Everything that was told has come when the answer to a heartbeat has: no members were.
    async fn sees_nothing_more(&mut self) {
        self.live.send(&json!({ "op": "heartbeat" })).await;
        loop {
            let frame = self.hear().await;
            assert_ne!(frame["op"], "members", "{frame}");
            if frame["op"] == "heartbeat_ack" {
                return;
            }
        }
    }
}

async fn person(beep: &api::beep::Beep, first_name: &str) -> Person {
    let mut account = api::people::newcomer();
    account["first_name"] = json!(first_name);
    Person::sign_up_as(beep, account).await
}

async fn put(person: &Person, path: &str, body: Value) {
    person.send("PUT", path, Body::Json(body)).await.expect(200);
}

async fn read_and_change(database: Database) {
    let beep = shared(database).await;
    let (ada, bob, eve) = (
        person(&beep, "Ada").await,
        person(&beep, "Bob").await,
        person(&beep, "Eve").await,
    );
    let server = ada.create_server("public").await;
    bob.join(&server).await;
    eve.join(&server).await;
    let (mut reader, subscribed) = Reader::open(&ada, &server, &server.channel_id).await;
    assert_eq!(subscribed["channel_id"], server.channel_id, "{database:?}");
    reader
        .sees(
            &[("online", 1), ("offline", 2)],
            &[(&ada, "online"), (&bob, "offline"), (&eve, "offline")],
        )
        .await;
    for item in &reader.members {
        let path = format!("{}/members/{}", server.path(), text(&item["member"]["user"]["id"]));
        assert_eq!(
            item["member"],
            ada.get(&path).await.expect(200),
            "{database:?}: as the API shows them"
        );
    }

    let (mut other, _) = Reader::open(&bob, &server, &server.channel_id).await;
    let both = [(&ada, "online"), (&bob, "online"), (&eve, "offline")];
    reader.sees(&[("online", 2), ("offline", 1)], &both).await;
    other.sees(&[("online", 2), ("offline", 1)], &both).await;
    other.live.wish("away").await;
    reader
        .sees(
            &[("online", 2), ("offline", 1)],
            &[(&ada, "online"), (&bob, "away"), (&eve, "offline")],
        )
        .await;
    other.live.wish("online").await;

    let role = ada.create_role(&server, &[]).await;
    let bobs = format!("{}/members/{}", server.path(), bob.id);
    ada.patch(&format!("{}/roles/{role}", server.path()), json!({ "hoisted": true }))
        .await
        .expect(200);
    ada.patch(&bobs, json!({ "role_ids": [role] })).await.expect(200);
    let first = [(&bob, "online"), (&ada, "online"), (&eve, "offline")];
    let groups = [(role.as_str(), 1), ("online", 1), ("offline", 1)];
    reader.sees(&groups, &first).await;
    other.sees(&groups, &first).await;
    ada.delete(&format!("{}/roles/{role}", server.path())).await.expect(204);
    reader.sees(&[("online", 2), ("offline", 1)], &both).await;
    ada.patch(&bobs, json!({ "nickname": "Aaron" })).await.expect(200);
    reader.sees(&[("online", 2), ("offline", 1)], &first).await;
    eve.leave(&server).await;
    reader.sees(&[("online", 2)], &first[..2]).await;
    other.live.wish("invisible").await;
    reader
        .sees(&[("online", 1), ("offline", 1)], &[(&ada, "online"), (&bob, "offline")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn member_lists_are_live_and_the_same_for_all() {
    futures::future::join_all(Database::all().into_iter().map(read_and_change)).await;
}

async fn keep_to_those_who_see(database: Database) {
    let beep = shared(database).await;
    let (ada, bob, eve) = (
        person(&beep, "Ada").await,
        person(&beep, "Bob").await,
        person(&beep, "Eve").await,
    );
    let (former, stranger) = (person(&beep, "Former").await, person(&beep, "Stranger").await);
    let server = ada.create_server("public").await;
    for member in [&bob, &eve, &former] {
        member.join(&server).await;
    }
    let bans = format!("{}/bans/{}", server.path(), former.id);
    put(&ada, &bans, json!({})).await;
    let private = json!({ "name": "board", "kind": "text", "private": true });
    let private = id(&ada
        .post(&format!("{}/channels", server.path()), private)
        .await
        .expect(201));
    for outsider in [&former, &stranger] {
        for channel in [&server.channel_id, &private] {
            let (mut reader, subscribed) = Reader::open(outsider, &server, channel).await;
            assert_eq!(
                (&subscribed["server_id"], &subscribed["channel_id"]),
                (&Value::Null, &Value::Null),
                "{database:?}"
            );
            reader.sees_nothing_more().await;
        }
    }
    let (mut readers, mut members) = (Vec::new(), vec![(&ada, "online")]);
    for member in [&ada, &bob, &eve] {
        let (mut reader, hidden) = Reader::open(member, &server, &private).await;
        let never = reader.look(&server, NEVER).await;
        if member.id != ada.id {
            assert_eq!(hidden, never, "{database:?}: a channel out of sight is like none");
            members.push((member, "online"));
        }
        reader.look(&server, &server.channel_id).await;
        readers.push(reader);
    }
    for reader in &mut readers {
        reader.sees(&[("online", 3)], &members).await;
    }
    // One is banned, from the other the channel is hidden.
    let [mut adas, mut bobs, mut eves] = <[Reader; 3]>::try_from(readers).unwrap_or_else(|_| unreachable!());
    put(&ada, &format!("{}/bans/{}", server.path(), eve.id), json!({})).await;
    eves.live.event_among_others("server.deleted").await;
    adas.sees(&[("online", 2)], &members[..2]).await;
    let hide = json!({ "kind": "role", "allow": [], "deny": ["view_channel"] });
    let overwrite = format!("{}/overwrites/{}", server.channel(), server.id);
    put(&ada, &overwrite, hide).await;
    bobs.live.event_among_others("channel.deleted").await;
    adas.sees(&[("online", 1)], &members[..1]).await;
    // What they do not see any more goes on: they are told nothing of it.
    let own = format!("{}/members/{}", server.path(), ada.id);
    ada.patch(&own, json!({ "nickname": "Zoé" })).await.expect(200);
    adas.live.wish("away").await;
    adas.sees(&[("online", 1)], &[(&ada, "away")]).await;
    bobs.sees_nothing_more().await;
    eves.sees_nothing_more().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn member_lists_are_for_those_who_see_the_channel_as_long_as_they_do() {
    futures::future::join_all(Database::all().into_iter().map(keep_to_those_who_see)).await;
}
