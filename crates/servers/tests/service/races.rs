//! The same thing attempted sixty-four times at once, and different things at once.

use contracts::events::EventKind;
use futures::future::join_all;
use model::limits;
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, ids, worlds};

const TIMES: i64 = 64;

async fn member_count(world: &World, server: &str) -> (Value, i64) {
    let told = world.user(ADA).get(&format!("/servers/{server}")).await.expect(200)["member_count"].take();
    let sql = "SELECT COUNT(*) FROM members WHERE server_id = $1";
    let (rows,) = world
        .db
        .one::<(i64,)>(sql, args![server.parse::<i64>().unwrap()])
        .await
        .unwrap();
    (told, rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_user_joins_once() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        world.events().await;
        let path = format!("/servers/{server}/join");
        for answer in join_all((0..TIMES).map(|_| world.user(EVE).post(&path, Value::Null))).await {
            let body = answer.expect(200);
            assert_eq!(
                (&body["id"], &body["me"]["user"]["username"]),
                (&json!(server), &json!("eve")),
                "{}",
                world.kind
            );
        }
        assert_eq!(member_count(&world, &server).await, (json!(3), 3), "{}", world.kind);
        let kinds: Vec<EventKind> = world.events().await.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            [EventKind::ServerCreated, EventKind::MemberJoined],
            "{}: told once",
            world.kind
        );
        let path = format!("/servers/{server}/leave");
        let left = join_all((0..TIMES).map(|_| world.user(EVE).post(&path, Value::Null))).await;
        assert_eq!(
            left.iter().filter(|answer| answer.status == 204).count(),
            1,
            "{}",
            world.kind
        );
        assert!(
            left.iter().all(|answer| matches!(answer.status, 204 | 404)),
            "{}",
            world.kind
        );
        assert_eq!(member_count(&world, &server).await, (json!(2), 2), "{}", world.kind);
        assert_eq!(world.events().await.len(), 2, "{}: told once", world.kind);
        let totals: Vec<(i64, i64)> = world
            .db
            .all("SELECT user_id, servers FROM user_totals ORDER BY user_id", [])
            .await
            .unwrap();
        assert_eq!(totals, [(ADA, 1), (BOB, 1), (EVE, 0)], "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_join_at_once_and_all_are_counted() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        world.events().await;
        let path = format!("/servers/{server}/join");
        for user in 0..TIMES {
            world.is_user(2_000 + user, &format!("user{user}"), &format!("User {user}"));
        }
        for answer in join_all((0..TIMES).map(|user| world.user(2_000 + user).post(&path, Value::Null))).await {
            answer.expect(200);
        }
        assert_eq!(
            member_count(&world, &server).await,
            (json!(TIMES + 2), TIMES + 2),
            "{}",
            world.kind
        );
        let events = world.events().await;
        let mut versions: Vec<i64> = events.iter().filter_map(|event| event.tenant_version).collect();
        versions.sort_unstable();
        versions.dedup();
        assert_eq!(versions.len(), 64, "{}: a version for each", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_place_is_given_once() {
    for world in worlds().await {
        let limit = i64::try_from(limits::SERVERS_PER_USER).unwrap();
        let mut servers = Vec::new();
        for number in 0..8 {
            let body = json!({"name": format!("s{number}"), "visibility": "public"});
            servers.push(id(&world.user(ADA).post("/servers", body).await.expect(201)));
        }
        let mut tx = world.db.begin().await.unwrap();
        tx.run(
            "INSERT INTO user_totals (user_id, servers, owned) VALUES ($1, $2, 0)",
            args![EVE, limit - 1],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let joins = servers.iter().cycle().take(64).map(|server| world_join(&world, server));
        let statuses = join_all(joins).await;
        assert!(
            statuses.iter().all(|status| matches!(status, 200 | 409)),
            "{}: {statuses:?}",
            world.kind
        );
        assert_eq!(
            ids(&world.user(EVE).get("/users/@me/servers").await.expect(200)).len(),
            1,
            "{}",
            world.kind
        );
        let sql = "SELECT servers FROM user_totals WHERE user_id = $1";
        assert_eq!(
            world.db.one::<(i64,)>(sql, args![EVE]).await.unwrap(),
            (limit,),
            "{}",
            world.kind
        );
    }
}

async fn world_join(world: &World, server: &str) -> u16 {
    world
        .user(EVE)
        .post(&format!("/servers/{server}/join"), Value::Null)
        .await
        .status
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_founds_more_than_allowed() {
    for world in worlds().await {
        let body = json!({"name": "x", "visibility": "private"});
        let answers = join_all((0..TIMES).map(|_| world.user(BOB).post("/servers", body.clone()))).await;
        let founded = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(founded, limits::SERVERS_OWNED_PER_USER, "{}", world.kind);
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            answer.is_problem(409, "too_many_owned_servers");
        }
        assert_eq!(
            ids(&world.user(BOB).get("/users/@me/servers").await.expect(200)).len(),
            founded,
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_stay_in_rank_and_within_their_number() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/channels");
        let folder = id(&world
            .user(ADA)
            .post(&path, json!({"name": "f", "kind": "folder"}))
            .await
            .expect(201));
        // Almost full: ids below any real one, at positions before the two there are.
        let free = 20;
        let present = i64::try_from(limits::CHANNELS_PER_SERVER).unwrap() - free;
        for number in 2..present {
            let sql = "INSERT INTO channels (server_id, id, kind, name, topic, parent_id, position, created_at)
                       VALUES ($1, $2, 'text', 'x', NULL, NULL, $3, 0)";
            world.meddle(&server, sql, &args![number + 100, number]).await;
        }
        let answers = {
            let (world, path, folder) = (&world, path.as_str(), folder.as_str());
            join_all((0..TIMES).map(|number| async move {
                let parent = if number % 2 == 0 { json!(folder) } else { Value::Null };
                world
                    .user(ADA)
                    .post(path, json!({"name": "n", "kind": "text", "parent_id": parent}))
                    .await
            }))
            .await
        };
        assert_eq!(
            answers.iter().filter(|answer| answer.status == 201).count(),
            20,
            "{}",
            world.kind
        );
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            answer.is_problem(409, "too_many_channels");
        }
        let all = world.user(ADA).get(&path).await.expect(200);
        for parent in [Value::Null, json!(folder)] {
            let row = all["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|channel| channel["parent_id"] == parent);
            let positions: Vec<i64> = row.map(|channel| channel["position"].as_i64().unwrap()).collect();
            assert!(
                positions.is_sorted_by(|one, next| one < next),
                "{}: every one at a place of its own",
                world.kind
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_leaving_and_destroying_at_once_ends_clean() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        for user in 0..32 {
            world.is_user(3_000 + user, &format!("user{user}"), "User");
        }
        let acts = (0..TIMES).map(|number| {
            let (world, server) = (&world, server.as_str());
            async move {
                if number == 40 {
                    return world.user(ADA).delete(&format!("/servers/{server}")).await.status;
                }
                let act = if number % 3 == 2 { "leave" } else { "join" };
                world
                    .user(3_000 + number % 32)
                    .post(&format!("/servers/{server}/{act}"), Value::Null)
                    .await
                    .status
            }
        });
        let statuses = join_all(acts).await;
        assert!(
            statuses.iter().all(|status| matches!(status, 200 | 204 | 404)),
            "{}: {statuses:?}",
            world.kind
        );
        let left: Vec<(i64, i64)> = world
            .db
            .all(
                "SELECT user_id, servers FROM user_totals WHERE servers <> 0 OR owned <> 0",
                [],
            )
            .await
            .unwrap();
        assert!(left.is_empty(), "{}: {left:?}", world.kind);
    }
}
