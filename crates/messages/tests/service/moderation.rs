//! Slow mode, links to other sites, what is said of newcomers, and what goes with a ban.

use std::collections::BTreeSet;

use contracts::events::{EventKind, Sweep};
use futures::future::join_all;
use model::{ServerId, Timestamp, UserId};
use serde_json::{Value, json};

use crate::{
    peers::{ADA, AUTHOR, BOB, FORGETFUL, LINKLESS, MODERATOR, SERVER, SLOW, TEXT},
    world::{World, becomes, path, path_of, worlds},
};

#[tokio::test(flavor = "multi_thread")]
async fn slow_mode_holds_members_back_and_not_those_who_moderate() {
    for world in worlds().await {
        let other = world.instance(0).await;
        let text = |nonce: &str| json!({"content": "x", "nonce": nonce});
        let first = world.user(AUTHOR).post(&path(SLOW), text("a")).await.expect(201);
        for app in [&world.app, &other] {
            // What was stored before is answered, slow mode or not.
            let again = app.user(UserId(AUTHOR)).post(&path(SLOW), text("a")).await;
            assert_eq!(again.expect(200), first, "{}", world.kind);
            let answer = app.user(UserId(AUTHOR)).post(&path(SLOW), text("b")).await;
            let wait: u64 = answer.header("retry-after").parse().unwrap();
            assert!((3_000..=3_600).contains(&wait), "{}: {wait}", world.kind);
            answer.is_problem(429, "slow_mode");
        }
        // Editing and other channels and people are free.
        let change = json!({"content": "y"});
        world.user(AUTHOR).patch(&path_of(&first), change).await.expect(200);
        world.write(AUTHOR, TEXT, "x").await;
        world.write(BOB, SLOW, "x").await;
        for _ in 0..2 {
            world.write(MODERATOR, SLOW, "x").await;
            world.write(ADA, SLOW, "x").await;
        }
        assert_eq!(world.rows(SLOW).await.0, 6, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_messages_at_once_slow_mode_lets_one_pass() {
    for world in worlds().await {
        let other = world.instance(0).await;
        let attempts = (0..64_usize).map(|number| {
            let app = if number % 2 == 0 { &world.app } else { &other };
            // With a nonce of its own, with none, and with one that a few have in common.
            let body = match number % 3 {
                0 => json!({"content": "x", "nonce": number.to_string()}),
                1 => json!({"content": "x"}),
                _ => json!({"content": "x", "nonce": "same"}),
            };
            async move { app.user(UserId(AUTHOR)).post(&path(SLOW), body).await.status }
        });
        let statuses = join_all(attempts).await;
        let of = |status: u16| statuses.iter().filter(|one| **one == status).count();
        assert_eq!(of(201), 1, "{}: {statuses:?}", world.kind);
        assert_eq!(of(201) + of(200) + of(429), 64, "{}: {statuses:?}", world.kind);
        assert_eq!(world.rows(SLOW).await.0, 1, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_to_other_sites_need_a_right_in_new_messages_and_in_changed_ones() {
    for world in worlds().await {
        let bob = world.user(BOB);
        let link = json!({"content": "see https://evil.example"});
        for answer in [
            bob.post(&path(LINKLESS), link.clone()).await,
            bob.patch(&path_of(&world.write(BOB, LINKLESS, "see").await), link.clone())
                .await,
        ] {
            let problem = answer.is_problem(403, "missing_permission");
            assert_eq!(problem["permission"], "use_external_links", "{}", world.kind);
        }
        let own = json!({"content": "see https://beep.example/channels/1"});
        bob.post(&path(LINKLESS), own).await.expect(201);
        bob.post(&path(TEXT), link.clone()).await.expect(201);
        world.user(ADA).post(&path(LINKLESS), link).await.expect(201);
    }
}

async fn joined(world: &World, user: i64) {
    let data = json!({"server_id": SERVER.to_string()});
    world.tell(EventKind::MemberJoined, 9, Some(user), data).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_said_once_who_joined_and_nobody_can_change_that() {
    for world in worlds().await {
        // Two more instances hear of it, too.
        let _others = (world.instance(0).await, world.instance(0).await);
        let version = world.peers.change(|state| state.system_channel = Some(TEXT));
        world.tell(EventKind::ServerUpdated, version, None, json!({})).await;
        joined(&world, AUTHOR).await;
        becomes("said", async || world.rows(TEXT).await.0 > 0).await;
        // The others have tried by the time that they say the next.
        joined(&world, MODERATOR).await;
        becomes("said again", async || world.rows(TEXT).await.0 > 1).await;
        let list = world.user(BOB).get(&path(TEXT)).await.expect(200);
        let said = list["items"][1].clone();
        let what = (&said["kind"], &said["content"], &said["nonce"], &said["author"]["id"]);
        let expected = (
            json!("member_joined"),
            json!(""),
            Value::Null,
            json!(AUTHOR.to_string()),
        );
        assert_eq!(
            what,
            (&expected.0, &expected.1, &expected.2, &expected.3),
            "{}",
            world.kind
        );
        let author = world.user(AUTHOR);
        let change = author.patch(&path_of(&said), json!({"content": "x"})).await;
        change.is_problem(403, "not_the_author");
        author
            .delete(&path_of(&said))
            .await
            .is_problem(403, "missing_permission");
        world.user(MODERATOR).delete(&path_of(&said)).await.expect(204);
        assert_eq!(world.rows(TEXT).await.0, 1, "{}: nothing was said twice", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_banned_user_wrote_lately_is_deleted_and_told_once() {
    for world in worlds().await {
        let _other = world.instance(0).await;
        world.write(AUTHOR, TEXT, "old").await;
        // Messages bear milliseconds.
        let border = loop {
            let now = platform::clock::Clock::system().now();
            let last = world.write(BOB, TEXT, "x").await["created_at"]
                .as_str()
                .unwrap()
                .parse::<Timestamp>()
                .unwrap();
            if last > now {
                break last;
            }
        };
        let mut swept = BTreeSet::new();
        for number in 0..150 {
            let channel = [TEXT, FORGETFUL][number % 2];
            swept.insert(
                world.write(AUTHOR, channel, "spam").await["id"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        world.events().await;
        let sweep = Sweep {
            server_id: ServerId(SERVER),
            author_id: UserId(AUTHOR),
            since: border,
            banned_at: platform::clock::Clock::system().now(),
        };
        let sweep = serde_json::to_value(sweep).unwrap();
        world.tell(EventKind::MemberBanned, 9, Some(AUTHOR), sweep).await;
        becomes("swept", async || world.rows(FORGETFUL).await.0 == 0).await;
        becomes("swept", async || {
            let list = world.user(BOB).get(&path(TEXT)).await.expect(200);
            let author = json!(AUTHOR.to_string());
            let authors = list["items"].as_array().unwrap().iter();
            authors.filter(|message| message["author"]["id"] == author).count() == 1
        })
        .await;
        let mut told = Vec::new();
        while told.len() < swept.len() {
            let events = world.events().await;
            told.extend(
                events
                    .into_iter()
                    .filter(|event| event.kind == EventKind::MessageDeleted),
            );
        }
        assert!(told.iter().all(|event| event.seq.is_some()), "{}", world.kind);
        let ids: BTreeSet<String> = told
            .iter()
            .map(|event| {
                let data: Value = serde_json::from_str(event.data.get()).unwrap();
                assert_eq!(data["seq"], json!(event.seq));
                data["id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!((told.len(), ids), (swept.len(), swept), "{}: each once", world.kind);
    }
}
