//! What a bus keeps for some minutes, so that one instance can go on where another has ended: the events themselves, and
//! journals that instances write. Never the only copy of anything: whoever does not find what is needed starts anew.

use std::sync::Arc;

use bytes::Bytes;
use contracts::events::Event;
use futures::{future::BoxFuture, stream::BoxStream};
use model::Timestamp;

use super::BusError;

/// What is kept.
pub trait Recent: Send + Sync + 'static {
    /// Sees to it that things are kept from now on.
    fn prepare(&self) -> BoxFuture<'_, Result<(), BusError>>;

    /// Adds an entry to a journal. When this answers it has left this process, and does not end with it.
    fn write<'a>(&'a self, journal: &'a str, entry: Bytes) -> BoxFuture<'a, Result<(), BusError>>;

    /// The entries of a journal, oldest first, and all that follow.
    fn read<'a>(&'a self, journal: &'a str) -> BoxFuture<'a, Result<Entries, BusError>>;

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

/// Events in the order in which the bus took them. When it ends the stream has broken, and is to be opened anew.
pub type RecentEvents = BoxStream<'static, RecentEvent>;

/// Entries of a journal in their order. When it ends the stream has broken, and is to be opened anew.
pub type Entries = BoxStream<'static, Entry>;
