//! Exports are prepared in the background, whatever happens to whoever is at it.

use std::{sync::atomic::Ordering, time::Duration};

use model::limits::EXPORT_LIFETIME;
use platform::args;
use serde_json::Value;

use crate::{
    exports::{EXPORT, entries, exported, file, is, json_of},
    peers::{ADA, BOB, TEXT},
    world::{World, becomes, worlds},
};

/// Longer than anybody has an export who does not say that they are still at it.
const LONG: Duration = Duration::from_mins(3);

/// Has the user's export begun, and stand still in the middle; answers what it is kept under.
pub(crate) async fn stand_still(world: &World) -> i64 {
    world.storage.holds.store(true, Ordering::SeqCst);
    world.user(BOB).post(EXPORT, Value::Null).await.expect(202);
    becomes("a part is being kept", async || {
        !world.storage.held.lock().unwrap().is_empty()
    })
    .await;
    let held = world.storage.held.lock().unwrap();
    *held.first().unwrap()
}

/// Whether what is kept under it is gone, or on the list of what goes.
pub(crate) async fn is_thrown_away(world: &World, file_id: i64) -> bool {
    let due = "SELECT file_id FROM discarded_files WHERE file_id = $1";
    let due = world.db.optional::<(i64,)>(due, args![file_id]).await.unwrap();
    due.is_some() || world.storage.deleted.lock().unwrap().contains(&file_id)
}

