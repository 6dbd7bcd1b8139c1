//! The bus inside one process: a ring that every subscriber reads at its own pace.

use std::sync::Arc;

use contracts::events::Event;
use futures::future::BoxFuture;
use model::ServerId;
use tokio::sync::broadcast;

use super::{BusError, Delivery, EventBus, Interest, Receive, Subscription, Topics};

/// Events that the ring holds. A subscriber that falls further behind is told that it lost some.
const CAPACITY: usize = 16_384;

/// The in-process event bus.
pub struct LocalBus {
    sender: broadcast::Sender<Arc<Event>>,
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl LocalBus {
    /// A bus whose slowest subscriber may be `capacity` events behind.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            sender: broadcast::Sender::new(capacity),
        }
    }
}

impl EventBus for LocalBus {
    fn publish(&self, event: Arc<Event>) -> BoxFuture<'_, Result<(), BusError>> {
        // Nobody listening is no failure: there is nobody to tell.
        let _ = self.sender.send(event);
        Box::pin(std::future::ready(Ok(())))
    }

    fn barrier(&self) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn subscribe(&self, _topics: Topics) -> BoxFuture<'_, Result<Subscription, BusError>> {
        let subscription = Subscription::new(LocalSubscription(self.sender.subscribe()), Arc::new(Everything));
        Box::pin(std::future::ready(Ok(subscription)))
    }
}

/// Everything arrives anyway.
struct Everything;

impl Interest for Everything {
    fn follow(&self, _server_id: ServerId) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn leave(&self, _server_id: ServerId) {}
}

struct LocalSubscription(broadcast::Receiver<Arc<Event>>);

impl Receive for LocalSubscription {
    fn receive(&mut self) -> BoxFuture<'_, Option<Delivery>> {
        Box::pin(async {
            match self.0.recv().await {
                Ok(event) => Some(Delivery::Event(event)),
                Err(broadcast::error::RecvError::Lagged(_)) => Some(Delivery::Lost),
                Err(broadcast::error::RecvError::Closed) => None,
            }
        })
    }
}
