//! A history of what clients of one channel did and saw, and the judge of it.
//!
//! Clients write down what they do at the moment they know it, in one list whose order is that of time. The judge then
//! compares it with what is stored in the end: nothing acknowledged may be missing, doubled, changed or out of order, for
//! anybody, whatever was killed meanwhile.

mod follower;
mod judge;
mod sender;

use std::{
    fmt::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use serde::Serialize;
use serde_json::Value;

pub use follower::{Following, follow};
pub use judge::{Fault, Verdict, judge};
pub use sender::{Pace, send_until};

use crate::people::{id, text};

/// A message, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its number in the channel.
    pub seq: u64,
    /// Who wrote it.
    pub author: String,
    /// What the author's client called the attempt.
    pub nonce: String,
    /// What it says.
    pub content: String,
}

impl From<&Value> for Message {
    fn from(resource: &Value) -> Self {
        Self {
            id: id(resource),
            seq: resource["seq"].as_u64().expect("a number in the channel"),
            author: id(&resource["author"]),
            nonce: text(&resource["nonce"]),
            content: text(&resource["content"]),
        }
    }
}

/// One thing that a client did or learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Entry {
    /// A sender is about to send; again with the same nonce, when it retries.
    Sent {
        /// Who sends.
        author: String,
        /// The name of the attempt.
        nonce: String,
        /// What is sent.
        content: String,
    },
    /// The sender was answered that this message is stored.
    Acknowledged {
        /// Who sent.
        author: String,
        /// The name of the attempt.
        nonce: String,
        /// The stored message.
        message: Message,
    },
    /// The sender was answered that the message is not stored and never will be.
    Refused {
        /// Who sent.
        author: String,
        /// The name of the attempt.
        nonce: String,
    },
    /// The sender does not know: the connection broke, or the answer was 503.
    Unknown {
        /// Who sent.
        author: String,
        /// The name of the attempt.
        nonce: String,
    },
    /// A client began a new session.
    Ready {
        /// Which client.
        client: String,
    },
    /// A client took its session up again.
    Resumed {
        /// Which client.
        client: String,
    },
    /// A client received an event.
    Received {
        /// Which client.
        client: String,
        /// The event's number in the session.
        number: u64,
        /// The message, if the event brought one.
        message: Option<Message>,
    },
    /// A client read these from the history, oldest first.
    Read {
        /// Which client.
        client: String,
        /// What it read.
        messages: Vec<Message>,
    },
}

/// The list that all clients write into. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    entries: Mutex<Vec<Entry>>,
    acknowledged: AtomicUsize,
    /// The highest number of a message that was acknowledged.
    highest: AtomicU64,
}

impl History {
    /// Adds an entry.
    pub fn add(&self, entry: Entry) {
        if let Entry::Acknowledged { message, .. } = &entry {
            self.0.acknowledged.fetch_add(1, Ordering::Relaxed);
            self.0.highest.fetch_max(message.seq, Ordering::Relaxed);
        }
        self.0.entries.lock().unwrap().push(entry);
    }

    /// All entries so far.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.0.entries.lock().unwrap().clone()
    }

    /// How many messages were acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.0.acknowledged.load(Ordering::Relaxed)
    }

    /// The highest number of a message that was acknowledged so far.
    #[must_use]
    pub fn highest(&self) -> u64 {
        self.0.highest.load(Ordering::Relaxed)
    }

    /// Fails when the judge finds a fault; the history is then kept in a file, a line of JSON for each entry.
    #[track_caller]
    pub fn must_be_right(&self, stored: &[Message]) -> Verdict {
        let entries = self.entries();
        let verdict = judge(&entries, stored);
        if verdict.faults.is_empty() {
            return verdict;
        }
        let mut lines = String::new();
        for entry in &entries {
            let _ = writeln!(lines, "{}", serde_json::to_string(entry).unwrap());
        }
        let file = tempfile::Builder::new()
            .prefix("beep-history-")
            .suffix(".jsonl")
            .tempfile()
            .unwrap();
        std::fs::write(file.path(), lines).unwrap();
        let (_, path) = file.keep().unwrap();
        let faults: Vec<String> = verdict
            .faults
            .iter()
            .take(20)
            .map(|fault| format!("{fault:?}"))
            .collect();
        panic!(
            "{} faults, the history is in {}:\n{}",
            verdict.faults.len(),
            path.display(),
            faults.join("\n")
        );
    }
}
