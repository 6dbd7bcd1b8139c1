//! What a session holds for its client: a bounded ring of numbered events, some sent and not yet acknowledged, some
//! waiting, and frames without a number that go first.

use std::{collections::VecDeque, sync::Arc};

use model::limits;

use crate::protocol::{CloseCode, EncodedEvent};

/// Bytes that may wait for a connection that does not read, beyond what waited when it came (`reliability.md`, rule 7).
const WAITING_BYTES: usize = 128 * 1024;

/// What is to be sent now.
#[derive(Default)]
pub struct Batch {
    /// Frames without a number, first.
    pub control: Vec<String>,
    /// Events with their numbers.
    pub events: Vec<(u64, Arc<EncodedEvent>)>,
    /// The connection ends after these.
    pub closing: Option<CloseCode>,
}

/// The ring. Numbers begin with 1, which is always `ready`.
pub struct Queue {
    ring: VecDeque<Arc<EncodedEvent>>,
    /// The number of the ring's first event.
    first: u64,
    /// The number of the last event that was handed to a connection.
    sent: u64,
    waiting_bytes: usize,
    allowance: usize,
    control: Vec<String>,
    /// The newest answer to `subscribe`, and the newest members. Neither counts as waiting: there is one of each at most.
    subscribed: Option<String>,
    members: Option<Arc<str>>,
    ready: bool,
    attached: bool,
    lost: bool,
    closing: Option<CloseCode>,
    /// What waited when the session ended for good: it still goes, in one batch, and nothing after it.
    last_words: Vec<Arc<EncodedEvent>>,
    /// The number of the last event that may be handed to a connection, when that must be written down before.
    given: Option<u64>,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            ring: VecDeque::new(),
            // The first place is kept for `ready`.
            first: 2,
            sent: 0,
            waiting_bytes: 0,
            allowance: WAITING_BYTES,
            control: Vec::new(),
            subscribed: None,
            members: None,
            ready: false,
            attached: false,
            lost: false,
            closing: None,
            last_words: Vec::new(),
            given: None,
        }
    }
}

impl Queue {
    /// A queue that hands an event out only when it was [`Queue::gave`].
    #[must_use]
    pub fn written_down() -> Self {
        Self {
            given: Some(0),
            ..Self::default()
        }
    }

    /// Whether events are written down before they are handed out.
    #[must_use]
    pub const fn is_written_down(&self) -> bool {
        self.given.is_some()
    }

    /// The number of the last event.
    fn last(&self) -> u64 {
        self.first + self.ring.len() as u64 - 1
    }

