//! Who sees a channel.

use model::{Permission, PermissionSet};
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, worlds};

const ADD: &str = "INSERT INTO overwrites (server_id, channel_id, target_id, is_member, allowed, denied) VALUES ($1, $2, $3, $4, $5, $6)";

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["user"]["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A channel that the owner and those who hold a role see.
async fn secret(world: &World, server: &str) -> (String, i64) {
    let path = format!("/servers/{server}/channels");
    let channel = id(&world
        .user(ADA)
        .post(&path, json!({"name": "secret", "kind": "text"}))
        .await
        .expect(201));
    let (of, role) = (channel.parse::<i64>().unwrap(), 77_i64);
    let view = PermissionSet::of(&[Permission::ViewChannel]);
    let everyone: i64 = server.parse().unwrap();
    let none = PermissionSet::EMPTY;
    world.meddle(server, ADD, &args![of, everyone, false, none, view]).await;
    world.meddle(server, ADD, &args![of, role, false, view, none]).await;
    let sql = "INSERT INTO roles (server_id, id, name, color, position, hoisted, permissions) VALUES ($1, $2, 'staff', NULL, 1, FALSE, 0)";
    world.meddle(server, sql, &args![role]).await;
    (channel, role)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_see_it_are_listed_and_may_list() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        world
            .user(EVE)
            .post(&format!("/servers/{server}/join"), json!({}))
            .await
            .expect(200);
        let (channel, role) = secret(&world, &server).await;
        let path = format!("/servers/{server}/channels/{channel}/members");
        let give = "INSERT INTO member_roles (server_id, user_id, role_id) VALUES ($1, $2, $3)";
        world.meddle(&server, give, &args![BOB, role]).await;
        let seen = world.user(ADA).get(&path).await.expect(200);
        assert_eq!(names(&seen), [ADA.to_string(), BOB.to_string()], "{}", world.kind);
        assert_eq!(world.user(BOB).get(&path).await.expect(200), seen, "{}", world.kind);
        world.user(EVE).get(&path).await.is_problem(404, "channel_not_found");
        let searched = world.user(ADA).get(&format!("{path}?query=bob")).await.expect(200);
        assert_eq!(names(&searched), [BOB.to_string()], "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_channel_that_few_of_many_see_end_and_miss_nobody() {
    const MEMBERS: i64 = 4_321;
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let (channel, role) = secret(&world, &server).await;
        let add = "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT))
                   INSERT INTO members (server_id, user_id, joined_at, username, display_name, display_name_fold)
                   SELECT CAST($1 AS BIGINT), 9999 + i, 1, 'm' || CAST(i AS TEXT), 'm', 'm' FROM n";
        world.meddle(&server, add, &args![MEMBERS]).await;
        let held = [10_000, 10_777, 12_999, 14_320];
        let give = "INSERT INTO member_roles (server_id, user_id, role_id) VALUES ($1, $2, $3)";
        for user in held {
            world.meddle(&server, give, &args![user, role]).await;
        }
        let path = format!("/servers/{server}/channels/{channel}/members");
        let (mut seen, mut pages, mut after) = (Vec::new(), 0, String::new());
        loop {
            let page = world.user(ADA).get(&format!("{path}?limit=3{after}")).await.expect(200);
            assert!(page["items"].as_array().unwrap().len() <= 3);
            seen.extend(names(&page));
            pages += 1;
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let mut expected: Vec<String> = held.iter().map(ToString::to_string).chain([ADA.to_string()]).collect();
        expected.sort();
        seen.sort();
        assert_eq!(seen, expected, "{}", world.kind);
        assert!(pages <= 6, "{}: {pages} pages", world.kind);
    }
}
