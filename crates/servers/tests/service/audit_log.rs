//! Reading the audit log: who may, in which order, and nothing of channels that the reader does not see.

use model::{Permission, PermissionSet};
use platform::args;
use serde_json::{Value, json};

use crate::{
    moderation::promote,
    world::{ADA, BOB, EVE, World, id, worlds},
};

async fn read(world: &World, user: i64, server: &str, query: &str) -> Vec<Value> {
    let path = format!("/servers/{server}/audit-log{query}");
    let mut page = world.user(user).get(&path).await.expect(200);
    serde_json::from_value(page["items"].take()).unwrap()
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_of_moderation_are_read_with_their_reasons() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let (ada, eve) = (world.user(ADA), world.user(EVE));
        eve.post(&format!("{path}/join"), Value::Null).await.expect(200);
        let until = "2099-01-01T00:00:00.000Z";
        let member = format!("{path}/members/{EVE}");
        ada.patch(&member, json!({"timeout_until": until}))
            .await
            .is_invalid("timeout_until", "out_of_range");
        let soon = platform::clock::Clock::system()
            .now()
            .plus(std::time::Duration::from_mins(1))
            .to_string();
        let body = json!({"timeout_until": soon, "nickname": "E", "reason": "spam"});
        ada.patch(&member, body).await.expect(200);
        ada.delete(&format!("{member}?reason=more%20spam")).await.expect(204);
        let ban = format!("{path}/bans/{EVE}");
        ada.put(&ban, json!({"reason": "x", "delete_messages_seconds": 60}))
            .await
            .expect(200);
        ada.delete(&ban).await.expect(204);
        let entries = read(&world, ADA, &server, "").await;
        assert_eq!(
            actions(&entries),
            [
                "member.unbanned",
                "member.banned",
                "member.kicked",
                "member.timed_out",
                "member.nickname_updated"
            ],
            "{}",
            world.kind
        );
        for entry in &entries {
            assert_eq!(entry["actor"]["username"], "ada", "{}", world.kind);
            let target = json!({"kind": "user", "id": EVE.to_string(), "name": "Ève"});
            assert_eq!(entry["target"], target, "{}: whom it hit", world.kind);
        }
        let reasons: Vec<&Value> = entries.iter().map(|entry| &entry["reason"]).collect();
        let expected = [
            json!(null),
            json!("x"),
            json!("more spam"),
            json!("spam"),
            json!("spam"),
        ];
        assert_eq!(reasons, expected.iter().collect::<Vec<_>>(), "{}", world.kind);
        let changes = |index: usize| entries[index]["changes"].clone();
        let one =
            |field: &str, before: Value, after: Value| json!([{"field": field, "before": before, "after": after}]);
        assert_eq!(changes(0), one("reason", json!("x"), Value::Null));
        assert_eq!(changes(1), one("delete_messages_seconds", Value::Null, json!(60)));
        assert_eq!(changes(2), json!([]));
        assert_eq!(changes(3), one("timeout_until", Value::Null, json!(soon)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_read_by_pages_and_by_what_is_looked_for() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        promote(
            &world,
            &server,
            BOB,
            5,
            &[Permission::ManageServer, Permission::ViewAuditLog],
        )
        .await;
        for number in 0..5 {
            let actor = if number % 2 == 0 { ADA } else { BOB };
            let body = json!({"name": format!("n{number}")});
            world.user(actor).patch(&path, body).await.expect(200);
        }
        let channel = json!({"name": "c", "kind": "text"});
        let channel = id(&world
            .user(ADA)
            .post(&format!("{path}/channels"), channel)
            .await
            .expect(201));
        let all = read(&world, BOB, &server, "").await;
        let ids: Vec<i64> = all.iter().map(|entry| id(entry).parse().unwrap()).collect();
        assert!(
            ids.len() == 6 && ids.is_sorted_by(|one, next| one > next),
            "{}: {ids:?}",
            world.kind
        );
        let (mut paged, mut before) = (Vec::new(), String::new());
        loop {
            let page = format!("{path}/audit-log?limit=4{before}");
            let page = world.user(BOB).get(&page).await.expect(200);
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            before = format!("&before={next}");
        }
        assert_eq!(paged, all, "{}", world.kind);
        for (query, count) in [
            (format!("?actor_id={BOB}"), 2),
            ("?action=server.updated".to_owned(), 5),
            (format!("?target_id={channel}"), 1),
            (format!("?actor_id={BOB}&action=channel.created"), 0),
        ] {
            assert_eq!(
                read(&world, BOB, &server, &query).await.len(),
                count,
                "{}: {query}",
                world.kind
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_of_a_channel_that_they_do_not_see() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let channels = format!("/servers/{server}/channels");
        let ada = world.user(ADA);
        promote(&world, &server, BOB, 5, &[Permission::ViewAuditLog]).await;
        let create = async |name: &str| {
            id(&ada
                .post(&channels, json!({"name": name, "kind": "text"}))
                .await
                .expect(201))
        };
        let [open, hidden, open_gone, hidden_gone] = [
            create("open").await,
            create("secret").await,
            create("gone").await,
            create("secret too").await,
        ];
        let hide = "INSERT INTO overwrites (server_id, channel_id, target_id, is_member, allowed, denied)
                    VALUES ($1, $2, $1, FALSE, 0, $3)";
        let view = PermissionSet::of(&[Permission::ViewChannel]);
        for channel in [&hidden, &hidden_gone] {
            world
                .meddle(&server, hide, &args![channel.parse::<i64>().unwrap(), view])
                .await;
        }
        for channel in [&open, &hidden] {
            ada.patch(&format!("{channels}/{channel}"), json!({"topic": "t"}))
                .await
                .expect(200);
        }
        for channel in [&open_gone, &hidden_gone] {
            ada.delete(&format!("{channels}/{channel}")).await.expect(204);
        }
        let all = read(&world, ADA, &server, "").await;
        assert_eq!(all.len(), 8, "{}", world.kind);
        let seen = read(&world, BOB, &server, "").await;
        let whole = serde_json::to_string(&seen).unwrap();
        assert!(
            !whole.contains("secret") && !whole.contains(&hidden),
            "{}: {whole}",
            world.kind
        );
        assert!(!whole.contains(&hidden_gone), "{}: {whole}", world.kind);
        // That an open channel was deleted, everybody saw; what it was like before is told no more.
        assert_eq!(
            actions(&seen),
            ["channel.deleted", "channel.updated", "channel.created"],
            "{}",
            world.kind
        );
        assert_eq!(seen[0]["target"]["id"], json!(open_gone), "{}", world.kind);
        let of_hidden = read(&world, BOB, &server, &format!("?target_id={hidden}")).await;
        assert!(of_hidden.is_empty(), "{}: {of_hidden:?}", world.kind);
        // Whoever sees it reads it.
        let show = "UPDATE overwrites SET denied = 0 WHERE server_id = $1";
        world.meddle(&server, show, &[]).await;
        let of_hidden = read(&world, BOB, &server, &format!("?target_id={hidden}")).await;
        assert_eq!(of_hidden.len(), 2, "{}", world.kind);
        // Administrators read everything.
        promote(&world, &server, BOB, 6, &[Permission::Administrator]).await;
        assert_eq!(
            read(&world, BOB, &server, "").await,
            read(&world, ADA, &server, "").await,
            "{}",
            world.kind
        );
    }
}
