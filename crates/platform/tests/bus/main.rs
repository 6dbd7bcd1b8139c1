//! What every event bus must do: the one within a process, and NATS on a server that the test starts.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod backchannel;
mod hearing;
mod recent;

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use contracts::events::{Audience, Event, EventKind};
use model::{ChannelId, EventId, ServerId, UserId};
use platform::{
    auth::Secret,
    bus::{Delivery, EventBus, LocalBus, NatsBus, Subscription, Topics},
};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(20);

/// A NATS server; it ends with this value.
struct Nats {
    port: u16,
    server: Child,
}

impl Nats {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start_on(port)
    }

    fn start_on(port: u16) -> Self {
        Self::start_with(
            port,
            &["--jetstream", "--store_dir", &folder_of(port).display().to_string()],
        )
    }

    /// One that passes everything on and keeps nothing.
    fn start_without_memory() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start_with(port, &[])
    }

    fn start_with(port: u16, more: &[&str]) -> Self {
        let server = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nats-server: scripts/install-test-dependencies installs it");
        Self { port, server }
    }

    fn end(mut self) -> u16 {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        self.port
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(folder_of(self.port));
    }
}

/// Where a server writes what it must.
fn folder_of(port: u16) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("beep-nats-{port}"))
}

async fn connect(nats: &Nats) -> NatsBus {
    let url = Secret::new(format!("nats://127.0.0.1:{}", nats.port));
    let bus = NatsBus::connect(&url, "test").await.unwrap();
    until(|| bus.is_connected()).await;
    bus
}

async fn until(mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "it does not come about");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn event(id: i64, kind: EventKind, audience: Audience) -> Arc<Event> {
    Arc::new(Event::new(EventId(id), kind, audience, &json!({ "number": id })).unwrap())
}

fn message(id: i64, server: i64) -> Arc<Event> {
    let audience = Audience::Channel {
        server_id: ServerId(server),
        channel_id: ChannelId(7),
    };
    event(id, EventKind::MessageCreated, audience)
}

/// The ids of the next events, and how often something was lost before them.
async fn next(events: &mut Subscription, count: usize) -> (Vec<i64>, usize) {
    let (mut ids, mut lost) = (Vec::new(), 0);
    while ids.len() < count {
        match tokio::time::timeout(PATIENCE, events.next())
            .await
            .expect("an event")
            .unwrap()
        {
            Delivery::Event(event) => ids.push(event.id.0),
            Delivery::Lost => lost += 1,
        }
    }
    (ids, lost)
}

/// What both must do.
async fn keeps_to_the_rules(bus: &dyn EventBus) {
    let mut changes = bus.subscribe(Topics::Changes).await.unwrap();
    let mut chosen = bus.subscribe(Topics::Chosen).await.unwrap();
    let interest = chosen.interest();
    interest.follow(ServerId(1)).await.unwrap();
    let (to_user, to_server) = (
        Audience::User { user_id: UserId(9) },
        Audience::Server { server_id: ServerId(1) },
    );
    for id in 1..=50 {
        bus.publish(message(id, 1)).await.unwrap();
    }
    bus.publish(event(51, EventKind::ServerUpdated, to_server))
        .await
        .unwrap();
    bus.barrier().await.unwrap();
    let (ids, _) = next(&mut chosen, 51).await;
    assert_eq!(ids, (1..=51).collect::<Vec<_>>(), "all, and in order");
    bus.publish(event(52, EventKind::UserUpdated, to_user)).await.unwrap();
    assert_eq!(next(&mut chosen, 1).await.0, [52]);
    // The end of what is listened to: later events of the same kind come after it.
    let mut heard = Vec::new();
    while heard.last() != Some(&52) {
        heard.extend(next(&mut changes, 1).await.0);
    }
    assert!(heard.contains(&51));
    interest.leave(ServerId(1));
    // What is told of a user stays in order, whoever is to hear it.
    let personal = [to_user, Audience::Services, Audience::AroundUser { user_id: UserId(9) }];
    let all: Vec<i64> = (53..=352).collect();
    for (id, audience) in all.iter().zip(personal.into_iter().cycle()) {
        bus.publish(event(*id, EventKind::UserUpdated, audience)).await.unwrap();
    }
    bus.barrier().await.unwrap();
    assert_eq!(next(&mut chosen, all.len()).await.0, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn within_one_process() {
    keeps_to_the_rules(&LocalBus::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_nats() {
    let nats = Nats::start();
    keeps_to_the_rules(&connect(&nats).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_nats_only_what_is_chosen_arrives() {
    let nats = Nats::start();
    let (bus, other) = (connect(&nats).await, connect(&nats).await);
    let mut chosen = bus.subscribe(Topics::Chosen).await.unwrap();
    chosen.interest().follow(ServerId(1)).await.unwrap();
    // Far enough apart to stand in different shards.
    let elsewhere = (2..1_000).find(|id| other_shard(*id)).unwrap();
    for id in 1..=20 {
        other
            .publish(message(id, if id % 2 == 0 { 1 } else { elsewhere }))
            .await
            .unwrap();
    }
    assert_eq!(
        next(&mut chosen, 10).await.0,
        (1..=10).map(|half| half * 2).collect::<Vec<_>>()
    );
}

/// Whether the server stands in another shard than server 1, by the rule of `bus::nats::subjects`.
fn other_shard(id: i64) -> bool {
    let shard = |id: i64| (id.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) % 64;
    shard(id) != shard(1)
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nats_is_away_nothing_is_taken_and_afterwards_all_know_that_they_may_have_missed_something() {
    let nats = Nats::start();
    let bus = connect(&nats).await;
    let mut chosen = bus.subscribe(Topics::Chosen).await.unwrap();
    chosen.interest().follow(ServerId(1)).await.unwrap();
    let port = nats.end();
    until(|| !bus.is_connected()).await;
    assert!(bus.publish(message(1, 1)).await.is_err());
    assert!(bus.barrier().await.is_err());
    let _again = Nats::start_on(port);
    until(|| bus.is_connected()).await;
    bus.publish(message(2, 1)).await.unwrap();
    let (ids, lost) = next(&mut chosen, 1).await;
    assert_eq!(ids, [2]);
    assert!(lost > 0, "it is told that something may be missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_subscribes_after_the_start_is_not_told_that_something_was_lost() {
    let nats = Nats::start();
    let bus = connect(&nats).await;
    let mut events = bus.subscribe(Topics::Changes).await.unwrap();
    bus.publish(event(1, EventKind::UserUpdated, Audience::User { user_id: UserId(9) }))
        .await
        .unwrap();
    assert_eq!(next(&mut events, 1).await, (vec![1], 0));
}
