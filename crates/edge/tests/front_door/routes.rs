//! By its path a request finds its service.

use axum::{Router, body::Body, extract::Request};
use contracts::calls::Service;
use edge::{Needs, Settings, WiringError, wire};
use http::StatusCode;

use crate::{edge::Plan, instance::Instance};

/// Answers with its name and what was asked of it.
fn echo(name: &'static str) -> Instance {
    let answer = async move |request: Request| format!("{name} {} {}", request.method(), request.uri());
    Instance::start(Router::new().fallback(answer))
}

#[tokio::test]
async fn each_path_goes_to_its_service_as_it_came() {
    let (servers, messages) = (echo("servers"), echo("messages"));
    let edge = Plan::new()
        .with(
            Service::Servers,
            &["/api/v1/servers", "/api/v1/servers/{server_id}"],
            vec![servers.at()],
        )
        .with(
            Service::Messages,
            &["/api/v1/servers/{server_id}/channels/{channel_id}/messages"],
            vec![messages.at()],
        )
        .start_ready()
        .await;
    for (path, expected) in [
        ("/api/v1/servers", "servers"),
        ("/api/v1/servers/7?limit=2&q=a%2Fb", "servers"),
        ("/api/v1/servers/a%2Fb", "servers"),
        ("/api/v1/servers/7/channels/8/messages?before=%20", "messages"),
    ] {
        assert_eq!(edge.get(path).await.text(), format!("{expected} GET {path}"));
    }
    let deleted = edge
        .answer(Request::delete("/api/v1/servers/7").body(Body::empty()).unwrap())
        .await;
    assert_eq!(deleted.text(), "servers DELETE /api/v1/servers/7");
    let served = servers.served() + messages.served();
    assert_eq!(edge.get("/api/v1/servers/7/other").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        edge.get("/readyz").await.status,
        StatusCode::NOT_FOUND,
        "it is for operators"
    );
    assert_eq!(servers.served() + messages.served(), served, "nothing else passes");
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_the_start() {
    let needs = |address: &str| Needs {
        routes: vec![(Service::Messages, "/api/v1/a".to_owned())],
        addresses: [(Service::Messages, address.parse().into_iter().collect())].into(),
        tls: None,
        settings: Settings::default(),
        shutdown: tokio_util::sync::CancellationToken::new(),
    };
    assert_eq!(wire(needs("")).err(), Some(WiringError::NoAddress(Service::Messages)));
    let encrypted = "https://messages:8443";
    let expected = WiringError::NoCertificate(encrypted.parse().unwrap());
    assert_eq!(wire(needs(encrypted)).err(), Some(expected));
}