    /// Whether something waits to be written down.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        let given = self.given.unwrap_or(u64::MAX);
        self.attached && self.ready && !self.lost && self.last() > given
    }

    /// Up to `most` events that wait to be written down.
    #[must_use]
    pub fn owed(&self, most: usize) -> Vec<Arc<EncodedEvent>> {
        if !self.is_owed() {
            return Vec::new();
        }
        let given = self.given.unwrap_or(u64::MAX);
        let already = usize::try_from(given.saturating_add(1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.ring.iter().skip(already).take(most).cloned().collect()
    }

    /// So many more events were written down.
    pub fn gave(&mut self, count: u64) {
        if let Some(given) = &mut self.given {
            *given += count;
        }
    }

    /// The number of the last event that may have reached the client, and whether there is nothing after it. `None` before
    /// `ready`, or before it is known what another gateway gave.
    #[must_use]
    pub fn standing(&self) -> Option<(u64, bool)> {
        let given = self.given.unwrap_or(self.sent);
        self.ready.then(|| (given, self.last() == given))
    }

    /// The keys of all events that it holds.
    pub fn keys(&self) -> impl Iterator<Item = u64> {
        self.ring.iter().filter_map(|event| event.key())
    }

    /// Goes on where another gateway ended: the client has everything up to `seq` and lacks `missed`, then what was added
    /// here so far and is not `known`.
    pub fn adopt(&mut self, seq: u64, missed: Vec<Arc<EncodedEvent>>, known: impl Fn(u64) -> bool) {
        let here = std::mem::take(&mut self.ring);
        self.ring = missed.into();
        let is_known = |event: &Arc<EncodedEvent>| event.key().is_some_and(&known);
        self.ring.extend(here.into_iter().filter(|event| !is_known(event)));
        self.ready = true;
        self.first = seq + 1;
        self.sent = seq;
        self.given = self.given.map(|_| seq);
        if self.ring.len() > limits::GATEWAY_SESSION_EVENTS {
            self.lose(CloseCode::TooSlow);
        }
    }

    /// Adds an event. A queue that would hold too much is lost, and says so when it is resumed.
    pub fn push(&mut self, event: Arc<EncodedEvent>) {
        if self.lost {
            return;
        }
        self.waiting_bytes += event.size();
        self.ring.push_back(event);
        if self.ring.len() > limits::GATEWAY_SESSION_EVENTS {
            if self.first <= self.sent {
                self.drop_first();
            } else {
                self.lose(CloseCode::TooSlow);
            }
        }
        if self.attached && self.waiting_bytes > self.allowance {
            self.close(CloseCode::TooSlow);
        }
    }

    /// Adds `ready` as number 1.
    pub fn push_ready(&mut self, event: Arc<EncodedEvent>) {
        if self.ready || self.lost {
            return;
        }
        self.ready = true;
        self.waiting_bytes += event.size();
        self.ring.push_front(event);
        self.first = 1;
        self.allowance = self.waiting_bytes + WAITING_BYTES;
    }

    /// Adds a frame without a number, for the connection there is.
    pub fn push_control(&mut self, frame: String) {
        if self.attached && self.closing.is_none() {
            self.waiting_bytes += frame.len();
            self.control.push(frame);
            if self.waiting_bytes > self.allowance {
                self.close(CloseCode::TooSlow);
            }
        }
    }

    /// Adds the answer to `subscribe`, in the place of one that has not gone.
    pub fn push_subscribed(&mut self, frame: String) {
        if self.attached && self.closing.is_none() {
            self.subscribed = Some(frame);
        }
    }

    /// Adds members, unless some wait already; answers whether they go.
    pub fn push_members(&mut self, frame: &Arc<str>) -> bool {
        let goes = self.attached && self.closing.is_none() && self.members.is_none();
        if goes {
            self.members = Some(Arc::clone(frame));
        }
        goes
    }

    /// Members that wait are not to be told any more.
    pub fn drop_members(&mut self) {
        self.members = None;
    }

    /// The connection ends; with some codes the session, too: its client is still told what waited, which says why.
    pub fn close(&mut self, code: CloseCode) {
        if code.ends_session() && !self.lost {
            self.last_words = self.words_that_wait();
            // Whatever else the connection was to end for, the session ends for this.
            self.closing = Some(code);
            self.lose(code);
        } else if self.closing.is_none() {
            self.closing = Some(code);
        }
    }

    /// All that waits for a connection, unless that is more than one may let wait. Since nobody goes on with the session, it
    /// need not be written down.
    fn words_that_wait(&self) -> Vec<Arc<EncodedEvent>> {
        let told = self.attached && self.ready && self.closing.is_none() && self.waiting_bytes <= WAITING_BYTES;
        if told {
            self.waiting().cloned().collect()
        } else {
            Vec::new()
        }
    }

    /// Holds nothing any more: the connection ends, and the session cannot be resumed.
    pub fn lose(&mut self, code: CloseCode) {
        self.lost = true;
        self.ring = VecDeque::new();
        self.waiting_bytes = 0;
        if self.closing.is_none() {
            self.closing = Some(code);
        }
    }

    /// A connection is there.
    pub fn attach(&mut self) {
        self.attached = true;
        // What is lost stays so, also when it was before there was a connection to tell.
        if !self.lost {
            self.closing = None;
        }
        self.control.clear();
        self.subscribed = None;
        self.members = None;
        self.last_words = Vec::new();
        self.waiting_bytes = self.waiting().map(|event| event.size()).sum();
        self.allowance = self.waiting_bytes + WAITING_BYTES;
    }

    /// No connection is there.
    pub fn detach(&mut self) {
        self.attached = false;
        self.control = Vec::new();
        self.subscribed = None;
        self.members = None;
        self.last_words = Vec::new();
    }

    /// What has not been handed to a connection.
    fn waiting(&self) -> impl Iterator<Item = &Arc<EncodedEvent>> {
        let already = usize::try_from((self.sent + 1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.ring.iter().skip(already)
    }

    /// Up to `most` events that wait; all of them when they are the last. Nothing before `ready`.
    pub fn take(&mut self, most: usize) -> Batch {
        let mut control = std::mem::take(&mut self.control);
        let mut events = Vec::new();
        if self.ready && !self.lost {
            let from = self.sent.max(self.first - 1) + 1;
            let given = self.given.unwrap_or(u64::MAX);
            let most = most.min(usize::try_from(given.saturating_add(1).saturating_sub(from)).unwrap_or(usize::MAX));
            events = (from..).zip(self.waiting().take(most).cloned()).collect();
            self.sent = events.last().map_or(self.sent, |(seq, _)| *seq);
        } else if !self.last_words.is_empty() {
            events = (self.sent + 1..).zip(std::mem::take(&mut self.last_words)).collect();
        }
        let taken = control.iter().map(String::len).sum::<usize>()
            + events.iter().map(|(_, event)| event.size()).sum::<usize>();
        self.waiting_bytes = self.waiting_bytes.saturating_sub(taken);
        control.extend(self.subscribed.take());
        control.extend(self.members.take().map(|frame| String::from(&*frame)));
        Batch {
            control,
            events,
            closing: self.closing,
        }
    }

    /// Why the connection must end.
    pub const fn closing(&self) -> Option<CloseCode> {
        self.closing
    }

    /// Whether nothing can be resumed.
    pub const fn is_lost(&self) -> bool {
        self.lost
    }

    /// The client has everything up to `seq`: it need not be held.
    pub fn acknowledge(&mut self, seq: u64) {
        while self.first <= seq.min(self.sent) && !self.ring.is_empty() {
            self.drop_first();
        }
        if self.ring.is_empty() {
            // An idle session holds no memory for a ring.
            self.ring = VecDeque::new();
        }
    }

    fn drop_first(&mut self) {
        self.ring.pop_front();
        self.first += 1;
    }

    /// Makes the event after `seq` the next one to send; `false` when it is not held any more or never was.
    pub fn rewind(&mut self, seq: u64) -> bool {
        let known = self.ready && !self.lost && seq >= self.first.saturating_sub(1) && seq <= self.sent;
        if known {
            self.sent = seq;
        }
        known
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
