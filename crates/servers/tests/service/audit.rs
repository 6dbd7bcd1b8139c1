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
        let (before, after) = (
            PermissionSet::PUBLIC_DEFAULT | more,
            PermissionSet::PRIVATE_DEFAULT | more,
        );
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
                none.clone(),
                json!([
                    changed("name", "d", none.clone()),
                    changed("kind", "text", none.clone())
                ]),
            ),
        ];
        let entries = log(&world, &server).await;
        let permitted = &entries[0];
        assert_eq!(
            (permitted.0, permitted.1.as_str()),
            (ADA, "role.updated"),
            "{}",
            world.kind
        );
        assert_eq!(entries[1..], expected, "{}", world.kind);
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

#[tokio::test(flavor = "multi_thread")]
async fn acts_on_roles_and_overwrites_are_written_down() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server, general) = (id(&server), id(&server["channels"][0]));
        let path = format!("/servers/{server}");
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        let body = json!({"name": "Mod", "color": "#aabbcc", "permissions": ["pin_messages"]});
        let role = id(&ada.post(&format!("{path}/roles"), body).await.expect(201));
        let low = world.role(&server, &[]).await;
        let itself = format!("{path}/roles/{role}");
        let change =
            json!({"name": "Moderator", "color": null, "hoisted": true, "mentionable": true, "permissions": []});
        ada.patch(&itself, change).await.expect(200);
        let order = json!({"roles": [{"id": role, "position": 1}]});
        ada.patch(&format!("{path}/roles"), order.clone()).await.expect(200);
        ada.patch(&format!("{path}/roles"), order).await.expect(200);
        world.holds(&server, BOB, &[&role]).await;
        world
            .overwrite([&server, &general], "role", &role, [&[Permission::Connect], &[]])
            .await;
        let of_bob = [&[][..], &[Permission::Speak]];
        world
            .overwrite([&server, &general], "member", &BOB.to_string(), of_bob)
            .await;
        let overwrite = format!("{path}/channels/{general}/overwrites/{role}");
        ada.delete(&overwrite).await.expect(204);
        bob.delete(&overwrite).await.expect(403);
        bob.delete(&itself).await.expect(403);
        ada.delete(&itself).await.expect(204);

        let none = Value::Null;
        let of_role = format!("role {role}");
        let [was, is] = [json!(["pin_messages"]), json!([])];
        let entry = |action: &str, target: &str, channel: Value, changes: Value| {
            (ADA, action.to_owned(), target.to_owned(), channel, changes)
        };
        let created = json!([
            changed("name", none.clone(), "Mod"),
            changed("color", none.clone(), "#aabbcc"),
            changed("hoisted", none.clone(), false),
            changed("mentionable", none.clone(), false),
            changed("permissions", none.clone(), was.clone()),
        ]);
        let renamed = json!([
            changed("name", "Mod", "Moderator"),
            changed("color", "#aabbcc", none.clone()),
            changed("hoisted", false, true),
            changed("mentionable", false, true),
            changed("permissions", was, is.clone()),
        ]);
        let gone = json!([
            changed("name", "Moderator", none.clone()),
            changed("hoisted", true, none.clone()),
            changed("mentionable", true, none.clone()),
            changed("permissions", is.clone(), none.clone()),
        ]);
        let held = json!([changed("role_ids", is.clone(), json!([role]))]);
        let made = |allow: Value, deny: Value| {
            json!([
                changed("allow", none.clone(), allow),
                changed("deny", none.clone(), deny)
            ])
        };
        let unmade = json!([
            changed("allow", json!(["connect"]), none.clone()),
            changed("deny", is.clone(), none.clone())
        ]);
        let user = format!("user {BOB}");
        let expected = [
            entry("role.created", &of_role, none.clone(), created),
            entry("role.updated", &of_role, none.clone(), renamed),
            entry("role.moved", &of_role, none.clone(), json!([changed("position", 2, 1)])),
            entry("member.roles_updated", &user, none.clone(), held),
            entry(
                "overwrite.updated",
                &of_role,
                json!(general),
                made(json!(["connect"]), is.clone()),
            ),
            entry("overwrite.updated", &user, json!(general), made(is, json!(["speak"]))),
            entry("overwrite.deleted", &of_role, json!(general), unmade),
            entry("role.deleted", &of_role, none, gone),
        ];
        let of_low = format!("role {low}");
        let entries = log(&world, &server).await.into_iter().filter(|entry| entry.2 != of_low);
        assert_eq!(entries.collect::<Vec<_>>(), expected, "{}", world.kind);
    }
}
