//! Every problem that the contract names happens, and no other.

use std::{collections::BTreeMap, time::Duration};

use axum::body::Body;
use http::{Request, header};
use model::UserId;
use platform::{clock::Clock, http::testing::App};
use tokio_tungstenite::tungstenite::Error;

use crate::{
    client::Client,
    world::{MOST_CONNECTIONS, World},
};

fn upgrade() -> Request<Body> {
    let request = Request::get("/api/v1/gateway")
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
    request.body(Body::empty()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_problem_happens() {
    let world = World::new(&[], &[]).await;
    let app = App::new(
        world.routes.clone(),
        &gateway::contract(),
        App::issuer(),
        Clock::system(),
    );
    for actor in [app.nobody(), app.user(UserId(1))] {
        actor.get("/gateway").await.is_problem(400, "not_a_websocket");
        // What the test hands in is no connection, and cannot become anything.
        actor.request(upgrade()).await.is_problem(426, "not_a_websocket");
    }
    app.provoke_the_common(UserId(1), &BTreeMap::new()).await;
    app.assert_every_problem_was_seen();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_full_says_so_until_somebody_leaves() {
    let world = World::new(&[], &[]).await;
    let mut clients = Vec::new();
    for _ in 0..MOST_CONNECTIONS {
        clients.push(Client::connect(&world).await);
    }
    let url = format!("ws://{}/api/v1/gateway", world.address);
    let refused = tokio_tungstenite::connect_async(&url).await;
    let Err(Error::Http(answer)) = refused else {
        panic!("one too many: {refused:?}")
    };
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
    let problem: serde_json::Value = serde_json::from_slice(answer.body().as_deref().unwrap()).unwrap();
    assert_eq!(problem["code"], "overloaded");
    clients.pop();
    let waiting = async {
        while tokio_tungstenite::connect_async(&url).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .expect("the place that became free");
}
