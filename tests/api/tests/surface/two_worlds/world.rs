//! A world, with all that is private in it, and those who attack it.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Setup},
    gateway::Live,
    http::{Answer, Caller, Credentials},
    patience,
    people::{Person, Server, id, picture},
    trace,
};
use serde_json::{Value, json};

use super::{Leaks, Secrets, WORLDS, inside};
use crate::authorisation::{
    scene::{NO_CODE, Place, make},
    table::{Row, Rule, rows},
};

/// A world, and those who attack it.
pub(super) struct World {
    pub(super) beep: Beep,
    pub(super) owner: Person,
    /// What is attacked: a private server, and a public one to which the attackers do not belong.
    pub(super) places: [Place; 2],
    stranger: Person,
    outsiders: [(&'static str, Person); 4],
    /// A private server to which these belong who attack it: the place is a channel of it that none of them sees.
    pub(super) inside: Place,
    pub(super) insiders: [(&'static str, Person); 3],
}

fn account(name: &str, email: &str) -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "username": name, "email": email,
        "password": format!("the password of {email}"),
    })
}

impl World {
    pub(super) async fn new(database: Database, secrets: &Secrets) -> Self {
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
        let [stranger, former, kicked, banned] = [
            public("stranger").await,
            public("former").await,
            public("kicked").await,
            public("banned").await,
        ];
        let members = [&member, &former, &kicked, &banned];
        let hidden = Self::server(&owner, secrets, &members, &more[..secrets.members]).await;
        let change = json!({ "visibility": "private", "name": secrets.mark, "description": secrets.mark });
        owner.patch(&hidden.server.path(), change).await.expect(200);
        let open = Self::server(&owner, secrets, &members, &[]).await;
        for place in [&hidden, &open] {
            former.leave(&place.server).await;
            owner.kick(&place.server, &kicked).await;
            owner.ban(&place.server, &banned).await;
        }
        let insiders = [
            ("blind", public("blind").await),
            ("timed-out", public("timedout").await),
            ("moderator", public("moderator").await),
        ];
        let inside = inside::build(&owner, &member, &banned, &insiders, secrets).await;
        owner
            .patch("/users/@me/settings", json!({ "language": "fr" }))
            .await
            .expect(200);
        Self {
            owner,
            places: [hidden, open],
            stranger: stranger.clone(),
            outsiders: [
                ("a stranger", stranger),
                ("a former member", former),
                ("a kicked member", kicked),
                ("somebody banned", banned),
            ],
            inside,
            insiders,
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
        let (mut message_id, mut attachment_id) = (String::new(), String::new());
        for _ in 0..secrets.messages {
            (message_id, attachment_id) = send_secret(members[0], &server, secrets).await;
        }
        let role_id = owner.create_role(&server, &[]).await;
        Place {
            server,
            message_id,
            attachment_id,
            user_id: members[0].id.clone(),
            role_id,
            banned_id: members[0].id.clone(),
        }
    }

    /// What the attackers see of everything: what was asked, and the answer without ids and times.
    pub(super) async fn attack(&self, leaks: &mut Leaks<'_>) -> Vec<String> {
        self.until_all_can_be_found().await;
        let mut seen = Vec::new();
        let nobody = self.stranger.with(Credentials::None);
        let people = self.outsiders.iter().chain(&self.insiders);
        let people = people.map(|(name, person)| (*name, Caller::clone(person)));
        let mut rows: Vec<Row> = rows().into_iter().filter(|row| !ends_the_sign_in(row)).collect();
        // What is changed or deleted tells nothing any more.
        rows.sort_by_key(|row| !row.reads());
        for (name, attacker) in std::iter::once(("signed out", nobody)).chain(people) {
            for row in &rows {
                for (place, answer) in self.try_row(row, name, &attacker).await {
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

    /// Waits until the search knows all that is private: the owner finds it.
    async fn until_all_can_be_found(&self) {
        let places = self.places.iter().chain([&self.inside]);
        for place in places {
            let path = format!("{}/search?query=canary", place.server.path());
            patience::until(Duration::from_secs(20), "the owner finds it", async || {
                let found = self.owner.get(&path).await.expect(200);
                (found["is_complete"] == true && found["total"].as_u64() > Some(0)).then_some(())
            })
            .await;
        }
    }

    async fn try_row(&self, row: &Row, name: &str, attacker: &Caller) -> Vec<(&'static str, Answer)> {
        let is_inside = self.insiders.iter().any(|(insider, _)| *insider == name);
        if let Rule::Inside(_) = row.rule {
            if is_inside {
                // Who leaves is inside no more.
                if row.path.ends_with("/leave") {
                    return Vec::new();
                }
                return vec![("the hidden channel", self.inside.try_row(row, attacker).await)];
            }
            let [hidden, open] = &self.places;
            let mut answers = vec![("the private server", hidden.try_row(row, attacker).await)];
            // Who joins is an attacker no more.
            if !row.path.ends_with("/join") {
                answers.push(("the public server", open.try_row(row, attacker).await));
            }
            return answers;
        }
        if is_inside && !row.reads() && row.path.starts_with("/users/@me") {
            // What one changes of oneself is shown in one's servers a moment later: then, or then, by chance.
            return Vec::new();
        }
        let new_name = format!("new-{}", name.replace(' ', "-"));
        // Each their own, and once: one that comes back a while later ends the sign-in.
        let mut people = self.outsiders.iter().chain(&self.insiders);
        let own = people.find(|(known, _)| *known == name);
        let refresh_token = own.map_or("nobody's", |(_, person)| person.refresh_token.as_str());
        let values = [
            ("{new_name}", new_name.as_str()),
            ("{email}", &self.stranger.email),
            ("{password}", &self.stranger.password),
            ("{refresh_token}", refresh_token),
            ("{session_id}", &self.owner.id),
            ("{passkey_id}", "1"),
            ("{provider_id}", "google"),
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
    pub(super) async fn listen(&self, secrets: &Secrets) -> Vec<Value> {
        let mut lives = Vec::new();
        let mut heard = Vec::new();
        for (_, person) in &self.outsiders {
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
            let (message_id, _) = send_secret(&self.owner, server, secrets).await;
            let path = format!("{}/{message_id}", server.messages());
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

/// Sends a message with a file that has the mark in its name and in its bytes; answers the ids of both.
pub(super) async fn send_secret(person: &Person, server: &Server, secrets: &Secrets) -> (String, String) {
    let (name, bytes) = (
        format!("{}.txt", secrets.mark),
        format!("inside of it: {}", secrets.mark),
    );
    let message = person.send_file(server, secrets.mark, &name, bytes.as_bytes()).await;
    (id(&message), id(&message["attachments"][0]))
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
