//! Who is not well gets no requests, as long as somebody else is.

use std::sync::Arc;

use axum::Router;
use http::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::{edge::Plan, instance::Instance, patience::until};

#[tokio::test]
async fn an_unready_instance_leaves_and_returns() {
    let (one, two) = (Instance::named("one"), Instance::named("two"));
    let edge = Plan::messages(&[&one, &two]).start_ready().await;
    edge.all_serve(&[&one, &two]).await;
    one.set_ready(false);
    until("the unready one gets nothing", async || {
        let before = one.served();
        for _ in 0..30 {
            assert_eq!(edge.get("/api/v1/messages/1").await.status, StatusCode::OK);
        }
        one.served() == before
    })
    .await;
    one.set_ready(true);
    let before = one.served();
    until("it gets requests again", async || {
        edge.get("/api/v1/messages/1").await;
        one.served() > before
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_says_it_is_going_is_left_before_it_goes() {
    let (mut one, two) = (Instance::named("one"), Instance::named("two"));
    let edge = Arc::new(Plan::messages(&[&one, &two]).start_ready().await);
    edge.all_serve(&[&one, &two]).await;
    let end = CancellationToken::new();
    // Nothing that is sent with POST is tried twice: each request that meets the end of an instance would fail.
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let (edge, end) = (Arc::clone(&edge), end.clone());
            tokio::spawn(async move {
                while !end.is_cancelled() {
                    let answer = edge.post("/api/v1/messages/1", "once").await;
                    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
                }
            })
        })
        .collect();
    one.set_ready(false);
    let mut before = (0, 0);
    until("many requests, and none of them to the one that is going", async || {
        let now = (one.served(), two.served());
        if now.0 != before.0 {
            before = now;
        }
        now.1 > before.1 + 100
    })
    .await;
    one.kill().await;
    let after = two.served();
    until("the other one serves on", async || two.served() > after + 100).await;
    end.cancel();
    for sender in senders {
        sender.await.expect("no request fails");
    }
}

#[tokio::test]
async fn when_none_is_ready_those_that_answer_are_used() {
    let (one, mut two) = (Instance::named("one"), Instance::named("two"));
    one.set_ready(false);
    let edge = Plan::messages(&[&one, &two]).start_ready().await;
    two.kill().await;
    for _ in 0..30 {
        // From the first request after the death on: the second instance leaves as soon as it refuses a connection.
        assert_eq!(edge.get("/api/v1/messages/1").await.text(), "one");
    }
    assert_eq!(edge.upstreams.check(), Ok(()), "it answers");
}

#[tokio::test]
async fn the_edge_says_which_service_is_away() {
    let mut one = Instance::start(Router::new());
    let edge = Plan::messages(&[&one]).start_ready().await;
    one.kill().await;
    until("the edge notices", async || edge.upstreams.check().is_err()).await;
    assert_eq!(
        edge.upstreams.check(),
        Err("no instance answers of: messages".to_owned())
    );
    let _again = Instance::start_at(one.address, Router::new());
    until("the edge notices", async || edge.upstreams.check().is_ok()).await;
}
