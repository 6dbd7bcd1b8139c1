//! Sign-ins: how their tokens rotate, and how they end.

use std::time::Duration;

use axum::body::Body;
use contracts::events::EventKind;
use futures::future::join_all;
use http::Request;
use model::limits::SESSIONS_PER_USER;
use serde_json::Value;

use crate::world::{LIFETIME, PASSWORD, Person, World, person, worlds};

async fn sessions(world: &World, person: &Person) -> Vec<Value> {
    let list = world.acting(person).get("/users/@me/sessions").await.expect(200);
    assert_eq!(list["next"], Value::Null);
    list["items"].as_array().unwrap().clone()
}

/// How many sign-ins ended, by the events, since this was asked last.
async fn revoked(world: &World) -> usize {
    let events = world.events().await;
    events
        .iter()
        .filter(|event| event.kind == EventKind::SessionRevoked)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_for_one_exchange() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let next = person(&world.refresh(&ada.refresh).await.expect(200));
        assert_ne!(next.refresh, ada.refresh);
        world.acting(&next).get("/users/@me").await.expect(200);
        // Two tabs of one browser: for ten seconds the same token is good once more.
        world.pass(Duration::from_secs(10));
        world.refresh(&ada.refresh).await.expect(200);
        assert_eq!(revoked(&world).await, 0);
        world.pass(Duration::from_millis(1));
        world
            .refresh(&ada.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        assert_eq!(revoked(&world).await, 1, "{}: the sign-in ends everywhere", world.kind);
        world
            .refresh(&next.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        assert_eq!(revoked(&world).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thief_who_is_as_fast_as_a_second_tab_is_noticed() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let owner = person(&world.refresh(&ada.refresh).await.expect(200));
        let thief = person(&world.refresh(&ada.refresh).await.expect(200));
        world.pass(Duration::from_mins(5));
        let owner = person(&world.refresh(&owner.refresh).await.expect(200));
        assert_eq!(revoked(&world).await, 0);
        world.pass(Duration::from_mins(5));
        world
            .refresh(&thief.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        assert_eq!(revoked(&world).await, 1, "{}: the sign-in ends", world.kind);
        world
            .refresh(&owner.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_exchanges_at_once_each_is_answered_and_one_token_is_new_for_good() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let answers = join_all((0..64).map(|_| world.refresh(&ada.refresh))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{}", world.kind);
        assert_eq!(sessions(&world, &ada).await.len(), 1, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_not_used_ends_by_itself() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        world.pass(LIFETIME.checked_sub(Duration::from_millis(1)).unwrap());
        let used = person(&world.refresh(&ada.refresh).await.expect(200));
        world.pass(LIFETIME);
        world
            .refresh(&used.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        for strange in ["", "1", "1.", &"x".repeat(1_000), &format!("1.{}", "A".repeat(43))] {
            world.refresh(strange).await.is_problem(401, "refresh_token_invalid");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_refreshes_by_cookie_and_only_from_our_own_page() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let request = |csrf: Option<&str>| {
            let cookies = format!("beep_refresh={}; beep_csrf=abc", ada.refresh);
            let mut request = Request::post("/api/v1/auth/refresh").header("cookie", cookies);
            if let Some(csrf) = csrf {
                request = request.header("x-csrf-token", csrf);
            }
            request.body(Body::empty()).unwrap()
        };
        for forged in [None, Some("abd"), Some("")] {
            let answer = world.nobody().request(request(forged)).await;
            answer.is_problem(403, "csrf_token_invalid");
        }
        let answer = world.nobody().request(request(Some("abc"))).await;
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 3);
        answer.expect(200);
        world.pass(Duration::from_secs(11));
        let answer = world.nobody().request(request(Some("abc"))).await;
        let cleared: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        assert_eq!(cleared.len(), 3);
        assert!(
            cleared
                .iter()
                .all(|cookie| cookie.to_str().unwrap().contains("Max-Age=0"))
        );
        answer.is_problem(401, "refresh_token_invalid");
        let nothing = Request::post("/api/v1/auth/refresh").body(Body::empty()).unwrap();
        world
            .nobody()
            .request(nothing)
            .await
            .is_problem(401, "refresh_token_invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_are_listed_and_ended_one_by_one() {
    for world in worlds().await {
        let (here, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        world.pass(Duration::from_secs(1));
        let there = person(&world.sign_in(&here.email, PASSWORD).await.expect(200));
        let list = sessions(&world, &here).await;
        let current: Vec<&Value> = list.iter().map(|session| &session["current"]).collect();
        assert_eq!(current, [false, true], "{}: used last first", world.kind);
        let other = format!("/users/@me/sessions/{}", list[0]["id"].as_str().unwrap());
        world
            .acting(&eve)
            .delete(&other)
            .await
            .is_problem(404, "session_not_found");
        world.events().await;
        world.acting(&here).delete(&other).await.expect(204);
        assert_eq!(revoked(&world).await, 1);
        world
            .refresh(&there.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        world
            .acting(&here)
            .delete(&other)
            .await
            .is_problem(404, "session_not_found");
        assert_eq!(sessions(&world, &here).await.len(), 1);
        let out = world.acting(&here).post("/auth/logout", Value::Null).await;
        assert_eq!(out.headers.get_all("set-cookie").iter().count(), 3);
        out.expect(204);
        assert_eq!(revoked(&world).await, 1);
        world
            .refresh(&here.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        // Ended from another device a moment ago: signed out all the same.
        world.acting(&here).post("/auth/logout", Value::Null).await.expect(204);
        assert_eq!(sessions(&world, &eve).await.len(), 1, "{}: nobody else's", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_too_many_ends_the_oldest() {
    for world in worlds().await {
        let first = world.sign_up("ada").await;
        let mut newest = first.clone();
        for _ in 0..SESSIONS_PER_USER {
            world.pass(Duration::from_secs(1));
            newest = person(&world.sign_in(&first.email, PASSWORD).await.expect(200));
        }
        assert_eq!(
            sessions(&world, &newest).await.len(),
            SESSIONS_PER_USER,
            "{}",
            world.kind
        );
        assert_eq!(revoked(&world).await, 1);
        world
            .refresh(&first.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        world.refresh(&newest.refresh).await.expect(200);
    }
}
