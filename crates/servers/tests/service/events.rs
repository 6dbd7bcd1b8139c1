//! What is told of each change, to whom, and at which version.

use std::sync::Arc;

use contracts::events::{Audience, Event, EventKind};
use model::{ChannelId, ServerId, UserId};
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, worlds};

fn data(event: &Event) -> Value {
    serde_json::from_str(event.data.get()).unwrap()
}

async fn version(world: &World, server_id: ServerId) -> i64 {
    let sql = "SELECT version FROM servers WHERE server_id = $1";
    world.db.one::<(i64,)>(sql, platform::args![server_id]).await.unwrap().0
}

/// The events since last asked: all of the present version; kinds and audiences are compared.
async fn told(world: &World, server_id: ServerId, expected: &[(EventKind, Audience)]) -> Vec<Arc<Event>> {
    let events = world.events().await;
    let found: Vec<(EventKind, Audience)> = events.iter().map(|event| (event.kind, event.audience)).collect();
    assert_eq!(found, expected, "{}", world.kind);
    let now = version(world, server_id).await;
    assert!(
        events.iter().all(|event| event.tenant_version == Some(now)),
        "{}: {events:?}",
        world.kind
    );
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn of_servers_and_members() {
    for world in worlds().await {
        let server = world
            .user(ADA)
            .post("/servers", json!({"name": "x", "visibility": "public"}))
            .await
            .expect(201);
        let server_id = ServerId(id(&server).parse().unwrap());
        let path = format!("/servers/{server_id}");
        let all = Audience::Server { server_id };
        let to = |user: i64| Audience::User { user_id: UserId(user) };
        let events = told(&world, server_id, &[(EventKind::ServerCreated, to(ADA))]).await;
        assert_eq!(
            (data(&events[0]), events[0].user_id),
            (server, Some(UserId(ADA))),
            "{}",
            world.kind
        );

        let joined = world
            .user(BOB)
            .post(&format!("{path}/join"), Value::Null)
            .await
            .expect(200);
        let events = told(
            &world,
            server_id,
            &[(EventKind::ServerCreated, to(BOB)), (EventKind::MemberJoined, all)],
        )
        .await;
        assert_eq!(data(&events[0]), joined, "{}", world.kind);
        let mut member = joined["me"].clone();
        member["member_count"] = json!(2);
        assert_eq!(
            (data(&events[1]), events[1].user_id),
            (member, Some(UserId(BOB))),
            "{}",
            world.kind
        );
        world
            .user(BOB)
            .post(&format!("{path}/join"), Value::Null)
            .await
            .expect(200);
        assert!(
            world.events().await.is_empty(),
            "{}: joining twice is told once",
            world.kind
        );

        let changed = world.user(ADA).patch(&path, json!({"name": "y"})).await.expect(200);
        let events = told(&world, server_id, &[(EventKind::ServerUpdated, all)]).await;
        assert_eq!(data(&events[0]), changed);
        world.user(ADA).patch(&path, json!({"name": "y"})).await.expect(200);
        assert!(
            world.events().await.is_empty(),
            "{}: what changes nothing is not told",
            world.kind
        );

        world
            .user(BOB)
            .post(&format!("{path}/leave"), Value::Null)
            .await
            .expect(204);
        let events = told(
            &world,
            server_id,
            &[(EventKind::MemberLeft, all), (EventKind::ServerDeleted, to(BOB))],
        )
        .await;
        let left = json!({"server_id": server_id, "user_id": UserId(BOB), "member_count": 1});
        assert_eq!(
            (data(&events[0]), events[0].user_id),
            (left, Some(UserId(BOB))),
            "{}",
            world.kind
        );
        assert_eq!(
            (data(&events[1]), events[1].user_id),
            (json!({"id": server_id}), Some(UserId(BOB)))
        );

        let before = version(&world, server_id).await;
        world.user(ADA).delete(&path).await.expect(204);
        let events = world.events().await;
        assert_eq!(
            (events.len(), events[0].kind, events[0].audience),
            (1, EventKind::ServerDeleted, all),
            "{}",
            world.kind
        );
        assert_eq!(
            (data(&events[0]), events[0].tenant_version),
            (json!({"id": server_id}), Some(before + 1))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_channels() {
    for world in worlds().await {
        let server = world.server("public").await;
        let server_id = ServerId(id(&server).parse().unwrap());
        let path = format!("/servers/{server_id}/channels");
        let at = |channel: &Value| Audience::Channel {
            server_id,
            channel_id: ChannelId(id(channel).parse().unwrap()),
        };
        let ada = world.user(ADA);
        let general = &server["channels"][0];
        world.events().await;
        let folder = ada
            .post(&path, json!({"name": "f", "kind": "folder"}))
            .await
            .expect(201);
        let events = told(&world, server_id, &[(EventKind::ChannelCreated, at(&folder))]).await;
        assert_eq!(data(&events[0]), folder, "{}", world.kind);
        let inside = ada
            .post(&path, json!({"name": "i", "kind": "text", "parent_id": id(&folder)}))
            .await
            .expect(201);
        let last = ada.post(&path, json!({"name": "l", "kind": "text"})).await.expect(201);
        world.events().await;

        let renamed = ada
            .patch(&format!("{path}/{}", id(&inside)), json!({"name": "j"}))
            .await
            .expect(200);
        let events = told(&world, server_id, &[(EventKind::ChannelUpdated, at(&inside))]).await;
        assert_eq!(data(&events[0]), renamed);

        // Renamed and moved at once: told of once, and nobody has to make room.
        let body = json!({"name": "first", "position": 0});
        let moved = ada.patch(&format!("{path}/{}", id(&last)), body).await.expect(200);
        let events = told(&world, server_id, &[(EventKind::ChannelUpdated, at(&last))]).await;
        assert_eq!(data(&events[0]), moved, "{}", world.kind);
        assert_eq!(moved["name"], json!("first"), "{}", world.kind);
        assert!(
            moved["position"].as_i64() < general["position"].as_i64(),
            "{}",
            world.kind
        );

        ada.delete(&format!("{path}/{}", id(general))).await.expect(204);
        let events = told(&world, server_id, &[(EventKind::ChannelDeleted, at(general))]).await;
        assert_eq!(data(&events[0]), json!({"id": general["id"], "server_id": server_id}));
        ada.delete(&format!("{path}/{}", id(&folder))).await.expect(204);
        let expected = [
            (EventKind::ChannelDeleted, at(&inside)),
            (EventKind::ChannelDeleted, at(&folder)),
        ];
        told(&world, server_id, &expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_of_what_is_refused() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let before = version(&world, ServerId(server.parse().unwrap())).await;
        world.events().await;
        let (ada, bob, eve) = (world.user(ADA), world.user(BOB), world.user(EVE));
        ada.post(&format!("/servers/{server}/leave"), Value::Null)
            .await
            .expect(409);
        bob.delete(&format!("/servers/{server}")).await.expect(403);
        eve.post(&format!("/servers/{server}/leave"), Value::Null)
            .await
            .expect(404);
        ada.post(
            &format!("/servers/{server}/channels"),
            json!({"name": "", "kind": "text"}),
        )
        .await
        .expect(422);
        assert!(world.events().await.is_empty(), "{}", world.kind);
        assert_eq!(
            version(&world, ServerId(server.parse().unwrap())).await,
            before,
            "{}",
            world.kind
        );
    }
}
