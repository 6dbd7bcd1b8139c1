//! The copies of users' names follow the originals.

use std::{sync::Arc, time::Duration};

use contracts::events::{Audience, Event, EventKind};
use model::{EventId, UserId};
use platform::bus::EventBus;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, World, id, worlds};

/// Waits until the member is shown under the name; the time limit only ends a test that fails.
async fn is_shown_as(world: &World, server: &str, user: i64, name: &str) -> Value {
    let path = format!("/servers/{server}/members/{user}");
    let shown = async {
        loop {
            let member = world.user(ADA).get(&path).await.expect(200);
            if member["user"]["display_name"] == name {
                return member;
            }
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), shown).await;
    waited.unwrap_or_else(|_| panic!("{}: {user} is never shown as {name}", world.kind))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_is_shown_found_and_sorted_by() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let profile = json!({
            "id": UserId(BOB), "username": "robert", "display_name": "Aaron Éclair", "avatar_url": "/api/v1/pictures/1.png",
            "banner_url": null, "biography": "", "status": "online", "status_text": "", "created_at": "2026-11-24T09:30:00.000Z"
        });
        let audience = Audience::AroundUser { user_id: UserId(BOB) };
        let event = Event::new(EventId(5), EventKind::UserUpdated, audience, &profile).unwrap();
        world.bus.publish(Arc::new(event)).await.unwrap();
        let member = is_shown_as(&world, &server, BOB, "Aaron Éclair").await;
        assert_eq!(
            (&member["user"]["username"], &member["user"]["avatar_url"]),
            (&json!("robert"), &json!("/api/v1/pictures/1.png"))
        );
        let found = world
            .user(ADA)
            .get(&format!("/servers/{server}/members?query=eclair"))
            .await
            .expect(200);
        assert_eq!(found["items"], json!([member]), "{}", world.kind);
        let all = world
            .user(ADA)
            .get(&format!("/servers/{server}/members"))
            .await
            .expect(200);
        assert_eq!(all["items"][0], member, "{}: first by name", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_events_were_lost_all_names_are_compared() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        world.is_user(BOB, "bob", "Robert");
        // More events than the bus holds, so that the service misses some. None of them is about Bob.
        let event = Event::new(EventId(6), EventKind::SessionRevoked, Audience::Services, &()).unwrap();
        let event = Arc::new(event);
        // The follower may keep up with a burst; it cannot with all of them.
        let mut bursts = 0;
        while world
            .user(ADA)
            .get(&format!("/servers/{server}/members/{BOB}"))
            .await
            .expect(200)["user"]["display_name"]
            != "Robert"
        {
            assert!(
                bursts < 200,
                "{}: the service never learnt that it lost events",
                world.kind
            );
            bursts += 1;
            for _ in 0..40_000 {
                world.bus.publish(Arc::clone(&event)).await.unwrap();
            }
            // Time for the follower to notice and to compare, before it is overrun again.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}
