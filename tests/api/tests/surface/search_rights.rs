//! Whoever loses the right to read something finds nothing of it from that moment on, whatever they look for: it is not
//! shown, not counted, and pages of before do not go on.

use std::time::Duration;

use api::{
    beep::{Database, shared},
    http::Body,
    patience,
    people::{Person, Server, id, text},
};
use futures::future::join_all;
use serde_json::{Value, json};

/// Within this time a message is found.
const WITHIN: Duration = Duration::from_secs(20);

/// How somebody is answered who may not read the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    /// As one who is not in the server.
    Outside,
    /// As one for whom there is no such channel.
    Unseen,
    /// There is such a channel, and nothing in it.
    Empty,
}

struct World {
    owner: Person,
    reader: Person,
    server: Server,
    /// Only who holds the role sees it.
    den: Server,
    role: String,
    /// Everything by which what is in there could be found.
    searches: Vec<String>,
}

impl World {
    async fn new(database: Database) -> Self {
        let beep = shared(database).await;
        let (owner, reader) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let server = owner.create_server("public").await;
        reader.join(&server).await;
        let den = owner.create_private_channel(&server, "den").await;
        let role = owner.create_role(&server, &[]).await;
        let seen = json!({ "kind": "role", "allow": ["view_channel"] });
        owner.overwrite(&den.channel(), &role, seen).await.expect(200);
        owner.give_roles(&server, &reader, &[&role]).await;
        let first = owner.send_message(&den, "canary").await;
        let content = format!("@{} canaries: https://beep.example", reader.username);
        let file = owner.send_file(&den, &content, "canary.txt", b"canary").await;
        let pin = format!("{}/pins/{}", den.channel(), id(&file));
        owner.send("PUT", &pin, Body::Empty).await.expect(204);
        let mut searches: Vec<String> = [
            "query=canary%20",
            "query=can",
            "query=\"canary\"",
            "query=-nothing&pinned=false",
            "query=canary&sort=oldest",
            "query=canary&sort=relevant",
            "has=link",
            "has=file",
            "pinned=true",
        ]
        .map(str::to_owned)
        .into();
        searches.extend([
            format!("author={}", owner.id),
            format!("mentions={}", reader.id),
            format!("after={}", id(&first)),
            format!("before={}", id(&file)),
            format!("query=canary&channel={}", den.channel_id),
        ]);
        let mut world = Self {
            owner,
            reader,
            server,
            den,
            role,
            searches,
        };
        world.let_in().await;
        // The second page of what was begun while one might read it.
        for sort in ["newest", "oldest", "relevant"] {
            let search = format!("query=can&limit=1&sort={sort}");
            let page = world.look(&world.server.path(), &search).await.1;
            let next = text(&page["next"]);
            world.searches.push(format!("{search}&cursor={next}"));
        }
        world.let_in().await;
        world
    }

    /// The reader holds the role again, and finds everything.
    async fn let_in(&self) {
        self.owner.give_roles(&self.server, &self.reader, &[&self.role]).await;
        for search in &self.searches {
            patience::until(WITHIN, &format!("{search} finds something"), async || {
                let (status, found) = self.look(&self.server.path(), search).await;
                (status == 200 && found["items"].as_array().is_some_and(|items| !items.is_empty())).then_some(())
            })
            .await;
        }
    }

    async fn look(&self, place: &str, search: &str) -> (u16, Value) {
        let answer = self.reader.get(&format!("{place}/search?{search}")).await;
        (answer.status, answer.json())
    }

    async fn finds_nothing(&self, why: &str, answered: Answered) {
        for search in &self.searches {
            let what = format!("{why}: {search}");
            let (status, found) = self.look(&self.server.path(), search).await;
            if answered == Answered::Outside {
                assert_eq!((status, &found["code"]), (404, &json!("server_not_found")), "{what}");
            } else {
                is_empty(status, &found, &what);
            }
            // In a channel no others are named.
            if search.contains("channel=") {
                continue;
            }
            let (status, found) = self.look(&self.den.channel(), search).await;
            match answered {
                Answered::Empty => is_empty(status, &found, &what),
                Answered::Unseen => assert_eq!((status, &found["code"]), (404, &json!("channel_not_found")), "{what}"),
                Answered::Outside => assert_eq!((status, &found["code"]), (404, &json!("server_not_found")), "{what}"),
            }
        }
    }
}

#[track_caller]
fn is_empty(status: u16, found: &Value, what: &str) {
    let mut found = found.clone();
    // Whether the index is complete says nothing of any message.
    found["is_complete"] = Value::Null;
    let nothing = json!({
        "items": [], "next": null, "total": 0, "total_is_capped": false, "is_complete": null
    });
    assert_eq!((status, found), (200, nothing), "{what}");
}

async fn lose_every_right(database: Database) {
    let world = World::new(database).await;
    let World {
        owner,
        reader,
        server,
        den,
        role,
        ..
    } = &world;
    let of_role = async |change: Value| owner.overwrite(&den.channel(), role, change).await.expect(200);
    let seen = json!({ "kind": "role", "allow": ["view_channel"] });

    owner.give_roles(server, reader, &[]).await;
    world.finds_nothing("the role was taken away", Answered::Unseen).await;
    world.let_in().await;

    of_role(json!({ "kind": "role", "deny": ["view_channel"] })).await;
    world
        .finds_nothing("the role sees it no longer", Answered::Unseen)
        .await;
    of_role(json!({ "kind": "role", "allow": ["view_channel"], "deny": ["read_history"] })).await;
    world.finds_nothing("nothing of before is read", Answered::Empty).await;
    of_role(seen.clone()).await;
    world.let_in().await;

    let of_reader = json!({ "kind": "member", "deny": ["read_history"] });
    owner.overwrite(&den.channel(), &reader.id, of_reader).await.expect(200);
    world
        .finds_nothing("this member reads nothing of before", Answered::Empty)
        .await;
    owner
        .delete(&format!("{}/overwrites/{}", den.channel(), reader.id))
        .await
        .expect(204);
    world.let_in().await;

    owner.kick(server, reader).await;
    world.finds_nothing("kicked", Answered::Outside).await;
    reader.join(server).await;
    world
        .finds_nothing("a member again, without the role", Answered::Unseen)
        .await;
    world.let_in().await;

    owner.ban(server, reader).await;
    world.finds_nothing("banned", Answered::Outside).await;
    owner.lift_ban(server, reader).await;
    reader.join(server).await;
    world.let_in().await;

    owner
        .delete(&format!("{}/roles/{role}", server.path()))
        .await
        .expect(204);
    world.finds_nothing("there is no such role", Answered::Unseen).await;
    let seen = json!({ "kind": "member", "allow": ["view_channel"] });
    owner.overwrite(&den.channel(), &reader.id, seen).await.expect(200);
    patience::until(WITHIN, "it is found again", async || {
        let (_, found) = world.look(&server.path(), "query=can").await;
        (found["total"] == 2).then_some(())
    })
    .await;
    owner.delete(&den.channel()).await.expect(204);
    world.finds_nothing("there is no such channel", Answered::Unseen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_a_right_finds_nothing_from_then_on() {
    join_all(Database::all().into_iter().map(lose_every_right)).await;
}
