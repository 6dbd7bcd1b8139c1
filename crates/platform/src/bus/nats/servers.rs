//! The NATS servers, and how they are connected to.

use std::{sync::Arc, time::Duration};

use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::watch;

use crate::{auth::Secret, bus::BusError};

/// Messages that the client library holds for one subscription.
const HELD: usize = 65_536;
/// How often a silent connection is tested.
const PING_EVERY: Duration = Duration::from_secs(3);
/// How long connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// How long a start waits for the first connection.
const FIRST_CONNECTION_WITHIN: Duration = Duration::from_secs(2);
/// Between two attempts to connect: doubling up to this.
const RECONNECT_WITHIN: Duration = Duration::from_millis(500);

/// Where the servers are, and what a connection is called there.
#[derive(Clone)]
pub(super) struct Servers {
    addresses: Arc<Secret<Vec<String>>>,
    name: Arc<str>,
}

impl Servers {
    /// The servers of `url`: several are separated by commas.
    pub(super) fn new(url: &Secret<String>, name: &str) -> Self {
        let addresses = url.expose().split(',').map(|address| address.trim().to_owned());
        Self {
            addresses: Arc::new(Secret::new(addresses.collect())),
            name: name.into(),
        }
    }

    /// A connection that is tried for ever, and tells what happens to it. Answers when it is there for the first time and
    /// that was told, or after a while without it.
    pub(super) async fn connect(&self, told: impl Fn(&Event) + Send + Sync + 'static) -> Result<Client, BusError> {
        let (connected, mut is_connected) = watch::channel(false);
        let options = ConnectOptions::new()
            .name(&*self.name)
            .retry_on_initial_connect()
            .max_reconnects(None)
            .connection_timeout(CONNECT_WITHIN)
            .ping_interval(PING_EVERY)
            .subscription_capacity(HELD)
            .reconnect_delay_callback(|attempts| {
                let doubled = 1_u64 << attempts.min(16);
                Duration::from_millis(doubled * 10).min(RECONNECT_WITHIN)
            })
            .event_callback(move |event| {
                told(&event);
                if matches!(event, Event::Connected) {
                    connected.send_replace(true);
                }
                std::future::ready(())
            });
        let addresses: Vec<&str> = self.addresses.expose().iter().map(String::as_str).collect();
        let client = options.connect(addresses).await;
        let client = client.map_err(|error| BusError(error.to_string()))?;
        let connecting = is_connected.wait_for(|connected| *connected);
        if tokio::time::timeout(FIRST_CONNECTION_WITHIN, connecting).await.is_err() {
            tracing::warn!("no NATS server can be reached yet");
        }
        Ok(client)
    }
}
