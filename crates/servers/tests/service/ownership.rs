//! Giving a server to somebody else.

use contracts::events::EventKind;
use futures::future::join_all;
use model::{Permission, limits};
use platform::args;
use serde_json::{Value, json};

use crate::{
    moderation::promote,
    world::{ADA, BOB, EVE, World, id, worlds},
};

fn to(user: i64) -> Value {
    json!({"owner_id": user.to_string()})
}

/// How many servers each user owns, as it is counted and as it is.
async fn owned(world: &World, user: i64) -> (i64, i64) {
    let sql = "SELECT owned FROM user_totals WHERE user_id = $1";
    let (counted,) = world.db.one::<(i64,)>(sql, args![user]).await.unwrap();
    let sql = "SELECT COUNT(*) FROM servers WHERE owner_id = $1";
    let (real,) = world.db.one::<(i64,)>(sql, args![user]).await.unwrap();
    (counted, real)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_gives_the_server_away_and_stays_a_member() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        world.events().await;
        let given = ada.patch(&path, to(BOB)).await.expect(200);
        assert_eq!(given["owner_id"], BOB.to_string(), "{}", world.kind);
        let events = world.events().await;
        assert_eq!(
            (events.len(), events[0].kind),
            (1, EventKind::ServerUpdated),
            "{}",
            world.kind
        );
        assert!(events[0].tenant_version.is_some());
        ada.delete(&path).await.is_problem(403, "missing_permission");
        ada.patch(&path, json!({"name": "mine"}))
            .await
            .is_problem(403, "missing_permission");
        bob.post(&format!("{path}/leave"), Value::Null)
            .await
            .is_problem(409, "owner_cannot_leave");
        let log = bob.get(&format!("{path}/audit-log")).await.expect(200);
        assert_eq!(log["items"].as_array().unwrap().len(), 1, "{}", world.kind);
        let entry = &log["items"][0];
        assert_eq!(entry["action"], "server.transferred", "{}", world.kind);
        let changes = json!([{"field": "owner_id", "before": ADA.to_string(), "after": BOB.to_string()}]);
        assert_eq!(entry["changes"], changes, "{}", world.kind);
        assert_eq!(
            (owned(&world, ADA).await, owned(&world, BOB).await),
            ((0, 0), (1, 1)),
            "{}",
            world.kind
        );
        ada.post(&format!("{path}/leave"), Value::Null).await.expect(204);
        bob.delete(&path).await.expect(204);
        assert_eq!(owned(&world, BOB).await, (0, 0), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_and_only_to_a_member_who_may_own_one_more() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        promote(&world, &server, BOB, 5, &[Permission::Administrator]).await;
        for target in [BOB, ADA] {
            let taken = world.user(BOB).patch(&path, to(target)).await;
            let problem = taken.is_problem(403, "missing_permission");
            assert!(problem.get("permission").is_none(), "{problem}");
        }
        let ada = world.user(ADA);
        for nobody in [EVE, 4711] {
            ada.patch(&path, to(nobody))
                .await
                .is_invalid("owner_id", "not_a_member");
        }
        ada.patch(&path, json!({"owner_id": null}))
            .await
            .is_invalid("owner_id", "required");
        let full = "UPDATE user_totals SET owned = $3 WHERE user_id = $2 AND EXISTS (SELECT 1 FROM servers WHERE server_id = $1)";
        let most = i64::try_from(limits::SERVERS_OWNED_PER_USER).unwrap();
        world.meddle(&server, full, &args![BOB, most]).await;
        ada.patch(&path, to(BOB))
            .await
            .is_problem(409, "too_many_owned_servers");
        let seen = ada.get(&path).await.expect(200);
        assert_eq!(seen["owner_id"], ADA.to_string(), "{}", world.kind);
        assert_eq!(
            owned(&world, ADA).await,
            (1, 1),
            "{}: nothing of it happened",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_never_timed_out() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let soon = platform::clock::Clock::system()
            .now()
            .plus(std::time::Duration::from_mins(10));
        let member = format!("{path}/members/{BOB}");
        world
            .user(ADA)
            .patch(&member, json!({"timeout_until": soon}))
            .await
            .expect(200);
        world.events().await;
        world.user(ADA).patch(&path, to(BOB)).await.expect(200);
        let kinds: Vec<EventKind> = world.events().await.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            [EventKind::MemberUpdated, EventKind::ServerUpdated],
            "{}",
            world.kind
        );
        let bob = world.user(BOB).get(&path).await.expect(200);
        assert_eq!(bob["me"]["timeout_until"], Value::Null, "{}", world.kind);
        assert!(
            bob["permissions"].as_array().unwrap().contains(&json!("administrator")),
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_and_left_at_once_the_server_has_an_owner_inside() {
    for world in worlds().await {
        for round in 0..8 {
            let server = id(&world.server("public").await);
            let path = format!("/servers/{server}");
            let acts = (0..8).map(|number| {
                let (world, path) = (&world, &path);
                async move {
                    match number % 4 {
                        0 => world.user(ADA).patch(path, to(BOB)).await.status,
                        1 => world.user(BOB).patch(path, to(ADA)).await.status,
                        2 => world.user(BOB).post(&format!("{path}/leave"), Value::Null).await.status,
                        _ => world.user(ADA).post(&format!("{path}/leave"), Value::Null).await.status,
                    }
                }
            });
            let statuses = join_all(acts).await;
            let known = |status: &u16| matches!(status, 200 | 204 | 403 | 404 | 409 | 422);
            assert!(statuses.iter().all(known), "{}: {statuses:?}", world.kind);
            let sql = "SELECT s.owner_id FROM servers s
                       JOIN members m ON m.server_id = s.server_id AND m.user_id = s.owner_id WHERE s.server_id = $1";
            let owner: Option<(i64,)> = world
                .db
                .optional(sql, args![server.parse::<i64>().unwrap()])
                .await
                .unwrap();
            assert!(owner.is_some(), "{}: round {round}: {statuses:?}", world.kind);
            let mut counts = Vec::new();
            for user in [ADA, BOB] {
                counts.push(owned(&world, user).await);
            }
            assert!(
                counts.iter().all(|(counted, real)| counted == real),
                "{}: {counts:?}",
                world.kind
            );
        }
    }
}
