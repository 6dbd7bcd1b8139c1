//! Roles given, ordered, deleted and taken away at the same time.

use futures::future::join_all;
use model::{
    Permission::{ManageRoles, ManageServer},
    limits,
};
use platform::args;
use serde_json::json;

use crate::world::{ADA, BOB, EVE, World, id, ids, worlds};

const TIMES: u32 = 64;

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_deleted_while_it_is_given_is_nobodys() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let role = world.role(&server, &[]).await;
        let acts = (0..TIMES).map(|number| {
            let (world, server, role) = (&world, &server, &role);
            async move {
                let ada = world.user(ADA);
                match number % 4 {
                    0 if number >= 32 => ada.delete(&format!("/servers/{server}/roles/{role}")).await.status,
                    1 => {
                        let general = ada.get(&format!("/servers/{server}/channels")).await.expect(200);
                        let general = id(&general["items"][0]);
                        let path = format!("/servers/{server}/channels/{general}/overwrites/{role}");
                        ada.put(&path, json!({"kind": "role", "deny": ["send_messages"]}))
                            .await
                            .status
                    }
                    _ => {
                        let held = if number % 2 == 0 { json!([role]) } else { json!([]) };
                        let path = format!("/servers/{server}/members/{BOB}");
                        ada.patch(&path, json!({ "role_ids": held })).await.status
                    }
                }
            }
        });
        let statuses = join_all(acts).await;
        assert!(
            statuses.iter().all(|status| matches!(status, 200 | 204 | 404 | 422)),
            "{}: {statuses:?}",
            world.kind
        );
        assert_eq!(
            statuses.iter().filter(|status| **status == 204).count(),
            1,
            "{}",
            world.kind
        );
        for table in ["member_roles WHERE server_id = $1", "overwrites WHERE server_id = $1"] {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            let (left,) = world
                .db
                .one::<(i64,)>(&sql, args![server.parse::<i64>().unwrap()])
                .await
                .unwrap();
            assert_eq!(left, 0, "{}: {table}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_made_at_once_leave_one_order() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/roles");
        let mut roles = Vec::new();
        for _ in 0..8 {
            roles.push(world.role(&server, &[]).await);
        }
        let orders = (0..TIMES).map(|number| {
            let (world, path) = (&world, &path);
            let role = &roles[usize::try_from(number).unwrap() % roles.len()];
            let order = json!({"roles": [{"id": role, "position": 1 + number / 8}]});
            async move { world.user(ADA).patch(path, order).await.expect(200) }
        });
        join_all(orders).await;
        let list = world.user(ADA).get(&path).await.expect(200);
        let positions: Vec<i64> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| role["position"].as_i64().unwrap())
            .collect();
        assert!(
            positions.is_sorted_by(|low, high| low < high),
            "{}: {positions:?}",
            world.kind
        );
        let mut present = ids(&list);
        assert_eq!(present.remove(0), server, "{}", world.kind);
        present.sort();
        roles.sort();
        assert_eq!(present, roles, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_places_for_roles_are_given_once() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let present = i64::try_from(limits::ROLES_PER_SERVER).unwrap() - 11;
        for number in 1..=present {
            let sql = "INSERT INTO roles (server_id, id, name, color, position, hoisted, permissions)
                       VALUES ($1, $2, 'x', NULL, $2, FALSE, 0)";
            world.meddle(&server, sql, &args![number]).await;
        }
        let path = format!("/servers/{server}/roles");
        let answers = {
            let (world, path) = (&world, &path);
            join_all((0..TIMES).map(|_| async move { world.user(ADA).post(path, json!({"name": "x"})).await })).await
        };
        assert_eq!(
            answers.iter().filter(|answer| answer.status == 201).count(),
            10,
            "{}",
            world.kind
        );
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            answer.is_problem(409, "too_many_roles");
        }
    }
}

/// Ada takes Bob's role, or the role's right, while Bob makes use of it: what he does happens before or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_by_a_right_that_was_taken_away() {
    for world in worlds().await {
        for way in ["the role", "its right", "its rank"] {
            let server = id(&world.server("public").await);
            world
                .user(EVE)
                .post(&format!("/servers/{server}/join"), json!(null))
                .await
                .expect(200);
            let manager = world.role(&server, &[ManageRoles, ManageServer]).await;
            let given = world.role(&server, &[ManageServer]).await;
            world.holds(&server, BOB, &[&manager]).await;
            let acts = (0..TIMES).map(|number| {
                let (world, server) = (&world, &server);
                let (manager, given) = (&manager, &given);
                async move {
                    if number == TIMES / 2 {
                        return take_away(world, server, manager, way).await;
                    }
                    let held = if number % 2 == 0 { json!([given]) } else { json!([]) };
                    let path = format!("/servers/{server}/members/{EVE}");
                    world.user(BOB).patch(&path, json!({ "role_ids": held })).await.status
                }
            });
            let statuses = join_all(acts).await;
            assert!(
                statuses.iter().all(|status| matches!(status, 200 | 403)),
                "{}: {statuses:?}",
                world.kind
            );
            let sql = "SELECT actor_id FROM audit_log WHERE server_id = $1 ORDER BY id";
            let actors: Vec<(i64,)> = world.db.all(sql, args![server.parse::<i64>().unwrap()]).await.unwrap();
            let taken = actors.iter().rposition(|(actor,)| *actor == ADA).unwrap();
            assert_eq!(taken, actors.len() - 1, "{}: {way}: Bob acted afterwards", world.kind);
        }
    }
}

async fn take_away(world: &World, server: &str, manager: &str, way: &str) -> u16 {
    let ada = world.user(ADA);
    let role = format!("/servers/{server}/roles/{manager}");
    let answer = match way {
        "the role" => {
            ada.patch(&format!("/servers/{server}/members/{BOB}"), json!({"role_ids": []}))
                .await
        }
        "its right" => ada.patch(&role, json!({"permissions": []})).await,
        _ => {
            let lowest = json!({"roles": [{"id": manager, "position": 1}]});
            ada.patch(&format!("/servers/{server}/roles"), lowest).await
        }
    };
    answer.status
}
