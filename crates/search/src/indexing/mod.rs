//! The index follows the messages.
//!
//! Events are only a wake-up: they say in which channels something happened. What happened is read from `messages`, from the
//! position on to which the channel has been followed, and the position is kept with the messages in the index. So nothing
//! is missed, whatever was lost and whenever the process died; and nothing is read twice but what was not committed.
//!
//! At the start, after events were lost, and now and then, all channels are compared with what `messages` has. An index that is
//! wanted anew (`beep search rebuild`) is made in the same way, beside the one that answers (`upkeep`).

mod channel;
mod marks;
mod sweep;
mod upkeep;
mod work;

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

pub(crate) use self::upkeep::{Sources, Upkeep, UpkeepError};
use self::{marks::Marks, work::Indexer};

/// Whether an index has everything, as far as anybody knows.
#[derive(Debug, Default)]
pub(crate) struct Completeness {
    complete: watch::Sender<bool>,
    read: AtomicU64,
}

impl Completeness {
    /// Whether it has.
    pub(crate) fn is_complete(&self) -> bool {
        *self.complete.borrow()
    }

    /// Answers when it has.
    async fn complete(&self) {
        // The sender is here: it does not end.
        let _ = self.complete.subscribe().wait_for(|complete| *complete).await;
    }

    /// How many messages have been read since the start.
    fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn set(&self, complete: bool) {
        self.complete.send_replace(complete);
    }

    fn count(&self, messages: i64) {
        let messages = u64::try_from(messages).unwrap_or(0);
        self.read.fetch_add(messages, Ordering::Relaxed);
    }
}
