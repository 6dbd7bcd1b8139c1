//! Invitations accepted, revoked and made sixty-four times at once.

use futures::future::join_all;
use model::limits;
use platform::args;
use serde_json::{Value, json};

use crate::{
    invitations::{code, invite, private},
    world::{ADA, EVE, World, id, worlds},
};

const TIMES: i64 = 64;

async fn accept_all(world: &World, code: &str, users: impl Iterator<Item = i64>) -> Vec<u16> {
    let path = format!("/invitations/{code}/accept");
    let attempts = users.map(|user| {
        let path = path.clone();
        async move { world.user(user).post(&path, Value::Null).await.status }
    });
    join_all(attempts).await
}

async fn numbers(world: &World, server: &str) -> (i64, i64, i64) {
    let server: i64 = server.parse().unwrap();
    let one = async |sql: &str| world.db.one::<(i64,)>(sql, args![server]).await.unwrap().0;
    (
        one("SELECT COALESCE(MAX(uses), 0) FROM invitations WHERE server_id = $1").await,
        one("SELECT COUNT(*) FROM members WHERE server_id = $1").await,
        one("SELECT member_count FROM servers WHERE server_id = $1").await,
    )
}

fn crowd(world: &World) -> std::ops::Range<i64> {
    for user in 2_000..2_000 + TIMES {
        world.is_user(user, &format!("user{user}"), "User");
    }
    2_000..2_000 + TIMES
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_never_used_more_often_than_allowed() {
    for world in worlds().await {
        let server = private(&world).await;
        let code = code(&invite(&world, &server, json!({"max_uses": 5})).await);
        let statuses = accept_all(&world, &code, crowd(&world)).await;
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            5,
            "{}",
            world.kind
        );
        assert!(
            statuses.iter().all(|status| matches!(status, 200 | 404)),
            "{}",
            world.kind
        );
        assert_eq!(numbers(&world, &server).await, (5, 7, 7), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_user_uses_it_once() {
    for world in worlds().await {
        let server = private(&world).await;
        let code = code(&invite(&world, &server, json!({"max_uses": 1})).await);
        let statuses = accept_all(&world, &code, std::iter::repeat_n(EVE, 64)).await;
        assert!(
            statuses.iter().all(|status| *status == 200),
            "{}: {statuses:?}",
            world.kind
        );
        assert_eq!(numbers(&world, &server).await, (1, 3, 3), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_after_it_was_revoked() {
    for world in worlds().await {
        let server = private(&world).await;
        let code = code(&invite(&world, &server, json!({})).await);
        let path = format!("/invitations/{code}");
        let (statuses, revoked) = tokio::join!(accept_all(&world, &code, crowd(&world)), async {
            world.user(ADA).delete(&path).await
        });
        revoked.expect(204);
        let came = i64::try_from(statuses.iter().filter(|status| **status == 200).count()).unwrap();
        let (_, members, counted) = numbers(&world, &server).await;
        assert_eq!((members, counted), (came + 2, came + 2), "{}", world.kind);
        assert_eq!(
            accept_all(&world, &code, std::iter::once(EVE)).await,
            [404],
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_invited_once_and_answers_once() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/invitations");
        let body = json!({"user_id": EVE.to_string()});
        let made = join_all((0..TIMES).map(|_| world.user(ADA).post(&path, body.clone()))).await;
        assert_eq!(
            made.iter().filter(|answer| answer.status == 201).count(),
            1,
            "{}",
            world.kind
        );
        let mine = world.user(EVE).get("/users/@me/invitations").await.expect(200);
        let code = code(&mine["items"][0]);
        let decline = format!("/invitations/{code}/decline");
        let (accepted, declined) = tokio::join!(
            accept_all(&world, &code, std::iter::repeat_n(EVE, 16)),
            join_all((0..16).map(|_| world.user(EVE).post(&decline, Value::Null)))
        );
        let declined = declined.iter().filter(|answer| answer.status == 204).count();
        let joined = accepted.contains(&200);
        assert_eq!(declined, usize::from(!joined), "{}: both", world.kind);
        let (_, members, counted) = numbers(&world, &server).await;
        assert_eq!(
            (members, counted),
            (2 + i64::from(joined), 2 + i64::from(joined)),
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_more_than_a_server_can_have() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let present = i64::try_from(limits::INVITATIONS_PER_SERVER).unwrap() - 3;
        for number in 0..present {
            let sql =
                "INSERT INTO invitations (server_id, code, inviter_id, uses, created_at) VALUES ($1, $2, $3, 0, 0)";
            world.meddle(&server, sql, &args![format!("c{number}"), ADA]).await;
        }
        let path = format!("/servers/{server}/invitations");
        let made = join_all((0..TIMES).map(|_| world.user(ADA).post(&path, json!({})))).await;
        assert_eq!(
            made.iter().filter(|answer| answer.status == 201).count(),
            3,
            "{}",
            world.kind
        );
    }
}
