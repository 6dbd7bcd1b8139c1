//! What a service reads of the client, and the client of the service.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{AppendHeaders, IntoResponse},
};
use http::{HeaderName, HeaderValue, StatusCode, header::SET_COOKIE};

use crate::{edge::Plan, instance::Instance};

const PATH: &str = "/api/v1/messages/1";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Answers with the headers it got, a line for each.
fn echo() -> Instance {
    Instance::start(Router::new().fallback(async |request: Request| {
        let line = |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
        request.headers().iter().map(line).collect::<Vec<_>>().join("\n")
    }))
}

/// The headers that the service got, when the client sent these.
async fn received(plan: Plan, sent: &[(&str, &str)]) -> BTreeMap<String, String> {
    let edge = plan.start_ready().await;
    let mut request = Request::get(PATH);
    for (name, value) in sent {
        request = request.header(*name, *value);
    }
    let answer = edge.answer(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let pairs = answer.text().lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[tokio::test]
async fn a_client_cannot_say_where_it_comes_from() {
    let one = echo();
    let forged = [
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("forwarded", "for=6.6.6.6"),
        ("x-real-ip", "6.6.6.6"),
        ("beep-user-token", "stolen"),
        ("connection", "x-forwarded-for, x-request-id"),
    ];
    let got = received(Plan::messages(&[&one]), &forged).await;
    assert_eq!(got["x-forwarded-for"], "127.0.0.1");
    for (name, _) in &forged[1..] {
        assert_eq!(got.get(*name), None, "{name}");
    }
    assert!(got.contains_key("x-request-id"));
}

#[tokio::test]
async fn a_trusted_proxy_may() {
    let one = echo();
    let mut plan = Plan::messages(&[&one]);
    plan.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let got = received(plan, &[("x-forwarded-for", "6.6.6.6, 192.0.2.7")]).await;
    assert_eq!(
        got["x-forwarded-for"], "192.0.2.7",
        "the rest is the client's own claim"
    );
}

#[tokio::test]
async fn the_ids_of_the_request_go_on() {
    let one = echo();
    let edge = Plan::messages(&[&one]).start_ready().await;
    let sent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let request = Request::get(PATH)
        .header("traceparent", &sent)
        .header("x-request-id", "mine-1");
    let answer = edge.answer(request.body(Body::empty()).unwrap()).await;
    assert!(answer.text().contains("x-request-id: mine-1"));
    assert!(
        answer.text().contains(&format!("traceparent: {sent}")),
        "an edge that records nothing is no part of the trace"
    );
    assert_eq!(answer.headers["x-request-id"], "mine-1");

    let without = edge.get(PATH).await;
    let id = without.headers["x-request-id"].to_str().unwrap();
    assert!(
        without.text().contains(&format!("x-request-id: {id}")),
        "one id for both"
    );
}

#[tokio::test]
async fn what_the_service_decides_by_stays_as_it_came() {
    let one = echo();
    let sent = [
        ("host", "beep.example"),
        ("origin", "https://beep.example"),
        ("authorization", "Bearer token"),
        ("cookie", "beep_access=a; beep_csrf=b"),
        ("x-csrf-token", "b"),
    ];
    let got = received(Plan::messages(&[&one]), &sent).await;
    for (name, value) in sent {
        assert_eq!(got[name], value);
    }
}

#[tokio::test]
async fn every_cookie_of_an_answer_passes() {
    let cookies = ["beep_access=a; HttpOnly", "beep_refresh=b; HttpOnly", "beep_csrf=c"];
    let answer = async move || (AppendHeaders(cookies.map(|cookie| (SET_COOKIE, cookie))), "x").into_response();
    let one = Instance::start(Router::new().fallback(answer));
    let edge = Plan::messages(&[&one]).start_ready().await;
    let answer = edge.get(PATH).await;
    let set: Vec<_> = answer.headers.get_all(SET_COOKIE).iter().collect();
    assert_eq!(set, cookies);
}
