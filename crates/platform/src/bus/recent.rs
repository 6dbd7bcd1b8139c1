//! What a bus keeps for some minutes, so that one instance can go on where another has ended: the events themselves, and
//! journals that instances write. Never the only copy of anything: whoever does not find what is needed starts anew.

use std::sync::Arc;

use bytes::Bytes;
use contracts::events::Event;
use futures::future::BoxFuture;
use model::Timestamp;

use super::BusError;

/// What is kept.
pub trait Recent: Send + Sync + 'static {
    /// Sees to it that things are kept from now on.
    fn prepare(&self) -> BoxFuture<'_, Result<(), BusError>>;

    /// Adds an entry to a journal. When this answers it has left this process, and does not end with it.
    fn write<'a>(&'a self, journal: &'a str, entry: Bytes) -> BoxFuture<'a, Result<(), BusError>>;

    /// The entries of a journal, oldest first.
    fn read<'a>(&'a self, journal: &'a str) -> BoxFuture<'a, Result<Vec<Entry>, BusError>>;

    /// The events that were published since then, oldest first, and all that follow.
    fn events(&self, since: Timestamp) -> BoxFuture<'_, Result<RecentEvents, BusError>>;

    /// A number that no event has which was published before: whoever has read up to it has read all of those.
    fn mark(&self) -> BoxFuture<'_, Result<u64, BusError>>;
}

/// An entry of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When the bus took it, by the bus's clock.
    pub at: Timestamp,
    /// What was written.
    pub bytes: Bytes,
}

/// An event that is kept.
#[derive(Debug, Clone)]
pub struct RecentEvent {
    /// When the bus took it, by the bus's clock.
    pub at: Timestamp,
    /// Grows from event to event, with holes.
    pub number: u64,
    /// The event; `None` for a mark, and for what cannot be read.
    pub event: Option<Arc<Event>>,
}

/// A stream of events, in the order in which the bus took them.
pub struct RecentEvents(Box<dyn ReadRecent>);

impl RecentEvents {
    /// A stream that takes its events from `read`.
    #[must_use]
    pub fn new(read: impl ReadRecent + 'static) -> Self {
        Self(Box::new(read))
    }

    /// The next event. `None` when the stream has broken: it is to be opened anew.
    pub async fn next(&mut self) -> Option<RecentEvent> {
        self.0.read().await
    }
}

/// How a bus hands over recent events.
pub trait ReadRecent: Send {
    /// The next event; `None` when the stream has broken.
    fn read(&mut self) -> BoxFuture<'_, Option<RecentEvent>>;
}
