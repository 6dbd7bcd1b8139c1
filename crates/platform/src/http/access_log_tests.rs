#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use axum::{Router, body::Body, routing::get};
use model::{SessionId, Timestamp, UserId};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    auth::{Authenticator, Caller, RevokedSessions, TokenIssuer},
    clock::Clock,
    http::{HttpSettings, PeerAddress, public},
    telemetry::{LogFormat, Metrics, captured::Captured},
};

const URL: &str = "http://beep.test";

/// One request to a small instance, signed in as user 7.
async fn request(path: &str) {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let issuer = TokenIssuer::ephemeral(URL);
    let authenticator = Authenticator::new(URL, &issuer.jwks(), RevokedSessions::default());
    let routes = Router::new()
        .route("/api/v1/things/{name}", get(async |_: Caller| "hello"))
        .route("/api/v1/broken", get(async || -> &'static str { panic!("a mistake") }));
    let instance = public(
        routes,
        &HttpSettings::for_public_url(URL),
        authenticator,
        Clock::from_fn(move || now),
    );
    let (token, _) = issuer.issue(UserId(7), SessionId(9), now).unwrap();
    let request = http::Request::get(path)
        .header("authorization", format!("Bearer {token}"))
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .header("x-request-id", "request-1")
        .extension(PeerAddress(([192, 0, 2, 77], 4_000).into()))
        .body(Body::empty())
        .unwrap();
    instance.oneshot(request).await.unwrap();
}

#[tokio::test]
async fn one_line_that_names_the_route_and_no_person() {
    let (captured, _recording) = Captured::record(LogFormat::Json);
    request("/api/v1/things/ada-lovelace?email=ada@example.org").await;
    let text = captured.text();
    assert!(!text.contains("ada") && !text.contains("192.0.2.77"), "{text}");
    let mut line: Value = serde_json::from_str(text.trim_end()).expect("one line");
    for changing in ["timestamp", "duration_ms", "target"] {
        assert!(line.as_object_mut().unwrap().remove(changing).is_some(), "{changing}");
    }
    let expected = json!({
        "level": "INFO", "service": "be\"ep", "kind": "access", "message": "request served",
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "request_id": "request-1",
        "method": "GET", "route": "/api/v1/things/{name}", "status": 200, "user_id": 7, "bytes": 5, "address": "192.0.2.0/24"
    });
    assert_eq!(line, expected);
}

#[tokio::test]
async fn failures_and_strangers_are_logged_and_measured() {
    let metrics = Metrics::install().unwrap();
    let (captured, _recording) = Captured::record(LogFormat::Json);
    request("/api/v1/broken").await;
    request("/wp-login.php").await;
    let access: Vec<Value> = captured
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["kind"] == "access")
        .collect();
    let seen: Vec<_> = access.iter().map(|line| (&line["route"], &line["status"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("/api/v1/broken"), &json!(500)),
            (&json!("unmatched"), &json!(404))
        ]
    );
    let rendered = metrics.render();
    for expected in [
        "http_requests_total{method=\"GET\",route=\"/api/v1/broken\",status=\"500\"} 1",
        "http_request_duration_seconds_count{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
    ] {
        assert!(rendered.contains(expected), "{expected} is missing:\n{rendered}");
    }
}
