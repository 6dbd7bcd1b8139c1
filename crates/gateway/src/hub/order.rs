//! The messages of a server's channels in the order of their numbers, whatever the order in which their events come.
//!
//! Events of one channel come from several instances of the messages service and over a bus that may lose them. A number
//! that is missing is waited for a moment, and then read from the messages service (`reliability.md`, rule 3).

use std::{collections::HashMap, sync::Arc, time::Duration};

use contracts::events::{Audience, Event, EventKind};
use model::ChannelId;
use tokio::time::Instant;

/// How long an event waits for one with a lower number that may only be late.
const LATE_WITHIN: Duration = Duration::from_millis(50);
/// How soon a hole is tried again that could not be filled.
const RETRY_AFTER: Duration = Duration::from_millis(250);
/// How long it is tried: the sessions start anew then.
const FILLED_WITHIN: Duration = Duration::from_secs(10);
/// Events that wait in one hub. More means that the bus has lost too much to be filled one by one.
const WAITING_EVENTS: usize = 2_048;
/// Numbers that are filled at most, for the same reason.
const LARGEST_HOLE: i64 = 2_000;

/// What is to be done with the event of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is told now; events that waited for it may follow ([`Order::release`]).
    Next,
    /// What it says was told before.
    Told,
    /// Something is missing before it.
    Ahead,
}

/// Numbers that are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) channel_id: ChannelId,
    /// The last number that was told.
    pub(super) after: i64,
    /// The last number that is missing.
    pub(super) up_to: i64,
}

/// More is missing than can be filled.
#[derive(Debug)]
pub(super) struct TooMuchMissing;

/// The numbers told last, and the events that wait for lower ones.
#[derive(Default)]
pub(super) struct Order {
    last: HashMap<ChannelId, i64>,
    waiting: HashMap<ChannelId, Waiting>,
    count: usize,
}

struct Waiting {
    since: Instant,
    due: Instant,
    /// In the order of their arrival.
    events: Vec<(i64, Arc<Event>)>,
}

