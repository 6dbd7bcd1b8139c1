//! The event bus: how a change in one service reaches the others. A wake-up, never the only copy (`outbox`).

mod backchannel;
mod hearing;
mod local;
mod nats;
mod recent;

use std::{sync::Arc, time::Duration};

use contracts::{calls::Service, events::Event};
use futures::future::BoxFuture;
use model::ServerId;

pub use backchannel::{ANSWER_BYTES, Backchannel, Hear, Heard, Listener, Reply};
pub use local::LocalBus;
pub use nats::NatsBus;
pub use recent::{Entries, Entry, Recent, RecentEvent, RecentEvents};

/// Why an event was not taken.
#[derive(Debug, thiserror::Error)]
#[error("the event bus is unavailable: {0}")]
pub struct BusError(pub String);

/// What a subscriber gets.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// An event.
    Event(Arc<Event>),
    /// Events were lost, because the subscriber was too slow or the bus was away: it must read anew what it relies on.
    Lost,
}

/// Carries events from services to services. Delivery is at most once and in order of one publisher.
pub trait EventBus: Send + Sync + 'static {
    /// Hands the event over; it is on its way when this answers.
    fn publish(&self, event: Arc<Event>) -> BoxFuture<'_, Result<(), BusError>>;

    /// Answers when everything that was published before has been taken for certain.
    fn barrier(&self) -> BoxFuture<'_, Result<(), BusError>>;

    /// The events of the topics from when this answers on, or a [`Delivery::Lost`] for what came in between.
    fn subscribe(&self, topics: Topics) -> BoxFuture<'_, Result<Subscription, BusError>>;

    /// Whether what the service publishes arrives here without delay: what its events would make wrong may be believed. The
    /// number is another one when that was not so in between: what was remembered before is to be forgotten then. `None` at
    /// most half a second after a connection was cut, here or there.
    fn hears(&self, _service: Service) -> Option<u64> {
        Some(0)
    }

    /// By which instances of a service speak to each other; `None` on a bus within one process, where each is alone.
    fn backchannel(&self) -> Option<Arc<dyn Backchannel>> {
        None
    }

    /// What is kept for at least so long, if it can be kept at all; `None` on a bus within one process, with which
    /// everything ends.
    fn recent(&self, _kept_for: Duration) -> Option<Arc<dyn Recent>> {
        None
    }
}

/// What a subscriber wants to hear of. A bus may tell more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topics {
    /// Changes of servers, users and sign-ins, but not their messages.
    Changes,
    /// Everything.
    All,
    /// What concerns single users, and everything in the servers that [`Interest::follow`] names.
    Chosen,
}

/// Chooses whose events arrive at a subscription with [`Topics::Chosen`].
pub trait Interest: Send + Sync {
    /// The server's events arrive from when this answers on.
    fn follow(&self, server_id: ServerId) -> BoxFuture<'_, Result<(), BusError>>;

    /// They need not arrive any more; said once for each `follow`.
    fn leave(&self, server_id: ServerId);
}

/// A stream of deliveries, in order of one publisher.
pub struct Subscription {
    receive: Box<dyn Receive>,
    interest: Arc<dyn Interest>,
}

impl Subscription {
    /// A subscription that takes its deliveries from `receive`.
    #[must_use]
    pub fn new(receive: impl Receive + 'static, interest: Arc<dyn Interest>) -> Self {
        Self {
            receive: Box::new(receive),
            interest,
        }
    }

    /// The next delivery; `None` when the bus has ended.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.receive.receive().await
    }

    /// Chooses whose events arrive.
    #[must_use]
    pub fn interest(&self) -> Arc<dyn Interest> {
        Arc::clone(&self.interest)
    }
}

/// How a bus hands over deliveries.
pub trait Receive: Send {
    /// The next delivery; `None` when the bus has ended.
    fn receive(&mut self) -> BoxFuture<'_, Option<Delivery>>;
}
