//! People whose accounts were erased: what is theirs alone goes, what they have said stays.

use std::time::Duration;

use contracts::{events::EventKind, users::DeletedUser};
use platform::args;
use serde_json::{Value, json};

use crate::{
    exports::{EXPORT, exported},
    exports_background::{is_thrown_away, stand_still},
    files::{begin, uploaded, uploads},
    peers::{ADA, BOB, SERVER, SLOW, TEXT},
    world::{World, becomes, path, worlds},
};

/// Longer than what was thrown away is kept.
const LONG: Duration = Duration::from_mins(2);

/// The users service says that this account was erased.
fn erase(world: &World, user: i64) {
    let deleted = DeletedUser {
        user_id: user,
        erased_at: 1_900_000_000_000,
        profile_json: json!({ "id": user.to_string() }).to_string(),
    };
    world.peers.change(|state| state.deleted.push(deleted));
}

/// Has the user begun, read, sent and kept a thing of each kind; answers what is kept that is theirs alone: an export and a file.
async fn live(world: &World, user: i64) -> [i64; 2] {
    let actor = world.user(user);
    let sent = uploaded(world, user, TEXT, b"PNG sent").await;
    let message = json!({"content": "I was here", "attachment_ids": [sent["id"]]});
    let message = actor.post(&path(TEXT), message).await.expect(201);
    world.write(user, SLOW, "slowly").await;
    let channel = format!("/servers/{SERVER}/channels/{TEXT}");
    actor
        .put(&format!("{channel}/draft"), json!({"content": "begun"}))
        .await
        .expect(200);
    let read = json!({ "message_id": message["id"] });
    actor.put(&format!("{channel}/read"), read).await.expect(200);
    let unsent = uploaded(world, user, TEXT, b"PNG not sent").await;
    assert_eq!(begin(actor, &uploads(TEXT), 5).await.status, 201, "{}", world.kind);
    exported(world, user).await;
    let ready = "SELECT file_id FROM exports WHERE user_id = $1";
    let (export,) = world.db.one::<(i64,)>(ready, args![user]).await.unwrap();
    [export, unsent["id"].as_str().unwrap().parse().unwrap()]
}

/// How many rows say something of the user that nobody else knows.
async fn private(world: &World, user: i64) -> i64 {
    let mut all = 0;
    for table in ["drafts", "read_states", "slow_mode", "uploaders", "exports"] {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE user_id = $1");
        all += world.db.one::<(i64,)>(&sql, args![user]).await.unwrap().0;
    }
    let unsent = "SELECT COUNT(*) FROM attachments WHERE uploader_id = $1 AND message_id IS NULL";
    all + world.db.one::<(i64,)>(unsent, args![user]).await.unwrap().0
}

async fn is_forgotten(world: &World, user: i64) {
    let what = format!("{}: {user} is forgotten", world.kind);
    becomes(&what, async || private(world, user).await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_theirs_alone_goes_and_what_they_said_stays() {
    for world in worlds().await {
        let kind = world.kind;
        let of_ada = live(&world, ADA).await;
        let of_bob = live(&world, BOB).await;
        assert!(private(&world, BOB).await >= 6, "{kind}: a row of each kind at least");
        let before = private(&world, ADA).await;

        world.tell(EventKind::UserDeleted, 0, Some(BOB), json!({})).await;
        is_forgotten(&world, BOB).await;
        for file in of_bob {
            assert!(is_thrown_away(&world, file).await, "{kind}: {file}");
        }
        world.pass(LONG);
        world.instance(0).await;
        becomes("the bytes are gone", async || {
            let deleted = world.storage.deleted.lock().unwrap();
            of_bob.iter().all(|file| deleted.contains(file))
        })
        .await;
        let read = world.user(ADA).get(&path(TEXT)).await.expect(200);
        let messages = read["items"].as_array().unwrap();
        let kept = messages.iter().find(|one| one["author"]["id"] == BOB.to_string());
        let kept = kept.unwrap_or_else(|| panic!("{kind}: {read}"));
        assert_eq!(
            (&kept["content"], kept["attachments"].as_array().map(Vec::len)),
            (&json!("I was here"), Some(1)),
            "{kind}: what was sent stays, with its file"
        );
        assert_eq!(private(&world, ADA).await, before, "{kind}: nothing of others");
        for file in of_ada {
            assert!(!is_thrown_away(&world, file).await, "{kind}: {file} of Ada");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_end_nobody_told_of_is_found_at_the_next_start() {
    for world in worlds().await {
        let kind = world.kind;
        live(&world, ADA).await;
        live(&world, BOB).await;
        // Two pages, and one of whom nothing is kept.
        for user in [ADA, BOB, 4_000] {
            erase(&world, user);
        }
        assert!(private(&world, BOB).await > 0, "{kind}");
        world.instance(0).await;
        is_forgotten(&world, ADA).await;
        is_forgotten(&world, BOB).await;
        // Told of now, nothing is left to do.
        world.tell(EventKind::UserDeleted, 0, Some(BOB), json!({})).await;
        world.tell(EventKind::UserDeleted, 0, Some(5_000), json!({})).await;
        assert_eq!(private(&world, BOB).await, 0, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_being_prepared_never_becomes_ready() {
    for world in worlds().await {
        let kind = world.kind;
        let begun = stand_still(&world).await;
        world.tell(EventKind::UserDeleted, 0, Some(BOB), json!({})).await;
        is_forgotten(&world, BOB).await;
        assert!(is_thrown_away(&world, begun).await, "{kind}");
        // Longer than nobody says that they are still at it.
        world.pass(Duration::from_secs(30));
        world.storage.go_on.notify_waiters();
        // The next one of the same instance, after it: whoever stood still has noticed by then.
        exported(&world, ADA).await;
        assert_eq!(private(&world, BOB).await, 0, "{kind}");
        let files: Vec<i64> = world.storage.files.lock().unwrap().keys().copied().collect();
        assert!(!files.contains(&begun), "{kind}: it was not ended");
        let shown = world.user(BOB).get(EXPORT).await;
        shown.is_problem(404, "export_not_found");
        let nothing = world.user(BOB).post(EXPORT, Value::Null).await;
        assert_eq!(nothing.status, 202, "{kind}: nothing counts of what was");
    }
}