impl Order {
    /// Goes on after these numbers. A channel that is not among them has had no messages.
    pub(super) fn after(last: impl IntoIterator<Item = (ChannelId, i64)>) -> Self {
        Self {
            last: last.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The numbers told last.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (ChannelId, i64)> {
        self.last.iter().map(|(channel_id, seq)| (*channel_id, *seq))
    }

    /// The number told last in the channel; 0 when there was none.
    pub(super) fn last(&self, channel_id: ChannelId) -> i64 {
        self.last.get(&channel_id).copied().unwrap_or(0)
    }

    /// Where the event of the message with this number belongs; a message that is next counts as told from now on.
    pub(super) fn place(&mut self, channel_id: ChannelId, seq: i64, kind: EventKind) -> Place {
        let last = self.last(channel_id);
        if kind != EventKind::MessageCreated {
            return if seq <= last { Place::Next } else { Place::Ahead };
        }
        if seq <= last {
            return Place::Told;
        }
        if seq > last + 1 {
            return Place::Ahead;
        }
        self.last.insert(channel_id, seq);
        Place::Next
    }

    /// Keeps an event that is ahead.
    pub(super) fn hold(
        &mut self,
        channel_id: ChannelId,
        seq: i64,
        event: &Arc<Event>,
        now: Instant,
    ) -> Result<(), TooMuchMissing> {
        if self.count >= WAITING_EVENTS || seq - self.last(channel_id) > LARGEST_HOLE {
            return Err(TooMuchMissing);
        }
        self.wait(channel_id, seq, event, now);
        Ok(())
    }

    fn wait(&mut self, channel_id: ChannelId, seq: i64, event: &Arc<Event>, now: Instant) {
        let waiting = self.waiting.entry(channel_id).or_insert_with(|| Waiting {
            since: now,
            due: now + LATE_WITHIN,
            events: Vec::new(),
        });
        waiting.events.push((seq, Arc::clone(event)));
        self.count += 1;
    }

    /// The last number that must be told before something that waits.
    fn missing(&self, channel_id: ChannelId) -> i64 {
        let waiting = self
            .waiting
            .get(&channel_id)
            .into_iter()
            .flat_map(|waiting| &waiting.events);
        let missing = waiting.map(|(seq, event)| match event.kind {
            EventKind::MessageCreated => seq - 1,
            _ => *seq,
        });
        missing.min().unwrap_or(0)
    }

    /// The next waiting event of the channel that can be told now.
    pub(super) fn release(&mut self, channel_id: ChannelId) -> Option<Arc<Event>> {
        loop {
            let last = self.last(channel_id);
            let waiting = self.waiting.get_mut(&channel_id)?;
            let reached = |(seq, event): &(i64, Arc<Event>)| match event.kind {
                EventKind::MessageCreated => *seq <= last + 1,
                _ => *seq <= last,
            };
            let index = waiting.events.iter().position(reached)?;
            let (seq, event) = waiting.events.remove(index);
            if waiting.events.is_empty() {
                self.waiting.remove(&channel_id);
            }
            self.count -= 1;
            if self.place(channel_id, seq, event.kind) == Place::Next {
                return Some(event);
            }
        }
    }

    /// When [`Order::hole`] is to be asked next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.due).min()
    }

    /// A hole that has been waited for long enough. It is due again a while later, unless it was filled.
    pub(super) fn hole(&mut self, now: Instant) -> Result<Option<Hole>, TooMuchMissing> {
        let due = self.waiting.iter_mut().find(|(_, waiting)| waiting.due <= now);
        let Some((channel_id, waiting)) = due else {
            return Ok(None);
        };
        if now - waiting.since > FILLED_WITHIN {
            return Err(TooMuchMissing);
        }
        waiting.due = now + RETRY_AFTER;
        let missing = waiting.events.iter().map(|(seq, event)| match event.kind {
            EventKind::MessageCreated => seq - 1,
            _ => *seq,
        });
        let (channel_id, up_to) = (*channel_id, missing.max().unwrap_or(0));
        Ok(Some(Hole {
            channel_id,
            after: self.last(channel_id),
            up_to,
        }))
    }

    /// Everything up to this number was told.
    pub(super) fn told(&mut self, channel_id: ChannelId, up_to: i64) {
        let last = self.last.entry(channel_id).or_insert(0);
        *last = up_to.max(*last);
    }
}

/// Events of a server with those of messages in the order of their numbers; all others stay where they are.
pub(super) fn in_order(events: Vec<Arc<Event>>) -> Vec<Arc<Event>> {
    let about = |event: &Event| match (event.audience, event.seq) {
        (Audience::Channel { channel_id, .. }, Some(seq)) => Some((channel_id, seq)),
        _ => None,
    };
    // Edits and deletions of messages that are not among these come as they are.
    let mut lowest: HashMap<ChannelId, i64> = HashMap::new();
    for event in &events {
        if let (Some((channel_id, seq)), EventKind::MessageCreated) = (about(event), event.kind) {
            let before = lowest.entry(channel_id).or_insert(i64::MAX);
            *before = (*before).min(seq - 1);
        }
    }
    let (mut order, now) = (Order::after(lowest), Instant::now());
    let mut sorted = Vec::with_capacity(events.len());
    for event in events {
        let Some((channel_id, seq)) = about(&event).filter(|(channel_id, _)| order.last.contains_key(channel_id))
        else {
            sorted.push(event);
            continue;
        };
        let kind = event.kind;
        match order.place(channel_id, seq, kind) {
            Place::Told => {}
            Place::Next => sorted.push(event),
            Place::Ahead => order.wait(channel_id, seq, &event, now),
        }
        sorted.extend(std::iter::from_fn(|| order.release(channel_id)));
    }
    // What never came was deleted, or will be noticed by its hub.
    while let Some(channel_id) = order.waiting.keys().next().copied() {
        let missing = order.missing(channel_id);
        order.told(channel_id, missing);
        sorted.extend(std::iter::from_fn(|| order.release(channel_id)));
    }
    sorted
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
