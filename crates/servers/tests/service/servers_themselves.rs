//! Servers as wholes: founded, seen, changed, destroyed.

use model::{PermissionSet, limits};
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, id, ids, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_server_has_all_it_needs() {
    for world in worlds().await {
        let ada = world.user(ADA);
        let server = ada
            .post("/servers", json!({"name": "  Chess   club ", "visibility": "private"}))
            .await
            .expect(201);
        assert_eq!(
            (&server["name"], &server["kind"]),
            (&json!("Chess club"), &json!("community")),
            "{}",
            world.kind
        );
        assert_eq!(
            (&server["description"], &server["icon_url"], &server["banner_url"]),
            (&json!(""), &Value::Null, &Value::Null)
        );
        assert_eq!(
            (&server["member_count"], &server["owner_id"]),
            (&json!(1), &json!(ADA.to_string()))
        );
        assert_eq!(server["channels"].as_array().unwrap().len(), 1);
        let channel = &server["channels"][0];
        assert_eq!(
            (&channel["name"], &channel["kind"], &channel["private"]),
            (&json!("general"), &json!("text"), &json!(false))
        );
        assert_eq!(server["roles"].as_array().unwrap().len(), 1);
        let everyone = &server["roles"][0];
        assert_eq!((&everyone["id"], &everyone["position"]), (&server["id"], &json!(0)));
        assert_eq!(
            everyone["permissions"],
            serde_json::to_value(PermissionSet::PRIVATE_DEFAULT).unwrap()
        );
        assert_eq!(server["permissions"], serde_json::to_value(PermissionSet::ALL).unwrap());
        assert_eq!(server["me"]["user"]["display_name"], "Ada Lovelace");
        assert_eq!(
            ada.get(&format!("/servers/{}", id(&server))).await.expect(200),
            server,
            "{}",
            world.kind
        );
        let public = ada
            .post("/servers", json!({"name": "Go", "visibility": "public"}))
            .await
            .expect(201);
        assert_eq!(
            public["roles"][0]["permissions"],
            serde_json::to_value(PermissionSet::PUBLIC_DEFAULT).unwrap()
        );
        let mine = ada.get("/users/@me/servers").await.expect(200);
        assert_eq!(
            (ids(&mine), &mine["next"]),
            (vec![id(&server), id(&public)], &Value::Null)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_new_server_is_told() {
    let worlds = worlds().await;
    let ada = worlds[0].user(ADA);
    let long = "x".repeat(limits::SERVER_NAME_MAX + 1);
    ada.post("/servers", json!({"name": " ", "visibility": "public"}))
        .await
        .is_invalid("name", "required");
    ada.post("/servers", json!({"visibility": "public"}))
        .await
        .is_invalid("name", "required");
    ada.post("/servers", json!({"name": long, "visibility": "public"}))
        .await
        .is_invalid("name", "too_long");
    ada.post("/servers", json!({"name": "a\u{202e}b", "visibility": "public"}))
        .await
        .is_invalid("name", "invalid_character");
    ada.post("/servers", json!({"name": "x", "visibility": "secret"}))
        .await
        .is_invalid("visibility", "invalid_format");
    ada.post("/servers", json!({"name": "x"}))
        .await
        .is_invalid("visibility", "required");
    ada.post("/servers", json!({"name": 7, "visibility": "public"}))
        .await
        .is_problem(400, "malformed_json");
    let both = ada
        .post("/servers", json!({"name": "", "visibility": ""}))
        .await
        .is_problem(422, "invalid");
    assert_eq!(both["errors"].as_array().unwrap().len(), 2, "{both}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_gone_founds_nothing() {
    let worlds = worlds().await;
    let ghost = worlds[0].user(4_242);
    ghost
        .post("/servers", json!({"name": "x", "visibility": "public"}))
        .await
        .is_problem(401, "not_signed_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_users_service_is_away_nothing_is_half_done() {
    let worlds = worlds().await;
    let world = &worlds[0];
    world.users.away.store(true, std::sync::atomic::Ordering::SeqCst);
    world
        .user(ADA)
        .post("/servers", json!({"name": "x", "visibility": "public"}))
        .await
        .is_problem(503, "unavailable");
    assert!(ids(&world.user(ADA).get("/users/@me/servers").await.expect(200)).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_changes_where_it_is_told_to() {
    for world in worlds().await {
        let server = world.server("public").await;
        let path = format!("/servers/{}", id(&server));
        let ada = world.user(ADA);
        let changed = ada
            .patch(&path, json!({"name": "Go club", "description": "Ko.\nSeki."}))
            .await
            .expect(200);
        assert_eq!(
            (&changed["name"], &changed["description"]),
            (&json!("Go club"), &json!("Ko.\nSeki."))
        );
        assert!(
            changed.get("channels").is_none() && changed["visibility"] == "public",
            "{changed}"
        );
        let cleared = ada
            .patch(&path, json!({"description": null, "visibility": "private"}))
            .await
            .expect(200);
        assert_eq!(
            (&cleared["name"], &cleared["description"], &cleared["visibility"]),
            (&json!("Go club"), &json!(""), &json!("private"))
        );
        let seen = world.user(BOB).get(&path).await.expect(200);
        assert_eq!(
            (&seen["visibility"], &seen["member_count"]),
            (&json!("private"), &json!(2)),
            "{}: members stay",
            world.kind
        );
        let mut roles = server["roles"].clone();
        // Everybody invited while it was public.
        roles[0]["permissions"] = json!(PermissionSet::PRIVATE_DEFAULT);
        assert_eq!(seen["roles"], roles, "{}: roles stay otherwise", world.kind);
        world.user(EVE).get(&path).await.is_problem(404, "server_not_found");
        ada.patch(&path, json!({"name": null}))
            .await
            .is_invalid("name", "required");
        ada.patch(&path, json!({"visibility": null}))
            .await
            .is_invalid("visibility", "required");
        ada.patch(&path, json!({"visibility": "x"}))
            .await
            .is_invalid("visibility", "invalid_format");
        ada.patch(&path, json!({"description": "x".repeat(1_001)}))
            .await
            .is_invalid("description", "too_long");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_server_leaves_nothing() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server_id, path) = (id(&server), format!("/servers/{}", id(&server)));
        let folder = world
            .user(ADA)
            .post(&format!("{path}/channels"), json!({"name": "f", "kind": "folder"}))
            .await
            .expect(201);
        let inside = json!({"name": "x", "kind": "voice", "parent_id": id(&folder)});
        world
            .user(ADA)
            .post(&format!("{path}/channels"), inside)
            .await
            .expect(201);
        let role = world.role(&server_id, &[]).await;
        world.holds(&server_id, BOB, &[&role]).await;
        world
            .overwrite([&server_id, &id(&folder)], "role", &role, [&[], &[]])
            .await;
        let other = world.server("public").await;
        world.user(ADA).delete(&path).await.expect(204);
        for user in [ADA, BOB, EVE] {
            world.user(user).get(&path).await.is_problem(404, "server_not_found");
        }
        world.user(ADA).delete(&path).await.is_problem(404, "server_not_found");
        let server: i64 = server_id.parse().unwrap();
        for table in ["servers", "roles", "channels", "members", "member_roles", "overwrites"] {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE server_id = $1");
            assert_eq!(
                world.db.one::<(i64,)>(&sql, args![server]).await.unwrap(),
                (0,),
                "{}: {table}",
                world.kind
            );
        }
        let totals = "SELECT user_id, servers, owned FROM user_totals ORDER BY user_id";
        let totals: Vec<(i64, i64, i64)> = world.db.all(totals, []).await.unwrap();
        assert_eq!(totals, [(ADA, 1, 1), (BOB, 1, 0)], "{}", world.kind);
        assert_eq!(
            ids(&world.user(BOB).get("/users/@me/servers").await.expect(200)),
            [id(&other)]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_in_or_owns_too_many() {
    for world in worlds().await {
        let full =
            |servers: usize, owned: usize| args![BOB, i64::try_from(servers).unwrap(), i64::try_from(owned).unwrap()];
        let mut tx = world.db.begin().await.unwrap();
        let sql = "INSERT INTO user_totals (user_id, servers, owned) VALUES ($1, $2, $3)";
        tx.run(sql, full(limits::SERVERS_PER_USER, 0)).await.unwrap();
        tx.commit().await.unwrap();
        let server = world
            .user(ADA)
            .post("/servers", json!({"name": "x", "visibility": "public"}))
            .await
            .expect(201);
        let path = format!("/servers/{}", id(&server));
        let bob = world.user(BOB);
        bob.post(&format!("{path}/join"), Value::Null)
            .await
            .is_problem(409, "too_many_servers");
        bob.post("/servers", json!({"name": "x", "visibility": "public"}))
            .await
            .is_problem(409, "too_many_servers");
        assert_eq!(
            bob.get(&path).await.expect(200)["member_count"],
            1,
            "{}: rolled back",
            world.kind
        );
        let mut tx = world.db.begin().await.unwrap();
        let sql = "UPDATE user_totals SET servers = $2, owned = $3 WHERE user_id = $1";
        tx.run(sql, full(60, limits::SERVERS_OWNED_PER_USER)).await.unwrap();
        tx.commit().await.unwrap();
        bob.post("/servers", json!({"name": "x", "visibility": "public"}))
            .await
            .is_problem(409, "too_many_owned_servers");
        bob.post(&format!("{path}/join"), Value::Null).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn special_channels_are_for_members_to_know() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (path, channel) = (format!("/servers/{}", id(&server)), id(&server["channels"][0]));
        let sql = "UPDATE servers SET default_channel_id = $2, system_channel_id = $2 WHERE server_id = $1";
        let channel_id: i64 = channel.parse().unwrap();
        world.meddle(&id(&server), sql, &platform::args![channel_id]).await;
        let special = |server: &Value| {
            (
                server["default_channel_id"].clone(),
                server["system_channel_id"].clone(),
            )
        };
        let known = (json!(channel), json!(channel));
        let member = world.user(BOB);
        assert_eq!(special(&member.get(&path).await.expect(200)), known, "{}", world.kind);
        let mine = member.get("/users/@me/servers").await.expect(200);
        assert_eq!(special(&mine["items"][0]), known, "{}", world.kind);
        let nothing = (Value::Null, Value::Null);
        let stranger = world.user(EVE);
        assert_eq!(
            special(&stranger.get(&path).await.expect(200)),
            nothing,
            "{}",
            world.kind
        );
        let found = stranger.get("/servers/discover").await.expect(200);
        assert_eq!(special(&found["items"][0]), nothing, "{}", world.kind);
    }
}
