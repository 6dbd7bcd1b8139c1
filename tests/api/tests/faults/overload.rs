//! More is asked of Beep than it can do, while its database stands still: what there is no room for is refused at once, what
//! was let in is done when the database goes on, and then everything is as before.

use std::{collections::BTreeSet, time::Duration};

use api::{
    beep::{Beep, Database, Setup, Shape},
    http::{Answer, Body, Caller},
    people::{Person, text},
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::hold::Hold;

/// How many requests are made at once.
const STORM: usize = 400;
/// Answers that do not come in so long a time are not given early.
const EARLY: Duration = Duration::from_secs(10);
/// How much the processes may grow in a storm, all together, in bytes.
const GROWTH: f64 = 96.0 * 1024.0 * 1024.0;

/// Requests that were made at once, with their numbers.
struct Storm(JoinSet<(usize, Answer)>);

impl Storm {
    /// With `{number}` in the path replaced.
    fn of(person: &Person, method: &'static str, path: &str, body: impl Fn(usize) -> Body) -> Self {
        let mut storm = JoinSet::new();
        for number in 0..STORM {
            let (person, body) = (person.clone(), body(number));
            let path = path.replace("{number}", &number.to_string());
            storm.spawn(async move { (number, person.send(method, &path, body).await) });
        }
        Self(storm)
    }

    /// The numbers of what is refused until so many are still waiting.
    async fn refused_but(&mut self, waiting: usize) -> Vec<usize> {
        let mut refused = Vec::new();
        while self.0.len() > waiting {
            let next = tokio::time::timeout(EARLY, self.0.join_next()).await;
            let (number, answer) = next.expect("an early refusal").unwrap().unwrap();
            is_refused(&answer);
            refused.push(number);
        }
        refused
    }

    /// The answers of those that were let in.
    async fn rest(self) -> Vec<(usize, Answer)> {
        self.0.join_all().await
    }
}

fn is_refused(answer: &Answer) {
    answer.is_problem(503, "overloaded");
    let after: u64 = answer.header("retry-after").parse().expect("when to come back");
    assert!((1..=5).contains(&after), "{after}");
}

/// Every process says that it lives and that it is ready: it would be worse off if the others were asked instead.
async fn all_live(beep: &Beep) {
    for process in beep.processes() {
        let nobody = Caller::nobody(beep.address_of(process));
        for path in ["//healthz", "//readyz"] {
            let answer = tokio::time::timeout(EARLY, nobody.get(path)).await.expect("an answer");
            assert_eq!(answer.status, 200, "{process}: {path}: {}", answer.text());
        }
    }
}

/// The memory of all processes, in bytes.
async fn memory(beep: &Beep) -> f64 {
    let mut all = 0.0;
    for process in beep.processes() {
        let metrics = Caller::nobody(beep.address_of(process)).get("//metrics").await.text();
        let line = metrics
            .lines()
            .find(|line| line.starts_with("process_resident_memory_bytes "));
        let bytes = line.and_then(|line| line.split(' ').nth(1)).unwrap();
        all += bytes.parse::<f64>().unwrap();
    }
    all
}

async fn works_at_once(person: &Person, server: &api::people::Server) {
    person.send_message(server, "as before").await;
    let name = json!({ "biography": "as before" });
    person.patch("/users/@me", name).await.expect(200);
    person.get(&server.path()).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_there_is_room_for_are_refused_at_once() {
    const ROOM: usize = 32;
    for database in Database::all() {
        let setup = Setup::default().with("HTTP__CONCURRENT_REQUESTS", &ROOM.to_string());
        // Fewer than there are connections: what cannot be accepted cannot be refused, either.
        let beep = setup.with_open_files(256).start(database).await;
        let person = Person::sign_up(&beep).await;
        let server = person.create_server("public").await;
        person.send_message(&server, "before").await;
        let before = memory(&beep).await;

        let hold = Hold::of(&beep, "messages").await;
        let send = || {
            Storm::of(&person, "POST", &server.messages(), |number| {
                Body::Json(json!({ "content": format!("message {number}"), "nonce": number.to_string() }))
            })
        };
        let mut storm = send();
        let mut refused = storm.refused_but(ROOM).await;
        all_live(&beep).await;
        let short = hold.end().await;

        let mut stored = BTreeSet::new();
        for (number, answer) in storm.rest().await {
            if answer.status == 201 {
                stored.insert(format!("message {number}"));
            } else {
                assert!(
                    !short || answer.code() == "overloaded",
                    "{database:?}: {}",
                    answer.text()
                );
                refused.push(number);
            }
        }
        assert!(!short || !stored.is_empty(), "{database:?}: nobody was let in");
        let messages = person.read_all(&server.channel()).await;
        let seen: Vec<String> = messages.iter().map(|message| text(&message["content"])).collect();
        let expected: BTreeSet<String> = stored.iter().cloned().chain(["before".to_owned()]).collect();
        assert_eq!(seen.len(), expected.len(), "{database:?}: {seen:?}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected, "{database:?}");
        assert_eq!(refused.len() + stored.len(), STORM);
        works_at_once(&person, &server).await;
        let after = memory(&beep).await;
        assert!(
            after < before + GROWTH,
            "{database:?}: {before} bytes before, {after} after"
        );
        println!(
            "{database:?}: {} stored, {} refused, {before} bytes before, {after} after",
            stored.len(),
            refused.len()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_may_wait_for_the_database_are_refused_at_once() {
    for database in Database::all() {
        let setup = Setup::default().with("DATABASE__POOL_SIZE", "2");
        let beep = setup.start(database).await;
        let person = Person::sign_up(&beep).await;
        let server = person.create_server("public").await;
        // Those who have their turn, and those who may wait for it.
        let room = match beep.database {
            Database::Sqlite => 1 + 256,
            Database::Postgres => 2 + 2 * 32,
        };
        let before = memory(&beep).await;

        let hold = Hold::of(&beep, "users").await;
        let mut storm = Storm::of(&person, "PATCH", "/users/@me", |number| {
            Body::Json(json!({ "biography": format!("number {number}") }))
        });
        let refused = storm.refused_but(room).await;
        assert_eq!(refused.len(), STORM - room);
        all_live(&beep).await;
        if beep.database == Database::Sqlite {
            // A file that is being written can be read.
            person.get("/users/@me").await.expect(200);
        }
        let short = hold.end().await;
        let mut done = 0;
        for (number, answer) in storm.rest().await {
            if answer.status == 200 {
                assert_eq!(answer.json()["biography"], format!("number {number}"));
                done += 1;
            } else if short {
                is_refused(&answer);
            } else {
                assert_eq!(answer.status, 503, "{database:?}: {}", answer.text());
            }
        }
        // Now and then Beep itself takes a place.
        assert!(
            done + 8 >= room || !short,
            "{database:?}: of {room} who were let in {done} were answered"
        );
        works_at_once(&person, &server).await;
        let after = memory(&beep).await;
        assert!(
            after < before + GROWTH,
            "{database:?}: {before} bytes before, {after} after"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_full_service_refuses_another_one_is_refused_to_people() {
    // A file can be read whatever happens: only a server's table can be kept from its readers.
    for database in Database::all().into_iter().filter(|kind| *kind == Database::Postgres) {
        let beep = Setup::default().with("DATABASE__POOL_SIZE", "2").start(database).await;
        let person = Person::sign_up(&beep).await;
        let server = person.create_server("public").await;
        person.send_message(&server, "before").await;
        let hold = Hold::of(&beep, "servers").await;
        // Nobody remembers anything of these, and `messages` asks `servers`.
        let path = "/servers/1{number}/channels/1/messages";
        let mut storm = Storm::of(&person, "GET", path, |_| Body::Empty);
        // Two have their turn and 64 wait, wherever they came in.
        storm.refused_but(2 + 2 * 32).await;
        all_live(&beep).await;
        if Shape::told() == Shape::Apart {
            // Those who need nothing of it do not suffer.
            person.get("/users/@me").await.expect(200);
        }
        let short = hold.end().await;
        for (_, answer) in storm.rest().await {
            match (answer.status, short) {
                (404, _) => answer.is_problem(404, "server_not_found"),
                (_, true) => is_refused(&answer),
                (_, false) => assert_eq!(answer.status, 503, "{}", answer.text()),
            }
        }
        works_at_once(&person, &server).await;
    }
}
