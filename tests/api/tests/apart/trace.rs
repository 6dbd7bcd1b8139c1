//! One can follow a request through all services, events included, by the id of its trace.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Setup},
    gateway::Live,
    left_out::{WITHOUT_POSTGRES, left_out},
    patience,
    people::Person,
};
use load::collector::{Collector, Span};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
/// The part of it that sends the message.
const CALLER: &str = "00f067aa0ba902b7";

/// The lines of the logs that belong to the trace.
fn lines(beep: &Beep) -> Vec<Value> {
    let log = beep.log();
    let all = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    all.filter(|line| line["trace_id"] == TRACE).collect()
}

/// Sends a message within the trace, and waits until somebody heard of it.
async fn follow_a_message(beep: &Beep) {
    let person = Person::sign_up(beep).await;
    let server = person.create_server("public").await;
    let (mut live, _) = Live::identify(&person).await;
    let sent = reqwest::Client::new()
        .post(format!("{}/api/v1{}", beep.url(), server.messages()))
        .bearer_auth(&person.token)
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
        .json(&json!({ "content": "follow me" }))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 201);
    let frame = live.event("message.created").await;
    assert_eq!(frame["content"], "follow me");
    assert!(
        !frame.to_string().contains(TRACE),
        "clients are not told of it: {frame}"
    );
}

/// The spans from this one up to the first of the trace, as `service: name`.
fn way_up(spans: &[Span], from: &Span) -> Vec<String> {
    let mut way = vec![from];
    while let Some(cause) = spans.iter().find(|span| span.id == way[way.len() - 1].parent) {
        way.push(cause);
    }
    assert_eq!(hex::encode(&way[way.len() - 1].parent), CALLER, "{way:?}");
    way.iter()
        .map(|span| format!("{}: {}", span.service, span.name))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_collector_is_told_how_a_message_went_through_all_services() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    let collector = Collector::start().await.unwrap();
    let beep = Setup::default()
        .with("TELEMETRY__OTLP_ENDPOINT", &collector.endpoint)
        .start_apart()
        .await;
    follow_a_message(&beep).await;
    let trace = hex::decode(TRACE).unwrap();
    let mut spans: Vec<Span> = Vec::new();
    patience::until(PATIENCE, "all services tell", async || {
        spans.extend(collector.take_traces().remove(&trace).unwrap_or_default());
        let delivered = spans.iter().filter(|span| span.name == "message.created").count();
        let is_told = |service: &str| spans.iter().any(|span| &*span.service == service);
        (delivered > 0 && is_told("edge") && is_told("messages")).then_some(())
    })
    .await;
    let sending = "POST /api/v1/servers/{server_id}/channels/{channel_id}/messages";
    let delivered = spans.iter().find(|span| span.name == "message.created").unwrap();
    let way = way_up(&spans, delivered);
    assert_eq!(way[0], "gateway: message.created");
    assert_eq!(way[1], format!("messages: {sending}"));
    assert_eq!(way[2], "edge: messages");
    assert!(way[3].starts_with("edge: POST /api/v1/servers/"), "{way:?}");
    let commit = spans
        .iter()
        .find(|span| span.name == "commit" && &*span.service == "messages")
        .unwrap();
    assert_eq!(way_up(&spans, commit)[1], "messages: write group");
    assert!(
        spans.iter().all(|span| span.begun <= span.ended && span.begun > 0),
        "{spans:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_delivery_of_a_message_belongs_to_the_trace_of_the_request_that_sent_it() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    let beep = Setup::default()
        .with("TELEMETRY__LOG_LEVEL", "debug")
        .start_apart()
        .await;
    follow_a_message(&beep).await;
    patience::until(PATIENCE, "the request and its delivery are in the log", async || {
        let delivery =
            |line: &Value| line["event.kind"] == "message.created" && line["target"] == "gateway::hub::actor";
        let lines = lines(&beep);
        // The edge and the messages service took the same request.
        let accesses = lines.iter().filter(|line| line["kind"] == "access").count();
        (accesses == 2 && lines.iter().any(delivery)).then_some(())
    })
    .await;
}
