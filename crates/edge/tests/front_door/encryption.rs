//! TLS between the edge and the services: each answers only whom it believes.

use std::time::Duration;

use axum::Router;
use contracts::calls::Service;
use futures::future::FutureExt;
use http::StatusCode;
use platform::{testing::certificates::Authority, tls::Tls};
use tokio_util::sync::CancellationToken;

use crate::{edge::Plan, instance::Instance, patience::until};

const PATH: &str = "/api/v1/messages/1";

fn routes() -> Router {
    Router::new().fallback(async |body: String| format!("heard: {body}"))
}

#[tokio::test]
async fn requests_reach_an_instance_that_asks_for_a_certificate() {
    let authority = Authority::new("ours");
    let (its, _files) = authority.tls("127.0.0.1", &authority).await;
    let (ours, _files) = authority.tls("edge", &authority).await;
    let instance = Instance::encrypted(&its, routes());
    let edge = Plan::messages(&[&instance]).showing(&ours).start_ready().await;
    assert_eq!(edge.get(PATH).await.text(), "heard: ");
    assert_eq!(edge.post(PATH, "hello").await.text(), "heard: hello");
}

#[tokio::test]
async fn the_name_in_the_address_is_what_the_certificate_must_be_for() {
    let authority = Authority::new("ours");
    let (its, _files) = authority.tls("messages.test", &authority).await;
    let (ours, _files) = authority.tls("edge", &authority).await;
    let instance = Instance::encrypted(&its, routes());
    let found = vec![instance.address];
    for (name, is_it) in [("messages.test", true), ("users.test", false)] {
        let found = found.clone();
        let edge = Plan::new()
            .with(
                Service::Messages,
                &[PATH],
                vec![format!("https://{name}").parse().unwrap()],
            )
            .resolved_by(std::sync::Arc::new(move |_| {
                std::future::ready(Ok(found.clone())).boxed()
            }))
            .showing(&ours);
        if is_it {
            assert_eq!(edge.start_ready().await.get(PATH).await.text(), "heard: ");
        } else {
            stays_out(edge, &instance).await;
        }
    }
}

/// Nothing that the edge is asked gets to the instance.
async fn stays_out(plan: Plan, instance: &Instance) {
    let before = instance.served();
    let edge = plan.start().await;
    // It has looked many times by then.
    for _ in 0..20 {
        assert_eq!(edge.get(PATH).await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(edge.post(PATH, "secret").await.status, StatusCode::SERVICE_UNAVAILABLE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(edge.upstreams.check().is_err());
    assert_eq!(instance.served(), before);
}

#[tokio::test]
async fn who_is_not_believed_gets_nothing_on_either_side() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let (good, _files) = ours.tls("127.0.0.1", &ours).await;
    let (stranger, _files) = theirs.tls("127.0.0.1", &ours).await;
    let instance = Instance::encrypted(&good, routes());
    stays_out(Plan::messages(&[&instance]).showing(&stranger), &instance).await;
    let plain = format!("http://{}", instance.address).parse().unwrap();
    let without_tls = Plan::new().with(Service::Messages, &[PATH], vec![plain]);
    stays_out(without_tls, &instance).await;
    let impostor = Instance::encrypted(&stranger, routes());
    stays_out(Plan::messages(&[&impostor]).showing(&good), &impostor).await;
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_instances() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let (its, _files) = ours.tls("127.0.0.1", &ours).await;
    let instance = Instance::encrypted(&its, routes());
    let folder = tempfile::tempdir().unwrap();
    let files = theirs.write(folder.path(), "edge", &ours);
    let often = Duration::from_millis(10);
    let (tls, renewing) = Tls::open_with(files, often, CancellationToken::new()).await.unwrap();
    tokio::spawn(renewing.work);
    let edge = Plan::messages(&[&instance]).showing(&tls).start().await;
    assert_eq!(edge.get(PATH).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let _ = ours.write(folder.path(), "edge", &ours);
    until("the instance answers", async || {
        edge.get(PATH).await.status == StatusCode::OK
    })
    .await;
}
