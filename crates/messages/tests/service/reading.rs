//! How far people have read.

use contracts::events::{Audience, EventKind};
use model::UserId;
use serde_json::{Value, json};

use crate::{
    peers::{ADA, AUTHOR, BOB, EVE, FORGETFUL, HIDDEN, MODERATOR, SERVER, TEXT, VOICE},
    world::{World, path_of, worlds},
};

const STATES: &str = "/users/@me/read-states";

fn read(channel: i64) -> String {
    format!("/servers/{SERVER}/channels/{channel}/read")
}

/// What is unread by a user: the channel, the last number, the number read, and the mentions.
async fn unread(world: &World, user: i64) -> Vec<(i64, i64, i64, i64)> {
    let page = world.user(user).get(STATES).await.expect(200);
    let number = |state: &Value, name: &str| state[name].as_i64().unwrap();
    let state = |state: &Value| {
        let channel = state["channel_id"].as_str().unwrap().parse().unwrap();
        let [last, read, mentions] = ["last_seq", "last_read_seq", "mention_count"].map(|name| number(state, name));
        (channel, last, read, mentions)
    };
    let mut all: Vec<_> = page["items"].as_array().unwrap().iter().map(state).collect();
    all.sort_unstable();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_stays_read_and_only_ones_own_devices_hear_of_it() {
    for world in worlds().await {
        let mut sent = Vec::new();
        for text in ["one", "@user-1002", "<@&30> three", "@user-1002 @user-1004"] {
            sent.push(world.write(ADA, TEXT, text).await);
        }
        world.write(ADA, HIDDEN, "@everyone").await;
        assert_eq!(unread(&world, BOB).await, [(TEXT, 4, 0, 2)], "{}", world.kind);
        assert_eq!(
            unread(&world, MODERATOR).await,
            [(TEXT, 4, 0, 2)],
            "by name, and as one of a role"
        );
        assert_eq!(unread(&world, ADA).await, [(TEXT, 4, 0, 0), (HIDDEN, 1, 0, 1)]);
        assert_eq!(unread(&world, EVE).await, [], "a stranger");
        world.app.nobody().get(STATES).await.is_problem(401, "not_signed_in");

        world.events().await;
        let up_to = |message: &Value| json!({"message_id": message["id"]});
        let state = world.user(BOB).put(&read(TEXT), up_to(&sent[1])).await.expect(200);
        let expected = json!({
            "server_id": "10", "channel_id": "20", "last_seq": 4, "last_read_seq": 2, "last_read_id": sent[1]["id"],
            "mention_count": 1
        });
        assert_eq!(state, expected, "{}", world.kind);
        let events = world.events().await;
        assert_eq!(events.len(), 1);
        assert_eq!(
            (events[0].kind, events[0].audience),
            (EventKind::ReadStateUpdated, Audience::User { user_id: UserId(BOB) })
        );
        assert_eq!(serde_json::from_str::<Value>(events[0].data.get()).unwrap(), expected);
        // Nothing becomes unread again.
        assert_eq!(
            world.user(BOB).put(&read(TEXT), up_to(&sent[0])).await.expect(200),
            expected
        );
        assert!(world.events().await.is_empty());
        assert_eq!(unread(&world, BOB).await, [(TEXT, 4, 2, 1)]);
        world.user(BOB).put(&read(TEXT), json!({})).await.expect(200);
        assert_eq!(unread(&world, BOB).await, [(TEXT, 4, 4, 0)], "{}", world.kind);
        world
            .user(BOB)
            .put(&read(TEXT), json!({"message_id": "1"}))
            .await
            .is_problem(404, "message_not_found");
        assert_eq!(unread(&world, AUTHOR).await, [(TEXT, 4, 0, 0)], "nobody else's");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_is_nothing_to_be_read() {
    for world in worlds().await {
        let first = world.write(ADA, TEXT, "one").await;
        let second = world.write(ADA, TEXT, "@user-1002").await;
        world
            .user(BOB)
            .put(&read(TEXT), json!({"message_id": first["id"]}))
            .await
            .expect(200);
        assert_eq!(unread(&world, BOB).await, [(TEXT, 2, 1, 1)]);
        world.user(ADA).delete(&path_of(&second)).await.expect(204);
        assert_eq!(
            unread(&world, BOB).await,
            [(TEXT, 2, 2, 0)],
            "{}: nothing is left",
            world.kind
        );
        // Also by who only now reads the last one that is there.
        let state = world
            .user(AUTHOR)
            .put(&read(TEXT), json!({"message_id": first["id"]}))
            .await
            .expect(200);
        assert_eq!(state["last_read_seq"], 2, "{}", world.kind);
        world.user(AUTHOR).put(&read(VOICE), json!({})).await.expect(200);
        assert_eq!(
            unread(&world, AUTHOR).await,
            [(TEXT, 2, 2, 0)],
            "a channel without messages"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_what_was_before_reads_all_there_is() {
    for world in worlds().await {
        let before = world.write(ADA, FORGETFUL, "before").await;
        world.write(ADA, FORGETFUL, "again").await;
        for id in [before["id"].as_str().unwrap(), "1"] {
            let state = world
                .user(BOB)
                .put(&read(FORGETFUL), json!({"message_id": id}))
                .await
                .expect(200);
            assert_eq!(state["last_read_seq"], 2, "{}", world.kind);
        }
    }
}
