//! What people have begun to write.

use contracts::events::{Audience, EventKind};
use model::UserId;
use serde_json::{Value, json};

use crate::{
    peers::{ADA, BOB, EVE, HIDDEN, SERVER, TEXT, VOICE},
    world::{World, worlds},
};

const DRAFTS: &str = "/users/@me/drafts";

fn draft(channel: i64) -> String {
    format!("/servers/{SERVER}/channels/{channel}/draft")
}

/// The texts that a user finds, the newest first.
async fn begun(world: &World, user: i64) -> Vec<String> {
    let page = world.user(user).get(DRAFTS).await.expect(200);
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|draft| draft["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_for_ones_own_devices_alone() {
    for world in worlds().await {
        world.events().await;
        let body = json!({"content": "  I will be\n", "reply_to": "77"});
        let kept = world.user(BOB).put(&draft(TEXT), body).await.expect(200);
        assert_eq!(
            (
                &kept["server_id"],
                &kept["channel_id"],
                &kept["content"],
                &kept["reply_to"]
            ),
            (&json!("10"), &json!("20"), &json!("  I will be\n"), &json!("77")),
            "{}: as it was written",
            world.kind
        );
        let events = world.events().await;
        assert_eq!(events.len(), 1, "{}", world.kind);
        assert_eq!(
            (events[0].kind, events[0].audience),
            (EventKind::DraftUpdated, Audience::User { user_id: UserId(BOB) })
        );
        assert_eq!(serde_json::from_str::<Value>(events[0].data.get()).unwrap(), kept);
        world
            .user(BOB)
            .put(&draft(VOICE), json!({"content": "later"}))
            .await
            .expect(200);
        world
            .user(BOB)
            .put(&draft(TEXT), json!({"content": "newest"}))
            .await
            .expect(200);
        world
            .user(ADA)
            .put(&draft(HIDDEN), json!({"content": "hidden"}))
            .await
            .expect(200);
        let mut found = begun(&world, BOB).await;
        found.sort_unstable();
        assert_eq!(found, ["later", "newest"], "{}", world.kind);
        assert_eq!(begun(&world, ADA).await, ["hidden"], "{}", world.kind);
        assert_eq!(begun(&world, EVE).await, [""; 0], "{}: a stranger", world.kind);
        world.app.nobody().get(DRAFTS).await.is_problem(401, "not_signed_in");

        world.events().await;
        let gone = world
            .user(BOB)
            .put(&draft(TEXT), json!({"content": ""}))
            .await
            .expect(200);
        assert_eq!(gone["content"], "");
        assert_eq!(begun(&world, BOB).await, ["later"], "{}", world.kind);
        assert_eq!(world.events().await.len(), 1);
        world
            .user(BOB)
            .put(&draft(TEXT), json!({"content": ""}))
            .await
            .expect(200);
        assert!(world.events().await.is_empty(), "{}: there was none", world.kind);
        // An answer may be begun without a word.
        let answer = json!({"content": "", "reply_to": "77"});
        world.user(BOB).put(&draft(TEXT), answer).await.expect(200);
        assert_eq!(begun(&world, BOB).await.len(), 2, "{}", world.kind);

        // What one does not see any more one has begun nothing in, until it is there again.
        world.peers.change(|state| state.channels.retain(|id| *id != VOICE));
        assert_eq!(begun(&world, BOB).await, [""], "{}", world.kind);
        world.peers.change(|state| state.members.retain(|id| *id != BOB));
        assert_eq!(begun(&world, BOB).await, [""; 0], "{}", world.kind);
    }
}
