//! One can follow a request through all services, events included, by the id of its trace.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Setup},
    gateway::Live,
    left_out::{WITHOUT_POSTGRES, left_out},
    patience,
    people::Person,
};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The lines of the logs that belong to the trace.
fn lines(beep: &Beep) -> Vec<Value> {
    let log = beep.log();
    let all = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    all.filter(|line| line["trace_id"] == TRACE).collect()
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
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let (mut live, _) = Live::identify(&person).await;
    let sent = reqwest::Client::new()
        .post(format!("{}/api/v1{}", beep.url(), server.messages()))
        .bearer_auth(&person.token)
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"))
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
    patience::until(PATIENCE, "the delivery is in the log", async || {
        let delivery =
            |line: &Value| line["event.kind"] == "message.created" && line["target"] == "gateway::hub::actor";
        lines(&beep).iter().any(delivery).then_some(())
    })
    .await;
    let accesses = lines(&beep).iter().filter(|line| line["kind"] == "access").count();
    assert_eq!(accesses, 2, "the edge and the messages service took the same request");
}