async fn attempts(world: &World) -> i64 {
    let sql = "SELECT MAX(attempts) FROM exports";
    world.db.one::<(i64,)>(sql, args![]).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_died_over_another_takes_up() {
    for world in worlds().await {
        let kind = world.kind;
        world.write(BOB, TEXT, "kept").await;
        let begun = stand_still(&world).await;
        world.crash();
        world.pass(LONG);
        world.instance(0).await;
        is(&world, BOB, "ready").await;
        assert_eq!(attempts(&world).await, 2, "{kind}");
        let answer = file(world.user(BOB), "GET", &[]).await;
        let told = json_of(&entries(&answer.bytes), &format!("messages/{TEXT}.json"));
        assert_eq!(told["messages"][0]["content"], "kept", "{kind}");
        assert!(is_thrown_away(&world, begun).await, "{kind}: what was begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stood_still_for_too_long_harms_nothing() {
    for world in worlds().await {
        let kind = world.kind;
        world.write(BOB, TEXT, "kept").await;
        let begun = stand_still(&world).await;
        world.pass(LONG);
        world.instance(0).await;
        is(&world, BOB, "ready").await;
        let before = file(world.user(BOB), "GET", &[]).await;
        world.storage.go_on.notify_waiters();
        becomes("the part that stood still is kept", async || {
            world.storage.parts.lock().unwrap().keys().any(|place| place.0 == begun)
        })
        .await;
        // Of the same instance, after it: whoever stood still has noticed by then.
        exported(&world, BOB).await;
        let files: Vec<i64> = world.storage.files.lock().unwrap().keys().copied().collect();
        assert!(!files.contains(&begun), "{kind}: it was not ended");
        assert!(is_thrown_away(&world, begun).await, "{kind}");
        let rows: Vec<(String, i64, i64)> = world
            .db
            .all("SELECT status, file_id, size FROM exports ORDER BY id", args![])
            .await
            .unwrap();
        assert_eq!(
            (rows[0].0.as_str(), rows[0].2),
            ("ready", i64::try_from(before.bytes.len()).unwrap()),
            "{kind}"
        );
        assert!(rows.iter().all(|row| row.1 != begun), "{kind}: {rows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_again_and_again_is_given_up_and_does_not_count() {
    for world in worlds().await {
        let (bob, kind) = (world.user(BOB), world.kind);
        world.peers.away.store(true, Ordering::SeqCst);
        bob.post(EXPORT, Value::Null).await.expect(202);
        for attempt in 1..=3 {
            becomes("it was tried", async || attempts(&world).await == attempt).await;
            becomes("it is said how it went", async || {
                let sql = "SELECT due_at, requested_at FROM exports WHERE status = 'preparing'";
                let row = world.db.optional::<(i64, i64)>(sql, args![]).await.unwrap();
                // Given up, or put off for less than somebody has it who is at it.
                row.is_none_or(|(due_at, _)| due_at < world.now() + 60_000)
            })
            .await;
            if attempt < 3 {
                assert_eq!(bob.get(EXPORT).await.expect(200)["status"], "preparing", "{kind}");
                world.pass(Duration::from_mins(1));
                world.instance(0).await;
            }
        }
        is(&world, BOB, "failed").await;
        file(bob, "GET", &[]).await.is_problem(404, "export_not_found");
        world.peers.away.store(false, Ordering::SeqCst);
        for _ in 0..2 {
            exported(&world, BOB).await;
        }
        bob.post(EXPORT, Value::Null).await.is_problem(429, "export_too_often");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_told_to_stop_gives_it_back() {
    for world in worlds().await {
        stand_still(&world).await;
        assert_eq!(attempts(&world).await, 1, "{}", world.kind);
        world.stop();
        becomes("anybody may take it, as if nobody had", async || {
            let sql = "SELECT due_at, attempts FROM exports WHERE status = 'preparing'";
            let (due_at, attempts) = world.db.one::<(i64, i64)>(sql, args![]).await.unwrap();
            due_at <= world.now() && attempts == 0
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_processes_die_over_again_and_again_is_given_up() {
    for world in worlds().await {
        let kind = world.kind;
        let begun = stand_still(&world).await;
        world.crash();
        // The third died over it, too.
        let mut tx = world.db.begin().await.unwrap();
        tx.run("UPDATE exports SET attempts = 3", args![]).await.unwrap();
        tx.commit().await.unwrap();
        world.pass(LONG);
        world.instance(0).await;
        is(&world, BOB, "failed").await;
        assert!(is_thrown_away(&world, begun).await, "{kind}");
        let files = world.storage.files.lock().unwrap().len();
        assert_eq!(files, 0, "{kind}: it was not tried once more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn until_a_new_one_is_ready_the_one_from_before_is_downloaded() {
    for world in worlds().await {
        let (bob, kind) = (world.user(BOB), world.kind);
        world.write(BOB, TEXT, "kept").await;
        exported(&world, BOB).await;
        let ready = bob.get(EXPORT).await.expect(200);
        assert!(ready["before"].is_null(), "{kind}: {ready}");
        let before = file(bob, "GET", &[]).await;
        let is_offered = async |status: &str| {
            let told = bob.get(EXPORT).await.expect(200);
            assert_eq!(told["status"], status, "{kind}: {told}");
            assert!(told["size"].is_null() && told["ready_at"].is_null(), "{kind}: {told}");
            for name in ["ready_at", "expires_at", "size"] {
                assert_eq!(told["before"][name], ready[name], "{kind}: {name}");
            }
            let still = file(bob, "GET", &[]).await;
            assert_eq!(still.status, 200, "{kind}");
            assert!(still.bytes == before.bytes, "{kind}: another one");
        };
        world.write(BOB, TEXT, "new").await;
        let begun = stand_still(&world).await;
        is_offered("preparing").await;
        // It is nobody else's.
        let ada = world.user(ADA);
        ada.get(EXPORT).await.is_problem(404, "export_not_found");
        file(ada, "GET", &[]).await.is_problem(404, "export_not_found");

        // It is given up.
        let mut tx = world.db.begin().await.unwrap();
        let many = "UPDATE exports SET attempts = 3, due_at = 0 WHERE file_id = $1";
        assert_eq!(tx.run(many, args![begun]).await.unwrap(), 1, "{kind}");
        tx.commit().await.unwrap();
        world.instance(0).await;
        is(&world, BOB, "failed").await;
        is_offered("failed").await;

        // The next one takes its place.
        exported(&world, BOB).await;
        let next = bob.get(EXPORT).await.expect(200);
        assert!(next["before"].is_null(), "{kind}: {next}");
        let after = file(bob, "GET", &[]).await;
        let told = json_of(&entries(&after.bytes), &format!("messages/{TEXT}.json"));
        assert_eq!(told["messages"].as_array().unwrap().len(), 2, "{kind}");
        world.pass(EXPORT_LIFETIME);
        file(bob, "GET", &[]).await.is_problem(404, "export_not_found");
    }
}
