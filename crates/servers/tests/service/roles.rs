//! Roles: made, changed, ordered, held, deleted; and the server as one sees it.

use contracts::events::{Audience, EventKind};
use model::{Permission, ServerId, UserId};
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, ids, worlds};

/// The kinds of the events since asked last, with their data; all are for the whole server, at its version.
async fn told(world: &World, server: &str) -> Vec<(EventKind, Value)> {
    let server_id = ServerId(server.parse().unwrap());
    let sql = "SELECT version FROM servers WHERE server_id = $1";
    let (version,) = world.db.one::<(i64,)>(sql, platform::args![server_id.0]).await.unwrap();
    let events = world.events().await;
    let all = events.iter().map(|event| {
        assert_eq!(event.audience, Audience::Server { server_id }, "{}", world.kind);
        assert_eq!(event.tenant_version, Some(version), "{}", world.kind);
        (event.kind, serde_json::from_str(event.data.get()).unwrap())
    });
    all.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_made_changed_and_deleted() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let (roles, ada) = (format!("{path}/roles"), world.user(ADA));
        world.events().await;
        let body = json!({
            "name": " Moderator ", "color": "#AABBCC", "hoisted": true, "mentionable": true,
            "permissions": ["manage_messages", "view_channel"]
        });
        let role = ada.post(&roles, body).await.expect(201);
        assert_eq!(told(&world, &server).await, [(EventKind::RoleCreated, role.clone())]);
        let itself = format!("{roles}/{}", id(&role));
        assert_eq!(
            (
                &role["name"],
                &role["color"],
                &role["hoisted"],
                &role["mentionable"],
                &role["permissions"]
            ),
            (
                &json!("Moderator"),
                &json!("#aabbcc"),
                &json!(true),
                &json!(true),
                &json!(["view_channel", "manage_messages"])
            ),
            "{}",
            world.kind
        );
        let plain = ada.post(&roles, json!({"name": "Plain"})).await.expect(201);
        assert_eq!(
            (
                &plain["color"],
                &plain["hoisted"],
                &plain["mentionable"],
                &plain["permissions"]
            ),
            (&Value::Null, &json!(false), &json!(false), &json!([])),
            "{}",
            world.kind
        );
        let list = world.user(BOB).get(&roles).await.expect(200);
        assert_eq!(
            ids(&list),
            [server.clone(), id(&plain), id(&role)],
            "{}: a new one is lowest",
            world.kind
        );

        world.events().await;
        let change = json!({"name": "Mod", "color": null, "hoisted": false, "mentionable": false, "permissions": ["pin_messages"]});
        let changed = ada.patch(&itself, change.clone()).await.expect(200);
        assert_eq!(told(&world, &server).await, [(EventKind::RoleUpdated, changed.clone())]);
        assert_eq!(
            (&changed["name"], &changed["color"], &changed["permissions"]),
            (&json!("Mod"), &Value::Null, &json!(["pin_messages"]))
        );
        assert_eq!(ada.get(&roles).await.expect(200)["items"][2], changed, "{}", world.kind);
        ada.patch(&itself, change).await.expect(200);
        ada.patch(&itself, json!({})).await.expect(200);
        assert!(
            told(&world, &server).await.is_empty(),
            "{}: nothing new is not told",
            world.kind
        );

        let general = id(&ada.get(&format!("{path}/channels")).await.expect(200)["items"][0]);
        let both = [id(&role), id(&plain)];
        world.holds(&server, BOB, &both.each_ref().map(String::as_str)).await;
        world
            .overwrite([&server, &general], "role", &both[0], [&[Permission::Connect], &[]])
            .await;
        world.events().await;
        ada.delete(&itself).await.expect(204);
        let gone = json!({"id": both[0], "server_id": server});
        assert_eq!(
            told(&world, &server).await,
            [(EventKind::RoleDeleted, gone)],
            "{}",
            world.kind
        );
        let bob = ada.get(&format!("{path}/members/{BOB}")).await.expect(200);
        assert_eq!(bob["role_ids"], json!([both[1]]), "{}", world.kind);
        let overwrites = ada
            .get(&format!("{path}/channels/{general}/overwrites"))
            .await
            .expect(200);
        assert_eq!(overwrites["items"], json!([]), "{}", world.kind);
        ada.delete(&itself).await.is_problem(404, "role_not_found");
        ada.patch(&itself, json!({})).await.is_problem(404, "role_not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_ordered_and_only_what_moves_is_told() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let (roles, ada) = (format!("/servers/{server}/roles"), world.user(ADA));
        let [c, b, a] = [
            world.role(&server, &[]).await,
            world.role(&server, &[]).await,
            world.role(&server, &[]).await,
        ];
        let everyone = server.as_str();
        let order = async |places: Value| ids(&ada.patch(&roles, json!({ "roles": places })).await.expect(200));
        assert_eq!(order(json!([])).await, [everyone, &a, &b, &c], "{}", world.kind);
        world.events().await;
        let moved = order(json!([{"id": a, "position": 3}])).await;
        assert_eq!(moved, [everyone, &b, &c, &a], "{}", world.kind);
        let events = told(&world, &server).await;
        assert_eq!(events.len(), 1, "{}: {events:?}", world.kind);
        assert_eq!((events[0].0, id(&events[0].1)), (EventKind::RoleUpdated, a.clone()));
        let all = json!([{"id": c, "position": 1}, {"id": a, "position": 2}, {"id": b, "position": 3}]);
        assert_eq!(order(all.clone()).await, [everyone, &c, &a, &b], "{}", world.kind);
        assert_eq!(
            told(&world, &server).await.len(),
            1,
            "{}: of one that passed two",
            world.kind
        );
        assert_eq!(order(all).await, [everyone, &c, &a, &b], "{}", world.kind);
        let top = order(json!([{"id": c, "position": 99}])).await;
        assert_eq!(top, [everyone, &a, &b, &c], "{}", world.kind);
        assert_eq!(
            told(&world, &server).await.len(),
            1,
            "{}: what stays is not told",
            world.kind
        );

        for (places, field, code) in [
            (
                json!([{"id": a, "position": 1}, {"id": "1", "position": 1}]),
                "roles.1.id",
                "unknown_role",
            ),
            (
                json!([{"id": a, "position": 1}, {"id": a, "position": 2}]),
                "roles.1.id",
                "duplicate",
            ),
            (json!([{"id": server, "position": 1}]), "roles.0.id", "everyone_role"),
            (json!([{"id": a, "position": 0}]), "roles.0.position", "out_of_range"),
        ] {
            let answer = ada.patch(&roles, json!({ "roles": places })).await;
            answer.is_invalid(field, code);
        }
        assert_eq!(
            ids(&ada.get(&roles).await.expect(200)),
            [everyone, &a, &b, &c],
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_given_roles_and_lose_them() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/members");
        let [mod_role, fan] = [
            world.role(&server, &[Permission::ManageServer]).await,
            world.role(&server, &[]).await,
        ];
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        world.events().await;
        let body = json!({"role_ids": [fan, mod_role], "nickname": "Bobby"});
        let member = ada.patch(&format!("{path}/{BOB}"), body.clone()).await.expect(200);
        assert_eq!(
            (&member["user"]["id"], &member["role_ids"], &member["nickname"]),
            (&json!(BOB.to_string()), &json!([mod_role, fan]), &json!("Bobby")),
            "{}: the target, not who did it",
            world.kind
        );
        let owner = ada.get(&format!("{path}/{ADA}")).await.expect(200);
        assert_eq!(owner["role_ids"], json!([]), "{}", world.kind);
        let events = world.events().await;
        assert_eq!(
            (events.len(), events[0].kind, events[0].user_id),
            (1, EventKind::MemberUpdated, Some(UserId(BOB))),
            "{}: one change, one event",
            world.kind
        );
        let told: Value = serde_json::from_str(events[0].data.get()).unwrap();
        assert_eq!(told["role_ids"], member["role_ids"], "{}", world.kind);
        ada.patch(&format!("{path}/{BOB}"), body).await.expect(200);
        assert!(world.events().await.is_empty(), "{}", world.kind);
        bob.patch(&format!("/servers/{server}"), json!({"name": "Bob's"}))
            .await
            .expect(200);
        world.holds(&server, BOB, &[&fan]).await;
        bob.patch(&format!("/servers/{server}"), json!({"name": "x"}))
            .await
            .is_problem(403, "missing_permission");

        for (role_ids, field, code) in [
            (json!([fan, fan]), "role_ids.1", "duplicate"),
            (json!([fan, "1"]), "role_ids.1", "unknown_role"),
            (json!([server]), "role_ids.0", "everyone_role"),
            (json!(vec!["1"; 101]), "role_ids", "too_long"),
            (Value::Null, "role_ids", "required"),
        ] {
            let answer = ada
                .patch(&format!("{path}/{BOB}"), json!({ "role_ids": role_ids }))
                .await;
            answer.is_invalid(field, code);
        }
        let absent = ada.patch(&format!("{path}/{EVE}"), json!({"role_ids": [fan]})).await;
        absent.is_problem(404, "member_not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_seen_as_a_role() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server, general) = (id(&server), id(&server["channels"][0]));
        let path = format!("/servers/{server}");
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        let new = json!({"name": "staff", "kind": "text", "private": true});
        let staff = id(&ada.post(&format!("{path}/channels"), new.clone()).await.expect(201));
        let vault = id(&ada.post(&format!("{path}/channels"), new).await.expect(201));
        let manager = world.role(&server, &[Permission::ManageRoles]).await;
        let role = world.role(&server, &[Permission::PinMessages]).await;
        world.holds(&server, BOB, &[&manager]).await;
        for (channel, kind, target) in [
            (&staff, "role", role.clone()),
            (&vault, "role", role.clone()),
            (&staff, "member", BOB.to_string()),
        ] {
            world
                .overwrite([&server, channel], kind, &target, [&[Permission::ViewChannel], &[]])
                .await;
        }
        let seen_as = format!("{path}/roles/{role}/permissions");
        let seen = ada.get(&seen_as).await.expect(200);
        let visible = |seen: &Value| -> Vec<String> { seen["channels"].as_object().unwrap().keys().cloned().collect() };
        assert_eq!(
            visible(&seen),
            [general.clone(), staff.clone(), vault],
            "{}",
            world.kind
        );
        assert!(seen["permissions"].as_array().unwrap().contains(&json!("pin_messages")));
        // Bob does not learn of the vault.
        assert_eq!(
            visible(&bob.get(&seen_as).await.expect(200)),
            [general.clone(), staff],
            "{}",
            world.kind
        );
        let everyone = ada.get(&format!("{path}/roles/{server}/permissions")).await.expect(200);
        assert_eq!(visible(&everyone), [general], "{}", world.kind);
        world.holds(&server, BOB, &[&role]).await;
        let mine = bob.get(&format!("{path}/permissions/@me")).await.expect(200);
        assert_eq!(ada.get(&seen_as).await.expect(200), mine, "{}: as it is", world.kind);
        bob.get(&seen_as).await.is_problem(403, "missing_permission");
        ada.get(&format!("{path}/roles/1/permissions"))
            .await
            .is_problem(404, "role_not_found");
    }
}
