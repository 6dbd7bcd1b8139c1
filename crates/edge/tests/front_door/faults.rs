//! Instances die: nothing that can be answered fails, and nothing is done twice.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, routing::any};
use contracts::calls::Service;
use futures::{
    future::join_all,
    stream::{FuturesUnordered, StreamExt},
};
use http::StatusCode;

use crate::{
    edge::{Edge, Plan},
    instance::Instance,
    patience::until,
};

const PATH: &str = "/api/v1/messages/1";

/// Two instances of which the one that gets the first request never answers it.
fn one_that_hangs() -> (Instance, Instance) {
    let arrived = Arc::new(AtomicUsize::new(0));
    let start = || {
        let arrived = Arc::clone(&arrived);
        let answer = async move || {
            if arrived.fetch_add(1, Ordering::SeqCst) == 0 {
                std::future::pending::<()>().await;
            }
            "answered"
        };
        Instance::start(Router::new().route(PATH, any(answer)))
    };
    (start(), start())
}

/// Kills the one that holds a request.
async fn kill_the_holder(one: &mut Instance, two: &mut Instance) {
    until("a request arrives", async || one.served() + two.served() > 0).await;
    if one.served() > 0 {
        one.kill().await;
    } else {
        two.kill().await;
    }
}

async fn edge_before(one: &Instance, two: &Instance) -> Edge {
    let edge = Plan::messages(&[one, two]).without_looking().start().await;
    // The first look finds both.
    until("both are found", async || edge.upstreams.check().is_ok()).await;
    edge
}

#[tokio::test]
async fn a_get_that_got_no_answer_is_asked_of_another() {
    let (mut one, mut two) = one_that_hangs();
    let edge = edge_before(&one, &two).await;
    let (answer, ()) = tokio::join!(edge.get(PATH), kill_the_holder(&mut one, &mut two));
    assert_eq!((answer.status, answer.text()), (StatusCode::OK, "answered"));
    assert_eq!((one.served(), two.served()), (1, 1));
}

#[tokio::test]
async fn a_post_that_got_no_answer_is_not_sent_again() {
    let (mut one, mut two) = one_that_hangs();
    let edge = edge_before(&one, &two).await;
    let (answer, ()) = tokio::join!(edge.post(PATH, "once"), kill_the_holder(&mut one, &mut two));
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("\"code\":\"unavailable\"") && answer.headers.contains_key("retry-after"));
    assert_eq!(one.served() + two.served(), 1, "it is done once or not at all");
}

#[tokio::test]
async fn a_post_that_was_refused_a_connection_goes_to_another() {
    let echo = || Instance::start(Router::new().route(PATH, any(async |body: String| body)));
    let (mut one, two) = (echo(), echo());
    let edge = Plan::messages(&[&one, &two]).without_looking().start_ready().await;
    edge.all_serve(&[&one, &two]).await;
    let before = two.served();
    one.kill().await;
    // The edge has not looked since: the one killed is chosen with the first requests, half of the time each.
    for _ in 0..40 {
        assert_eq!(edge.post(PATH, "whole").await.text(), "whole");
    }
    assert_eq!(two.served() - before, 40);
}

#[tokio::test]
async fn a_get_does_not_wait_for_an_instance_that_hangs() {
    let (one, two) = (Instance::named("one"), Instance::named("two"));
    let edge = Plan::messages(&[&one, &two]).start_ready().await;
    edge.all_serve(&[&one, &two]).await;
    one.hang();
    let answers = join_all((0..20).map(|_| edge.get(PATH))).await;
    assert!(answers.iter().all(|answer| answer.text() == "two"));
}

#[tokio::test]
async fn no_get_fails_when_an_instance_dies_under_load() {
    let answer = async || {
        tokio::task::yield_now().await;
        "answered"
    };
    let start = || Instance::start(Router::new().route(PATH, any(answer)));
    let (mut one, two) = (start(), start());
    let edge = Plan::messages(&[&one, &two]).start_ready().await;
    edge.all_serve(&[&one, &two]).await;
    let answered = AtomicUsize::new(0);
    let asking = join_all((0..8).map(|_| async {
        for _ in 0..60 {
            assert_eq!(edge.get(PATH).await.status, StatusCode::OK);
            answered.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let killing = async {
        until("the load is there", async || answered.load(Ordering::SeqCst) > 60).await;
        one.kill().await;
    };
    tokio::join!(asking, killing);
    assert_eq!(answered.load(Ordering::SeqCst), 480);
}

#[tokio::test]
async fn without_any_instance_there_is_a_problem() {
    let mut only = Instance::named("only");
    let edge = Plan::messages(&[&only]).start_ready().await;
    only.kill().await;
    for answer in [edge.get(PATH).await, edge.post(PATH, "x").await] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.headers["retry-after"], "1");
        assert!(answer.text().contains("\"code\":\"unavailable\""));
    }
    let _again = Instance::start_at(only.address, Router::new().fallback(async || "again"));
    until("it is found again", async || {
        edge.get(PATH).await.status == StatusCode::OK
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for_for_ever() {
    let hanging = Instance::start(Router::new().fallback(async || std::future::pending::<()>().await));
    let mut plan = Plan::messages(&[&hanging]);
    plan.settings.request_timeout = std::time::Duration::from_millis(50);
    let edge = plan.start_ready().await;
    let answer = edge.get(PATH).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("\"code\":\"unavailable\""));
}

#[tokio::test]
async fn what_a_service_answers_passes_even_when_it_is_an_error() {
    let failing = async || (StatusCode::BAD_GATEWAY, [("content-type", "text/plain")], "its own");
    let one = Instance::start(Router::new().fallback(failing));
    let edge = Plan::messages(&[&one]).start_ready().await;
    let answer = edge.get(PATH).await;
    assert_eq!((answer.status, answer.text()), (StatusCode::BAD_GATEWAY, "its own"));
    assert_eq!(one.served(), 1, "it is an answer, not a failure to get one");
}

#[tokio::test]
async fn a_service_that_hangs_does_not_take_the_room_of_the_others() {
    let (hanging, well) = (Instance::named("hanging"), Instance::named("well"));
    let mut plan = Plan::messages(&[&hanging]).with(Service::Users, &["/api/v1/users/{*rest}"], vec![well.at()]);
    (plan.http.concurrency, plan.settings.requests_of_each_service) = (8, 4);
    let edge = plan.without_looking().start_ready().await;
    hanging.hang();
    let asking = (0..6).map(|_| edge.get(PATH));
    let mut asking: FuturesUnordered<_> = asking.collect();
    for _ in 0..2 {
        let refused = asking.next().await.unwrap();
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.text().contains("\"code\":\"overloaded\""), "{}", refused.text());
        assert_eq!(refused.headers["retry-after"], "1");
    }
    for _ in 0..20 {
        let answer = edge.get("/api/v1/users/1").await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, "well"));
    }
    assert_eq!(asking.len(), 4, "the others wait");
}
