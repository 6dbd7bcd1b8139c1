//! The index follows the messages.
//!
//! Events are only a wake-up: they say in which channels something happened. What happened is read from `messages`, from the
//! position on to which the channel has been followed, and the position is kept with the messages in the index. So nothing
//! is missed, whatever was lost and whenever the process died; and nothing is read twice but what was not committed.
//!
//! At the start, after events were lost, and now and then, all channels are compared with what `messages` has.

mod channel;
mod marks;
mod sweep;
mod work;

use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use self::{
    marks::{Marks, follow},
    work::Indexer,
};

/// Whether the index has everything, as far as anybody knows.
#[derive(Debug, Default)]
pub(crate) struct Completeness(AtomicBool);

impl Completeness {
    /// Whether it has.
    pub(crate) fn is_complete(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    fn set(&self, complete: bool) {
        self.0.store(complete, Ordering::SeqCst);
    }
}
