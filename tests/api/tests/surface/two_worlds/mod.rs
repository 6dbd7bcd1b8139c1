//! Two Beeps that are equal but for what is private. An attacker calls everything in both; whatever they see must be equal
//! byte for byte, once ids and times are taken out, and nothing that is private may appear anywhere. Attackers are outside
//! of the servers, or inside of one in which there are channels that they do not see.

mod inside;
mod world;

use api::{beep::Database, http::Answer, people::text};
use world::World;

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
        let mut heard = world.listen_inside(secrets).await;
        let answers = world.attack(&mut leaks).await;
        heard.extend(world.listen(secrets).await);
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
        let hidden = text(&world.owner.get(&world.inside.server.channel()).await.expect(200)["name"]);
        assert_eq!([owned, hidden], [secrets.mark, secrets.mark]);
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
    for (first, second) in first_heard.iter().zip(second_heard) {
        assert_eq!(first, second, "{database:?}: the worlds sound different");
    }
    assert_eq!(first_heard.len(), second_heard.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_tell_what_is_private() {
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
