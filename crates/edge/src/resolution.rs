//! Where instances are: names are resolved again and again.

use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc, time::Duration};

use futures::future::{BoxFuture, FutureExt, join_all};
use platform::rpc::Address;

use crate::{connection::Place, upstream::Upstream};

/// How long a resolution may take.
const WITHIN: Duration = Duration::from_secs(5);
/// Before the next attempt while no instance is known.
const AGAIN: Duration = Duration::from_millis(200);

/// Finds all instances that an address stands for at present.
pub type Resolver = Arc<dyn Fn(Address) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Asks the system.
pub(crate) fn system() -> Resolver {
    Arc::new(|address| async move { address.resolve().await }.boxed())
}

/// The resolution of the addresses of one service.
pub(crate) struct Resolving {
    upstream: Arc<Upstream>,
    /// The addresses, each with what it stood for when it could be resolved last.
    places: Vec<(Place, Vec<SocketAddr>)>,
    resolver: Resolver,
}

impl Resolving {
    pub(crate) fn new(upstream: Arc<Upstream>, places: Vec<Place>, resolver: Resolver) -> Self {
        Self {
            upstream,
            places: places.into_iter().map(|place| (place, Vec::new())).collect(),
            resolver,
        }
    }

    /// Resolves for ever.
    pub(crate) async fn run(mut self, every: Duration) {
        loop {
            self.resolve().await;
            let nowhere = self.upstream.instances().is_empty();
            tokio::time::sleep(if nowhere { AGAIN.min(every) } else { every }).await;
        }
    }

    /// Learns of new instances and forgets those whose address has gone. A name that cannot be resolved changes nothing.
    async fn resolve(&mut self) {
        let (upstream, resolver) = (&self.upstream, &self.resolver);
        join_all(self.places.iter_mut().map(|(place, sockets)| async move {
            let address = place.address();
            let found = tokio::time::timeout(WITHIN, resolver(address.clone())).await;
            match found.unwrap_or_else(|elapsed| Err(elapsed.into())) {
                Ok(found) => *sockets = found,
                Err(error) => tracing::warn!(
                    peer.service = upstream.service().name(),
                    peer.address = %address,
                    error.detail = %error,
                    "the name of a service cannot be resolved"
                ),
            }
        }))
        .await;
        let all: BTreeMap<SocketAddr, &Place> = self
            .places
            .iter()
            .flat_map(|(place, sockets)| sockets.iter().map(move |socket| (*socket, place)))
            .collect();
        self.upstream.set_instances(&all);
    }
}
