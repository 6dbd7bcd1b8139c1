//! Whether others are heard, over NATS that is stopped, goes and comes back.

use std::process::Command;

use contracts::calls::Service;
use platform::bus::{EventBus, LocalBus, NatsBus};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Nats, connect, until};

/// What a silence may last before it must be noticed, with room for a busy machine. The requirement is a second.
const NOTICED_WITHIN: std::time::Duration = std::time::Duration::from_millis(900);

/// A process on the bus, with this service.
struct Process {
    bus: NatsBus,
    shutdown: CancellationToken,
    hearing: JoinHandle<()>,
}

impl Process {
    async fn start(nats: &Nats, service: Service) -> Self {
        let (bus, shutdown) = (connect(nats).await, CancellationToken::new());
        let hearing = tokio::spawn(bus.keep_hearing(vec![service], shutdown.clone()));
        Self { bus, shutdown, hearing }
    }

    fn hears(&self, service: Service) -> Option<u64> {
        self.bus.hears(service)
    }
}

fn signal(nats: &Nats, name: &str) {
    let id = nats.server.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
}

#[tokio::test]
async fn within_one_process_everybody_is_heard() {
    assert_eq!(LocalBus::default().hears(Service::Servers), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_is_noticed_before_its_connection_ends() {
    let nats = Nats::start();
    let messages = Process::start(&nats, Service::Messages).await;
    let servers = Process::start(&nats, Service::Servers).await;
    until(|| messages.hears(Service::Servers).is_some() && servers.hears(Service::Servers).is_some()).await;
    let before = messages.hears(Service::Servers);
    signal(&nats, "STOP");
    let stopped = Instant::now();
    until(|| messages.hears(Service::Servers).is_none()).await;
    assert!(stopped.elapsed() < NOTICED_WITHIN, "{:?}", stopped.elapsed());
    assert!(messages.bus.is_connected(), "as far as the connection is concerned");
    signal(&nats, "CONT");
    until(|| messages.hears(Service::Servers).is_some()).await;
    assert_ne!(
        messages.hears(Service::Servers),
        before,
        "it can be told that something was missed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_ends_without_a_farewell_is_missed_and_who_takes_leave_is_not() {
    let nats = Nats::start();
    let messages = Process::start(&nats, Service::Messages).await;
    let servers = Process::start(&nats, Service::Servers).await;
    let users = Process::start(&nats, Service::Users).await;
    until(|| servers.hears(Service::Servers).is_some() && users.hears(Service::Users).is_some()).await;
    until(|| messages.hears(Service::Servers).is_some() && messages.hears(Service::Users).is_some()).await;
    users.shutdown.cancel();
    users.hearing.await.unwrap();
    servers.hearing.abort();
    until(|| messages.hears(Service::Servers).is_none()).await;
    assert!(messages.hears(Service::Users).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_and_is_back_is_heard_again() {
    let nats = Nats::start();
    let messages = Process::start(&nats, Service::Messages).await;
    until(|| messages.hears(Service::Servers).is_some()).await;
    let before = messages.hears(Service::Servers);
    let port = nats.end();
    until(|| messages.hears(Service::Servers).is_none()).await;
    let _again = Nats::start_on(port);
    until(|| messages.hears(Service::Servers).is_some()).await;
    assert_ne!(messages.hears(Service::Servers), before);
}
