//! One instance of a service, as the edge knows it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use axum_reverse_proxy::{HostBehaviour, ProxyPolicy, ReverseProxy, XForwardedFor};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use tokio::sync::watch;

use crate::connection::{Connector, Place};

/// Idle connections that are kept to one instance.
const IDLE_CONNECTIONS: usize = 128;
/// How long an idle connection is kept. Shorter than the services' own time (10 s), so that no request meets a connection that
/// its service is about to close.
const IDLE_FOR: Duration = Duration::from_secs(5);

/// Sends requests to one instance, over connections that it keeps for the next ones.
pub(crate) type HttpClient = Client<Connector, Body>;

fn client(connector: Connector) -> HttpClient {
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_FOR)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        // Only those of which not a byte was written before the kept connection turned out to be closed.
        .retry_canceled_requests(true)
        .build(connector)
}

/// How the headers of requests are treated: `Host` stays the public one, and who asks is said by [`crate::headers`].
pub(crate) fn policy() -> ProxyPolicy {
    ProxyPolicy::new()
        .with_host_behaviour(HostBehaviour::Preserve)
        .with_x_forwarded_for(XForwardedFor::Preserve)
}

/// What is known of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// It was not reached, or not asked yet.
    Gone,
    /// It answers, but says that it is not ready.
    Unready,
    /// It is ready.
    Ready,
}

/// One instance.
pub(crate) struct Instance {
    address: SocketAddr,
    /// Makes connections there.
    pub(crate) connector: Connector,
    /// Sends requests there.
    pub(crate) client: HttpClient,
    /// Hands requests on there, by that client.
    pub(crate) proxy: ReverseProxy<Connector>,
    health: watch::Sender<Health>,
    in_flight: AtomicUsize,
}

impl Instance {
    /// An instance that has not been asked yet.
    pub(crate) fn new(address: SocketAddr, place: Place) -> Self {
        let connector = Connector::new(address, place);
        let client = client(connector.clone());
        let target = format!("http://{address}");
        Self {
            address,
            connector,
            proxy: ReverseProxy::new_with_client("", target, client.clone()).with_policy(policy()),
            client,
            health: watch::Sender::new(Health::Gone),
            in_flight: AtomicUsize::new(0),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn health(&self) -> Health {
        *self.health.borrow()
    }

    /// Remembers the health; whether it is another than before.
    pub(crate) fn set_health(&self, health: Health) -> bool {
        self.health
            .send_if_modified(|known| std::mem::replace(known, health) != health)
    }

    /// Waits until the instance is gone.
    pub(crate) async fn gone(&self) {
        // The sender is this instance itself.
        let _ = self.health.subscribe().wait_for(|health| *health == Health::Gone).await;
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }
}

/// A request or a WebSocket on its way to an instance; counted until this is dropped.
pub(crate) struct InFlight(Arc<Instance>);

impl InFlight {
    pub(crate) fn to(instance: Arc<Instance>) -> Self {
        instance.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(instance)
    }

    pub(crate) fn instance(&self) -> Arc<Instance> {
        Arc::clone(&self.0)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
