//! The event bus: how a change in one service reaches the others. A wake-up, never the only copy (`outbox`).

mod local;

use std::sync::Arc;

use contracts::events::Event;
use futures::future::BoxFuture;

pub use local::LocalBus;

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

    /// All events from now on.
    fn subscribe(&self) -> Subscription;
}

/// A stream of deliveries, in order.
pub struct Subscription(Box<dyn Receive>);

impl Subscription {
    /// A subscription that takes its deliveries from `receive`.
    #[must_use]
    pub fn new(receive: impl Receive + 'static) -> Self {
        Self(Box::new(receive))
    }

    /// The next delivery; `None` when the bus has ended.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.0.receive().await
    }
}

/// How a bus hands over deliveries.
pub trait Receive: Send {
    /// The next delivery; `None` when the bus has ended.
    fn receive(&mut self) -> BoxFuture<'_, Option<Delivery>>;
}
