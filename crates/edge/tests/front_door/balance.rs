//! Requests are shared among instances, wherever they are found.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use contracts::calls::Service;
use edge::Resolver;
use futures::FutureExt;

use crate::{edge::Plan, instance::Instance, patience::until};

#[tokio::test]
async fn instances_share_the_requests() {
    let (one, two) = (Instance::named("one"), Instance::named("two"));
    let edge = Plan::messages(&[&one, &two]).start_ready().await;
    edge.all_serve(&[&one, &two]).await;
    let before = (one.served(), two.served());
    for _ in 0..80 {
        edge.get("/api/v1/messages/1").await;
    }
    let served = (one.served() - before.0, two.served() - before.1);
    assert_eq!(served.0 + served.1, 80);
    // Evenly at random: fewer than 10 of 80 would happen once in a hundred million million times.
    assert!(served.0 >= 10 && served.1 >= 10, "{served:?}");
}

#[tokio::test]
async fn a_name_that_stands_for_one_more_instance_is_followed() {
    let (one, two) = (Instance::named("one"), Instance::named("two"));
    let known: Arc<Mutex<Vec<SocketAddr>>> = Arc::new(Mutex::new(vec![one.address]));
    let told = Arc::clone(&known);
    let resolver: Resolver = Arc::new(move |address| {
        assert_eq!(address.host(), "messages");
        let found = told.lock().unwrap().clone();
        async move { Ok(found) }.boxed()
    });
    let edge = Plan::new()
        .with(
            Service::Messages,
            &["/api/v1/messages/{*rest}"],
            vec!["http://messages:8080".parse().unwrap()],
        )
        .resolved_by(resolver)
        .start_ready()
        .await;
    assert_eq!(edge.get("/api/v1/messages/1").await.text(), "one");
    known.lock().unwrap().push(two.address);
    edge.all_serve(&[&one, &two]).await;
    known.lock().unwrap().remove(0);
    until("the first has left", async || {
        let before = one.served();
        for _ in 0..30 {
            edge.get("/api/v1/messages/1").await;
        }
        one.served() == before
    })
    .await;
}
