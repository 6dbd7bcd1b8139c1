//! Two Beeps that are equal but for what is private. An attacker calls everything in both; whatever they see must be equal
//! byte for byte, once ids and times are taken out, and nothing that is private may appear anywhere.

use api::{
    beep::{Beep, Database, Setup},
    gateway::Live,
    http::{Answer, Caller, Credentials},
    people::{Person, Server, id, picture, text},
    trace,
};
use serde_json::{Value, json};

use crate::authorisation::{
    scene::{NO_CODE, Place, make},
    table::{Row, Rule, rows},
};

/// What is private in one of the worlds: texts with a mark that is found wherever it may leak to, and how much there is.
struct Secrets {
    mark: &'static str,
    messages: usize,
    channels: usize,
    members: usize,
}

/// The marks have different lengths, so that even a length tells.
const WORLDS: [Secrets; 2] = [
    Secrets {
        mark: "canary-yellow",
        messages: 1,
        channels: 1,
        members: 0,
    },
    Secrets {
        mark: "canary-of-another-colour",
        messages: 7,
        channels: 4,
        members: 2,
    },
];

/// A world, and those who attack it.
struct World {
    beep: Beep,
    owner: Person,
    /// What is attacked: a private server, and a public one to which the attackers do not belong.
    places: [Place; 2],
    stranger: Person,
    former: Person,
    attackers: Vec<(&'static str, Caller)>,
}

fn account(name: &str, email: &str) -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "username": name, "email": email,
        "password": format!("the password of {email}"),
    })
}

impl World {
    async fn new(database: Database, secrets: &Secrets) -> Self {
        let beep = Setup::default()
            .with("TELEMETRY__LOG_LEVEL", "debug")
            .start(database)
            .await;
        // Names are public; addresses and passwords are not.
        let private = async |name: &str| {
            let email = format!("{name}.{}@example.org", secrets.mark);
            Person::sign_up_as(&beep, account(name, &email)).await
        };
        let (owner, member) = (private("owner").await, private("member").await);
        let mut more = Vec::new();
        for number in 0..2 {
            more.push(private(&format!("friend{number}")).await);
        }
        let public = async |name: &str| {
            let email = format!("{name}@example.org");
            Person::sign_up_as(&beep, account(name, &email)).await
        };
        let (stranger, former) = (public("stranger").await, public("former").await);
        let hidden = Self::server(&owner, secrets, &[&member, &former], &more[..secrets.members]).await;
        let change = json!({ "visibility": "private", "name": secrets.mark, "description": secrets.mark });
        owner.patch(&hidden.server.path(), change).await.expect(200);
        let open = Self::server(&owner, secrets, &[&member, &former], &[]).await;
        former.leave(&hidden.server).await;
        former.leave(&open.server).await;
        owner
            .patch("/users/@me/settings", json!({ "language": "fr" }))
            .await
            .expect(200);
        let nobody = stranger.with(Credentials::None);
        let attackers = vec![
            ("signed out", nobody),
            ("a stranger", Caller::clone(&stranger)),
            ("a former member", Caller::clone(&former)),
        ];
        Self {
            owner,
            places: [hidden, open],
            stranger,
            former,
            attackers,
            beep,
        }
    }

    /// A public server with secrets inside.
    async fn server(owner: &Person, secrets: &Secrets, members: &[&Person], more: &[Person]) -> Place {
        let server = owner.create_server("public").await;
        for person in members.iter().copied().chain(more) {
            person.join(&server).await;
        }
        let topic = json!({ "topic": secrets.mark });
        owner.patch(&server.channel(), topic).await.expect(200);
        for number in 1..secrets.channels {
            owner
                .create_channel(&server, &format!("{}-{number}", secrets.mark))
                .await;
        }
        let mut message_id = String::new();
        for _ in 0..secrets.messages {
            message_id = id(&members[0].send_message(&server, secrets.mark).await);
        }
        let role_id = owner.create_role(&server, &[]).await;
        Place {
            server,
            message_id,
            user_id: members[0].id.clone(),
            role_id,
            banned_id: members[0].id.clone(),
        }
    }

    /// What the attackers see of everything: what was asked, and the answer without ids and times.
    async fn attack(&self, leaks: &mut Leaks<'_>) -> Vec<String> {
        let mut seen = Vec::new();
        for (name, attacker) in &self.attackers {
            for row in rows().iter().filter(|row| !ends_the_sign_in(row)) {
                for (place, answer) in self.try_row(row, name, attacker).await {
                    let what = format!("{name}: {} {} of {place}", row.method, row.path);
                    leaks.look(&what, &answer);
                    seen.push(format!("{what}\n{}", trace::of(&answer)));
                }
            }
            for path in searches(&self.owner) {
                let answer = attacker.get(&path).await;
                leaks.look(&path, &answer);
                let path = path.replace(&self.owner.id, "<id>");
                seen.push(format!("{name}: {path}\n{}", trace::of(&answer)));
            }
        }
        seen
    }

    async fn try_row(&self, row: &Row, name: &str, attacker: &Caller) -> Vec<(&'static str, Answer)> {
        if let Rule::Inside(_) = row.rule {
            let [hidden, open] = &self.places;
            let mut answers = vec![("the private server", hidden.try_row(row, attacker).await)];
            // Who joins is an attacker no more.
            if !row.path.ends_with("/join") {
                answers.push(("the public server", open.try_row(row, attacker).await));
            }
            return answers;
        }
        let new_name = format!("new-{}", name.replace(' ', "-"));
        let values = [
            ("{new_name}", new_name.as_str()),
            ("{email}", &self.stranger.email),
            ("{password}", &self.stranger.password),
            ("{refresh_token}", &self.stranger.refresh_token),
            ("{session_id}", &self.owner.id),
            ("{user_id}", &self.owner.id),
            ("{code}", NO_CODE),
            (
                "{name}",
                "0000000000000000000000000000000000000000000000000000000000000000.png",
            ),
        ];
        vec![("nothing", make(row, attacker, &values).await)]
    }

