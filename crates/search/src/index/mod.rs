//! The index: what finds messages by what is looked for. Behind one trait, so that another engine can take its place.
//!
//! It holds nothing that `messages` does not have, and can be made again from there at any time. Besides the messages it
//! holds how far it has followed each channel, which changes together with them: after a crash it says of itself what it
//! lacks.

mod embedded;

use std::{collections::HashSet, time::Instant};

use model::{ChannelId, MessageId, ServerId};

pub(crate) use self::embedded::EmbeddedIndex;
use crate::{document::Document, wanted::Wanted};

/// A channel of a server.
pub(crate) type Place = (ServerId, ChannelId);

/// How far a channel has been followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    /// All messages up to this number are in the index, as they were then or later.
    pub(crate) seq: i64,
    /// All changes up to this number are in the index.
    pub(crate) change: i64,
}

/// A change of the index.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A message is this.
    Put(Box<Document>),
    /// There is no message of this number (any more).
    Remove(ChannelId, i64),
    /// So far a channel has been followed.
    Follow(Place, Position),
    /// There is no such channel any more.
    RemoveChannel(ChannelId),
    /// There is no such server any more.
    RemoveServer(ServerId),
}

/// Where one may look. There is no looking without it.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    /// The server.
    pub(crate) server_id: ServerId,
    /// Its channels in which whoever looks may read what was written before.
    pub(crate) channels: HashSet<ChannelId>,
}

/// Where something that was found stands in the order: the larger, the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// How well it fits, where that counts: by its own words alone.
    pub(crate) score: u32,
    /// By its id, upwards or downwards.
    pub(crate) order: i64,
}

/// A message that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) channel_id: ChannelId,
    pub(crate) message_id: MessageId,
    pub(crate) rank: Rank,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// In order.
    pub(crate) hits: Vec<Hit>,
    /// How many there are in all, whichever part was asked for; where that is more than [`Part::counted`], it may be any number
    /// from there on.
    pub(crate) total: usize,
}

/// Which part of what is found is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// What comes after this rank.
    pub(crate) after: Option<Rank>,
    /// How many at most.
    pub(crate) most: usize,
    /// Up to how many are counted.
    pub(crate) counted: usize,
    /// When nobody waits for it any more.
    pub(crate) until: Instant,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IndexError {
    /// It took too long.
    #[error("the search took too long")]
    TooSlow,
    /// The engine or its files.
    #[error("the index cannot be used: {0}")]
    Engine(String),
}

/// An index of messages. Its functions block.
pub(crate) trait Index: Send + Sync + 'static {
    /// How far each channel has been followed.
    fn positions(&self) -> Result<Vec<(Place, Position)>, IndexError>;

    /// Takes changes, in order. They are durable and visible with the next [`Index::commit`], all or none of them.
    fn apply(&self, changes: Vec<Change>) -> Result<(), IndexError>;

    /// Makes what was applied durable, and then visible.
    fn commit(&self) -> Result<(), IndexError>;

    /// Forgets what was applied since the last commit.
    fn roll_back(&self) -> Result<(), IndexError>;

    /// What is wanted, within the scope and nowhere else.
    fn find(&self, scope: &Scope, wanted: &Wanted, part: Part) -> Result<Found, IndexError>;
}
