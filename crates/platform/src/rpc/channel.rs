//! A channel to all instances of a peer.

use std::{sync::Arc, time::Duration};

use contracts::calls::Service;
use failsafe::{
    StateMachine,
    backoff::{self, Constant},
    failure_policy::{self, ConsecutiveFailures},
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tower::util::BoxCloneSyncService;

use super::{
    Address, Credentials, Peer,
    instances::{self, Instances},
    remote::Remote,
};
use crate::{service::Task, tls::Tls};

/// Instances that may change between two looks of the balancer.
const CHANGES: usize = 64;
/// The breaker opens after so many failures in a row …
const FAILURES: u32 = 10;
/// … for this long; then one call tries again.
const OPEN_FOR: Duration = Duration::from_millis(500);

/// The circuit breaker of one peer.
pub(super) type Breaker = StateMachine<ConsecutiveFailures<Constant>, ()>;

/// A channel to the instances of one peer. Clones share connections and circuit breaker.
#[derive(Clone)]
pub struct Channel {
    called: Service,
    balanced: tonic::transport::Channel,
    breaker: Breaker,
    in_rotation: watch::Receiver<usize>,
    suspicion: Arc<Notify>,
}

impl Channel {
    /// A channel to the service `called` at the addresses, and the task that watches over its instances. Addresses with
    /// `https` need `tls`.
    #[must_use]
    pub fn open(
        called: Service,
        addresses: Vec<Address>,
        tls: Option<Tls>,
        shutdown: CancellationToken,
    ) -> (Self, Task) {
        let (balanced, changes) = tonic::transport::Channel::balance_channel(CHANGES);
        let (count, in_rotation) = watch::channel(0);
        let suspicion = Arc::new(Notify::new());
        let instances = Instances::new(called, addresses, tls, changes, count);
        let watching = instances::watch(instances, Arc::clone(&suspicion), shutdown);
        let policy = failure_policy::consecutive_failures(FAILURES, backoff::constant(OPEN_FOR));
        let channel = Self {
            called,
            balanced,
            breaker: failsafe::Config::new().failure_policy(policy).build(),
            in_rotation,
            suspicion,
        };
        (channel, Task::new(called.name(), watching))
    }

    /// What a service builds its client on.
    #[must_use]
    pub fn peer(&self, credentials: Credentials) -> Peer {
        BoxCloneSyncService::new(Remote::new(self.clone(), credentials))
    }

    /// How many instances answer at present.
    #[must_use]
    pub fn instances(&self) -> usize {
        *self.in_rotation.borrow()
    }

    /// Which service is called.
    #[must_use]
    pub fn called(&self) -> Service {
        self.called
    }

    pub(super) fn balanced(&self) -> tonic::transport::Channel {
        self.balanced.clone()
    }

    pub(super) fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    /// A call failed on its way: the instances are looked at now.
    pub(super) fn suspect(&self) {
        self.suspicion.notify_one();
    }

    /// Waits until some instance is in rotation.
    pub(super) async fn some_instance(&self) {
        // The sender lives as long as the process; without it there is nothing to wait for.
        let _ = self.in_rotation.clone().wait_for(|count| *count > 0).await;
    }
}