    /// What attackers hear while all kinds of things happen where they do not belong.
    async fn listen(&self, secrets: &Secrets) -> Vec<Value> {
        let mut lives = Vec::new();
        let mut heard = Vec::new();
        for person in [&self.stranger, &self.former] {
            let (mut live, ready) = Live::identify(person).await;
            heard.push(ready);
            for place in &self.places {
                live.send(&json!({ "op": "subscribe", "server_id": place.server.id }))
                    .await;
            }
            lives.push(live);
        }
        for place in &self.places {
            self.happen(&place.server, secrets).await;
        }
        for mut live in lives {
            heard.extend(live.drain().await);
        }
        heard.iter_mut().for_each(trace::scrub);
        heard
    }

    async fn happen(&self, server: &Server, secrets: &Secrets) {
        let (mut owner, _) = Live::identify(&self.owner).await;
        owner.send(&json!({ "op": "presence", "status": "away" })).await;
        for _ in 0..secrets.messages {
            let message = self.owner.send_message(server, secrets.mark).await;
            let path = format!("{}/{}", server.messages(), id(&message));
            self.owner
                .patch(&path, json!({ "content": "changed" }))
                .await
                .expect(200);
            self.owner.delete(&path).await.expect(204);
        }
        let channel = self.owner.create_channel(server, secrets.mark).await;
        let path = format!("{}/channels/{channel}", server.path());
        owner.event_among_others("channel.created").await;
        self.owner.delete(&path).await.expect(204);
        self.owner.put_avatar(picture(5)).await.expect(200);
        owner.event_among_others("channel.deleted").await;
    }
}

/// Whoever tries these is signed out afterwards.
fn ends_the_sign_in(row: &Row) -> bool {
    row.path == "/auth/logout"
}

/// Requests that could find what nobody may know of.
fn searches(owner: &Person) -> Vec<String> {
    let both = WORLDS.iter().map(|secrets| secrets.mark).chain(["canary"]);
    let mut paths: Vec<String> = both.map(|mark| format!("/servers/discover?query={mark}")).collect();
    paths.push("/servers/discover?limit=1".to_owned());
    paths.push(format!("/servers/{}", owner.id));
    paths.push("/instance".to_owned());
    paths.push("/openapi.json".to_owned());
    paths.push("//healthz".to_owned());
    paths.push("//readyz".to_owned());
    paths.push("//.well-known/jwks.json/x".to_owned());
    paths
}

/// Where a mark appeared.
struct Leaks<'a> {
    mark: &'a str,
    found: Vec<String>,
}

impl Leaks<'_> {
    fn look(&mut self, what: &str, answer: &Answer) {
        let all = format!("{:?} {}", answer.headers, answer.text());
        self.look_at_text(what, &all);
    }

    fn look_at_text(&mut self, what: &str, text: &str) {
        // What the attacker searched for may be repeated to the attacker.
        if text.contains(self.mark) && !what.contains(self.mark) {
            self.found.push(format!("{what}: {text}"));
        }
    }
}

async fn compare(database: Database) {
    let mut seen = Vec::new();
    for secrets in &WORLDS {
        let world = World::new(database, secrets).await;
        let mut leaks = Leaks {
            mark: secrets.mark,
            found: Vec::new(),
        };
        let answers = world.attack(&mut leaks).await;
        let heard = world.listen(secrets).await;
        leaks.look_at_text("the gateway", &format!("{heard:?}"));
        let log: Vec<String> = world
            .beep
            .log()
            .lines()
            .filter(|line| line.contains(secrets.mark))
            .map(str::to_owned)
            .collect();
        assert_eq!(log, Vec::<String>::new(), "{database:?}: what is private is in the log");
        assert_eq!(
            leaks.found,
            Vec::<String>::new(),
            "{database:?}: what is private was shown"
        );
        // The owner does see it: the marks are where they should be.
        let owned = text(&world.owner.get(&world.places[0].server.path()).await.expect(200)["name"]);
        assert_eq!(owned, secrets.mark);
        seen.push((answers, heard));
    }
    let [(first, first_heard), (second, second_heard)] = &seen[..] else {
        unreachable!()
    };
    assert!(first.len() > 100, "nothing was tried");
    for (first, second) in first.iter().zip(second) {
        assert_eq!(first, second, "{database:?}: the worlds can be told apart");
    }
    assert_eq!(first.len(), second.len());
    assert_eq!(first_heard, second_heard, "{database:?}: the worlds sound different");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_tell_what_is_private_from_outside() {
    futures::future::join_all(Database::all().into_iter().map(compare)).await;
}

#[test]
fn a_mark_is_found_in_headers_and_bodies() {
    let mut leaks = Leaks {
        mark: "canary-yellow",
        found: Vec::new(),
    };
    let answer = |header: &'static str, body: &str| Answer {
        status: 200,
        headers: http::HeaderMap::from_iter([(http::header::LOCATION, http::HeaderValue::from_static(header))]),
        body: body.as_bytes().to_vec(),
    };
    leaks.look("nothing", &answer("/x", "y"));
    assert_eq!(leaks.found.len(), 0);
    leaks.look("a header", &answer("/canary-yellow", "y"));
    leaks.look("a body", &answer("/x", "a canary-yellow bird"));
    assert_eq!(leaks.found.len(), 2);
}
