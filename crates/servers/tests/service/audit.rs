//! The audit log: who did what, and what was there before.

use model::{Permission, PermissionSet};
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, World, id, worlds};

/// What the log of a server says, oldest first: who, what, to what, in which channel, and the changes.
async fn log(world: &World, server: &str) -> Vec<(i64, String, String, Value, Value)> {
    let server: i64 = server.parse().unwrap();
    let sql =
        "SELECT actor_id, action, target_kind, target_id, channel_id FROM audit_log WHERE server_id = $1 ORDER BY id";
    let rows: Vec<(i64, String, String, String, Option<i64>)> = world.db.all(sql, args![server]).await.unwrap();
    let sql = "SELECT changes FROM audit_log WHERE server_id = $1 ORDER BY id";
    let changes: Vec<(String,)> = world.db.all(sql, args![server]).await.unwrap();
    let entries = rows.into_iter().zip(changes);
    entries
        .map(|((actor, action, kind, target, channel), (changes,))| {
            let channel = json!(channel.map(|id| id.to_string()));
            (
                actor,
                action,
                format!("{kind} {target}"),
                channel,
                serde_json::from_str(&changes).unwrap(),
            )
        })
        .collect()
}

fn changed(field: &str, before: impl Into<Value>, after: impl Into<Value>) -> Value {
    json!({"field": field, "before": before.into(), "after": after.into()})
}

#[tokio::test(flavor = "multi_thread")]
async fn every_administrative_act_is_written_down() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let channels = format!("{path}/channels");
        world
            .may_everyone(&server, &[Permission::ManageChannels, Permission::ManageNicknames])
            .await;
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        let body = json!({"name": "Go club", "visibility": "private"});
        ada.patch(&path, body).await.expect(200);
        let folder = id(&bob
            .post(&channels, json!({"name": "f", "kind": "folder"}))
            .await
            .expect(201));
        let body = json!({"name": "c", "kind": "text", "topic": "t"});
        let channel = id(&bob.post(&channels, body).await.expect(201));
        let itself = format!("{channels}/{channel}");
        ada.patch(&itself, json!({"name": "d", "topic": null}))
            .await
            .expect(200);
        let order = json!({"channels": [{"id": channel, "position": 0, "parent_id": folder}]});
        bob.patch(&channels, order).await.expect(200);
        ada.patch(&itself, json!({"position": 0, "parent_id": null}))
            .await
            .expect(200);
        ada.patch(&format!("{path}/members/{BOB}"), json!({"nickname": "Bobby"}))
            .await
            .expect(200);
        // One's own name is nobody else's business.
        bob.patch(&format!("{path}/members/{BOB}"), json!({"nickname": null}))
            .await
            .expect(200);
        bob.delete(&itself).await.expect(204);

        let entry = |actor, action: &str, target: String, channel: Value, changes: Value| {
            (actor, action.to_owned(), target, channel, changes)
        };
        let (of_folder, of_channel) = (format!("channel {folder}"), format!("channel {channel}"));
        let none = Value::Null;
        let more = PermissionSet::of(&[Permission::ManageChannels, Permission::ManageNicknames]);
        let (before, after) = (PermissionSet::PUBLIC_DEFAULT | more, PermissionSet::PRIVATE_DEFAULT | more);
        let expected = [
            entry(
                ADA,
                "server.updated",
                format!("server {server}"),
                none.clone(),
                json!([
                    changed("name", "Chess club", "Go club"),
                    changed("visibility", "public", "private")
                ]),
            ),
            // Whoever could invite while it was public does not any more.
            entry(
                ADA,
                "role.updated",
                format!("role {server}"),
                none.clone(),
                json!([changed("permissions", json!(before), json!(after))]),
            ),
            entry(
                BOB,
                "channel.created",
                of_folder,
                json!(folder),
                json!([
                    changed("name", none.clone(), "f"),
                    changed("kind", none.clone(), "folder")
                ]),
            ),
            entry(
                BOB,
                "channel.created",
                of_channel.clone(),
                json!(channel),
                json!([
                    changed("name", none.clone(), "c"),
                    changed("topic", none.clone(), "t"),
                    changed("kind", none.clone(), "text"),
                ]),
            ),
            entry(
                ADA,
                "channel.updated",
                of_channel.clone(),
                json!(channel),
                json!([changed("name", "c", "d"), changed("topic", "t", none.clone())]),
            ),
            entry(
                BOB,
                "channel.moved",
                of_channel.clone(),
                json!(channel),
                json!([changed("parent_id", none.clone(), folder.as_str())]),
            ),
            entry(
                ADA,
                "channel.moved",
                of_channel.clone(),
                json!(channel),
                json!([changed("parent_id", folder.as_str(), none.clone())]),
            ),
            entry(
                ADA,
                "member.nickname_updated",
                format!("user {BOB}"),
                none.clone(),
                json!([changed("nickname", none.clone(), "Bobby")]),
            ),
            entry(
                BOB,
                "channel.deleted",
                of_channel,
                json!(channel),
                json!([
                    changed("name", "d", none.clone()),
                    changed("kind", "text", none.clone())
                ]),
            ),
        ];
        assert_eq!(log(&world, &server).await, expected, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_happen_is_not_written_down() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        ada.patch(&path, json!({"name": "Chess club"})).await.expect(200);
        bob.patch(&path, json!({"name": "x"})).await.expect(403);
        ada.patch(&format!("{path}/channels"), json!({"channels": []}))
            .await
            .expect(200);
        bob.patch(&format!("{path}/members/{ADA}"), json!({"nickname": "x"}))
            .await
            .expect(403);
        ada.patch(&format!("{path}/members/{BOB}"), json!({"nickname": null}))
            .await
            .expect(200);
        assert!(log(&world, &server).await.is_empty(), "{}", world.kind);
        ada.delete(&path).await.expect(204);
        assert!(
            log(&world, &server).await.is_empty(),
            "{}: it goes with its server",
            world.kind
        );
    }
}
