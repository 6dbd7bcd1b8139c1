//! Which instances of a peer are there and well: names are resolved again and again, every instance is asked for its health
//! (`grpc.health.v1`), and only those that answer get calls.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use contracts::calls::Service;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tonic::{
    Code,
    transport::{Channel, Endpoint, channel::Change},
};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use super::Address;
use crate::tls::Tls;

/// How often instances are asked.
const EVERY: Duration = Duration::from_secs(1);
/// How often names are resolved: every so many looks.
const RESOLVED_EVERY: u32 = 5;
/// Between two looks that calls asked for.
const PAUSE: Duration = Duration::from_millis(20);
/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(1);
/// An instance that does not answer in time leaves after so many times; one that refuses connections leaves at once.
const STRIKES: u8 = 2;

/// An instance and where its name came from.
type Key = SocketAddr;

struct Instance {
    address: Address,
    endpoint: Endpoint,
    health: HealthClient<Channel>,
    in_rotation: bool,
    strikes: u8,
}

/// What an instance said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Good,
    Gone,
    Slow,
}

/// The instances of one peer.
pub(super) struct Instances {
    called: Service,
    addresses: Vec<Address>,
    tls: Option<Tls>,
    known: HashMap<Key, Instance>,
    changes: mpsc::Sender<Change<Key, Endpoint>>,
    count: watch::Sender<usize>,
}

/// Watches until `shutdown`.
pub(super) async fn watch(mut instances: Instances, suspicion: Arc<Notify>, shutdown: CancellationToken) {
    let watching = async {
        for look in 0_u32.. {
            instances.renew().await;
            if look.is_multiple_of(RESOLVED_EVERY) || instances.known.is_empty() {
                instances.resolve().await;
            }
            instances.ask_all().await;
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = suspicion.notified() => tokio::time::sleep(PAUSE).await,
            }
        }
    };
    let _ = shutdown.run_until_cancelled(watching).await;
}

impl Instances {
    pub(super) fn new(
        called: Service,
        addresses: Vec<Address>,
        tls: Option<Tls>,
        changes: mpsc::Sender<Change<Key, Endpoint>>,
        count: watch::Sender<usize>,
    ) -> Self {
        Self {
            called,
            addresses,
            tls,
            known: HashMap::new(),
            changes,
            count,
        }
    }

    /// Learns of new instances and forgets those whose address has gone. A name that cannot be resolved changes nothing.
    async fn resolve(&mut self) {
        let mut found: HashMap<Key, &Address> = HashMap::new();
        for address in &self.addresses {
            match address.resolve().await {
                Ok(sockets) => found.extend(sockets.into_iter().map(|socket| (socket, address))),
                Err(error) => {
                    tracing::warn!(peer.service = self.called.name(), peer.address = %address, error.detail = %error, "a peer's name cannot be resolved");
                    return;
                }
            }
        }
        let gone: Vec<Key> = self
            .known
            .keys()
            .filter(|key| !found.contains_key(*key))
            .copied()
            .collect();
        let new: Vec<(Key, Address, Endpoint)> = found
            .into_iter()
            .filter(|(key, _)| !self.known.contains_key(key))
            .filter_map(|(key, address)| Some((key, address.clone(), endpoint(address, key, self.tls.as_ref())?)))
            .collect();
        for key in gone {
            if self.known.remove(&key).is_some_and(|instance| instance.in_rotation) {
                self.change(Change::Remove(key)).await;
            }
        }
        for (key, address, endpoint) in new {
            let health = HealthClient::new(endpoint.connect_lazy());
            let instance = Instance {
                address,
                endpoint,
                health,
                in_rotation: false,
                strikes: 0,
            };
            self.known.insert(key, instance);
        }
    }

    /// New connections are made with the certificates of the moment; those that exist go on.
    async fn renew(&mut self) {
        if !self.tls.as_mut().is_some_and(Tls::has_changed) {
            return;
        }
        let mut changes = Vec::new();
        for (key, instance) in &mut self.known {
            if let Some(endpoint) = endpoint(&instance.address, *key, self.tls.as_ref()) {
                instance.health = HealthClient::new(endpoint.connect_lazy());
                instance.endpoint = endpoint.clone();
                if instance.in_rotation {
                    changes.push(Change::Insert(*key, endpoint));
                }
            }
        }
        for change in changes {
            self.change(change).await;
        }
    }

    /// Asks all instances at once and changes the rotation by their answers.
    async fn ask_all(&mut self) {
        let asked = self.known.iter().map(|(key, instance)| {
            let (key, health) = (*key, instance.health.clone());
            async move { (key, ask(health).await) }
        });
        let answers = futures::future::join_all(asked).await;
        for (key, health) in answers {
            let Some(instance) = self.known.get_mut(&key) else {
                continue;
            };
            instance.strikes = if health == Health::Slow {
                instance.strikes.saturating_add(1)
            } else {
                0
            };
            let stays = match health {
                Health::Good => true,
                Health::Gone => false,
                Health::Slow => instance.in_rotation && instance.strikes < STRIKES,
            };
            if stays == instance.in_rotation {
                continue;
            }
            instance.in_rotation = stays;
            let endpoint = instance.endpoint.clone();
            tracing::info!(peer.service = self.called.name(), peer.address = %key, peer.in_rotation = stays, "an instance of a peer changed");
            self.change(if stays {
                Change::Insert(key, endpoint)
            } else {
                Change::Remove(key)
            })
            .await;
        }
        let count = self.known.values().filter(|instance| instance.in_rotation).count();
        self.count
            .send_if_modified(|known| std::mem::replace(known, count) != count);
    }

    async fn change(&self, change: Change<Key, Endpoint>) {
        // Without a receiver nobody calls the peer any more.
        let _ = self.changes.send(change).await;
    }
}

fn endpoint(address: &Address, socket: SocketAddr, tls: Option<&Tls>) -> Option<Endpoint> {
    let mut endpoint = Endpoint::from_shared(address.of_instance(socket)).ok()?;
    if address.is_secure() {
        let secured = endpoint.tls_config(tls?.grpc(address.host()).timeout(WITHIN));
        let unusable = |error| tracing::error!(peer.address = %address, error.detail = %error, "no TLS to a peer");
        endpoint = secured.map_err(unusable).ok()?;
    }
    Some(
        endpoint
            .connect_timeout(WITHIN)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(Duration::from_secs(5))
            .keep_alive_timeout(Duration::from_secs(3))
            .keep_alive_while_idle(true),
    )
}

async fn ask(mut client: HealthClient<Channel>) -> Health {
    let request = HealthCheckRequest { service: String::new() };
    match tokio::time::timeout(WITHIN, client.check(request)).await {
        Ok(Ok(answer)) if answer.get_ref().status() == ServingStatus::Serving => Health::Good,
        // Not serving, or no connection to be had.
        Ok(Ok(_)) => Health::Gone,
        Ok(Err(status)) if status.code() == Code::Unavailable => Health::Gone,
        Ok(Err(_)) | Err(_) => Health::Slow,
    }
}
