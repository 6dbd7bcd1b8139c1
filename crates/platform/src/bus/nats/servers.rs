//! The NATS servers, and how they are connected to.

use std::{sync::Arc, time::Duration};

use async_nats::{Client, ConnectOptions};

use crate::{auth::Secret, bus::BusError};

/// Messages that the client library holds for one subscription.
const HELD: usize = 65_536;
/// How often a silent connection is tested.
const PING_EVERY: Duration = Duration::from_secs(3);
/// How long connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
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

    /// How every connection behaves: it is tried for ever, and tells what happens to it.
    pub(super) fn options(&self) -> ConnectOptions {
        ConnectOptions::new()
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
    }

    /// Answers at once, whether or not a server can be reached.
    pub(super) async fn connect(&self, options: ConnectOptions) -> Result<Client, BusError> {
        let addresses: Vec<&str> = self.addresses.expose().iter().map(String::as_str).collect();
        options
            .connect(addresses)
            .await
            .map_err(|error| BusError(error.to_string()))
    }
}
