//! Joining, leaving, and the list of members.

use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, worlds};

async fn join(world: &World, server: &Value, user: i64) {
    world
        .user(user)
        .post(&format!("/servers/{}/join", id(server)), Value::Null)
        .await
        .expect(200);
}

fn names(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["user"]["display_name"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_is_in_and_who_leaves_is_out() {
    for world in worlds().await {
        let server = world.server("public").await;
        let path = format!("/servers/{}", id(&server));
        let eve = world.user(EVE);
        let visitor = eve.get(&path).await.expect(200);
        assert!(
            visitor.get("channels").is_none() && visitor["member_count"] == 2,
            "{visitor}"
        );
        let joined = eve.post(&format!("{path}/join"), Value::Null).await.expect(200);
        assert_eq!(
            (&joined["member_count"], &joined["me"]["user"]["username"]),
            (&json!(3), &json!("eve")),
            "{}",
            world.kind
        );
        assert_eq!(
            eve.post(&format!("{path}/join"), Value::Null).await.expect(200),
            joined,
            "{}",
            world.kind
        );
        assert_eq!(eve.get(&path).await.expect(200), joined);
        eve.post(&format!("{path}/leave"), Value::Null).await.expect(204);
        assert_eq!(eve.get(&path).await.expect(200), visitor);
        eve.post(&format!("{path}/leave"), Value::Null)
            .await
            .is_problem(404, "server_not_found");
        eve.get(&format!("{path}/channels"))
            .await
            .is_problem(404, "server_not_found");
        world
            .user(ADA)
            .post(&format!("{path}/leave"), Value::Null)
            .await
            .is_problem(409, "owner_cannot_leave");
        assert_eq!(
            world.user(ADA).get(&path).await.expect(200)["member_count"],
            2,
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_server_is_not_there_to_be_joined() {
    for world in worlds().await {
        let server = world.server("private").await;
        let path = format!("/servers/{}/join", id(&server));
        let private = world
            .user(EVE)
            .post(&path, Value::Null)
            .await
            .is_problem(404, "server_not_found");
        let none = world
            .user(EVE)
            .post("/servers/77/join", Value::Null)
            .await
            .is_problem(404, "server_not_found");
        assert_eq!(private, none, "{}", world.kind);
        world.user(ADA).post(&path, Value::Null).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_listed_by_name_and_found_by_each_of_theirs() {
    for world in worlds().await {
        let server = world.server("public").await;
        let path = format!("/servers/{}/members", id(&server));
        for (user, username, name) in [
            (11, "zoe", "émile Zola"),
            (12, "frank", "Frank"),
            (13, "f2", "frank"),
            (14, "x_y", "100%"),
        ] {
            world.is_user(user, username, name);
            join(&world, &server, user).await;
        }
        join(&world, &server, EVE).await;
        world.meddle(&id(&server), "UPDATE members SET nickname = 'Le Roi', nickname_fold = 'le roi' WHERE server_id = $1 AND user_id = 12", &[]).await;
        let ada = world.user(ADA);
        let all = ada.get(&path).await.expect(200);
        let expected = ["100%", "Ada Lovelace", "Bob", "émile Zola", "Ève", "Frank", "frank"];
        assert_eq!(
            (names(&all), &all["next"]),
            (expected.to_vec(), &Value::Null),
            "{}",
            world.kind
        );
        let mut paged = Vec::new();
        let mut after = String::new();
        loop {
            let page = ada.get(&format!("{path}?limit=3{after}")).await.expect(200);
            paged.extend(names(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(paged, expected, "{}: in pages", world.kind);
        let find = async |query: &str| {
            let found = ada.get(&format!("{path}?query={query}")).await.expect(200);
            names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(find("EMILE").await, ["émile Zola"], "{}", world.kind);
        assert_eq!(find("zoe").await, ["émile Zola"], "by username");
        assert_eq!(find("ROI").await, ["Frank"], "by nickname");
        assert_eq!(find("%25").await, ["100%"], "a wildcard is a letter");
        assert_eq!(find("_").await, ["100%"], "a wildcard is a letter");
        assert!(find("nobody").await.is_empty());
        let role = world.role(&id(&server), &[]).await;
        world.holds(&id(&server), EVE, &[&role]).await;
        let with_role = async |role: &str, query: &str| {
            let found = ada
                .get(&format!("{path}?role_id={role}&query={query}"))
                .await
                .expect(200);
            names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(with_role(&role, "").await, ["Ève"], "{}: by role", world.kind);
        assert!(with_role(&role, "frank").await.is_empty(), "{}", world.kind);
        assert!(with_role("77", "").await.is_empty(), "a role that is not there");
        assert_eq!(with_role(&id(&server), "").await, expected, "{}: everyone", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_member_and_no_other() {
    let worlds = worlds().await;
    let world = &worlds[0];
    let server = world.server("public").await;
    let path = format!("/servers/{}/members", id(&server));
    let bob = world.user(ADA).get(&format!("{path}/{BOB}")).await.expect(200);
    assert_eq!(
        (&bob["user"]["username"], &bob["role_ids"], &bob["nickname"]),
        (&json!("bob"), &json!([]), &Value::Null)
    );
    world
        .user(ADA)
        .get(&format!("{path}/{EVE}"))
        .await
        .is_problem(404, "member_not_found");
    world
        .user(ADA)
        .get(&format!("{path}/x"))
        .await
        .is_problem(404, "not_found");
    world
        .user(EVE)
        .get(&format!("{path}/{BOB}"))
        .await
        .is_problem(404, "server_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pages_are_refused() {
    let worlds = worlds().await;
    let world = &worlds[0];
    let server = world.server("public").await;
    for path in [
        format!("/servers/{}/members", id(&server)),
        "/servers/discover".to_owned(),
    ] {
        let ada = world.user(ADA);
        ada.get(&format!("{path}?limit=0"))
            .await
            .is_invalid("limit", "out_of_range");
        ada.get(&format!("{path}?limit=101"))
            .await
            .is_invalid("limit", "out_of_range");
        ada.get(&format!("{path}?after=%00"))
            .await
            .is_invalid("after", "invalid_format");
        ada.get(&format!("{path}?after=77"))
            .await
            .is_invalid("after", "invalid_format");
        ada.get(&format!("{path}?query={}", "x".repeat(101)))
            .await
            .is_invalid("query", "too_long");
        ada.get(&format!("{path}?query=a%00b"))
            .await
            .is_invalid("query", "invalid_character");
        ada.get(&format!("{path}?limit=x"))
            .await
            .is_problem(400, "malformed_query");
    }
    let path = format!("/servers/{}/members", id(&server));
    world
        .user(ADA)
        .get(&format!("{path}?role_id=x"))
        .await
        .is_invalid("role_id", "invalid_format");
    let many = vec!["1"; 101].join(",");
    for (users, code) in [
        ("x", "invalid_format"),
        ("1,", "invalid_format"),
        ("", "invalid_format"),
        (&many, "out_of_range"),
    ] {
        let path = format!("{path}?user_ids={users}");
        world.user(ADA).get(&path).await.is_invalid("user_ids", code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_members_by_their_ids_for_members_alone() {
    for world in worlds().await {
        let server = world.server("public").await;
        let path = format!("/servers/{}/members", id(&server));
        let these = format!("{path}?user_ids={BOB},{EVE},{ADA},{BOB}");
        let found = world.user(BOB).get(&these).await.expect(200);
        assert_eq!(
            (names(&found), &found["next"]),
            (vec!["Ada Lovelace", "Bob"], &Value::Null),
            "{}",
            world.kind
        );
        let bob = world.user(ADA).get(&format!("{path}/{BOB}")).await.expect(200);
        assert_eq!(found["items"][1], bob, "{}: as alone", world.kind);
        let stranger = world.user(EVE).get(&these).await;
        stranger.is_problem(404, "server_not_found");
        world
            .user(ADA)
            .put(&format!("/servers/{}/bans/{BOB}", id(&server)), json!({}))
            .await
            .expect(200);
        world.user(BOB).get(&these).await.is_problem(404, "server_not_found");
        let left = world.user(ADA).get(&these).await.expect(200);
        assert_eq!(names(&left), ["Ada Lovelace"], "{}: who is banned is none", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_permissions_as_members_have_them() {
    for world in worlds().await {
        let server = world.server("public").await;
        let path = format!("/servers/{}", id(&server));
        let roles = world.user(BOB).get(&format!("{path}/roles")).await.expect(200);
        assert_eq!(
            (&roles["items"], &roles["next"]),
            (&server["roles"], &Value::Null),
            "{}",
            world.kind
        );
        let may = world
            .user(BOB)
            .get(&format!("{path}/permissions/@me"))
            .await
            .expect(200);
        let everyone = &server["roles"][0]["permissions"];
        let general = server["channels"][0]["id"].as_str().unwrap();
        assert_eq!(
            may,
            json!({"permissions": everyone, "channels": {general: everyone}}),
            "{}",
            world.kind
        );
        let owner = world
            .user(ADA)
            .get(&format!("{path}/permissions/@me"))
            .await
            .expect(200);
        assert_eq!(owner["permissions"], server["permissions"]);
    }
}
