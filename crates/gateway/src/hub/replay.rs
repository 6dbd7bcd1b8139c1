//! What a client lacks of a server that was on another gateway.
//!
//! The events of the last minutes tell of all that happened, but for messages whose event was lost, or has not been told yet:
//! the hub told of those from what is stored, and so it does here. What the hub has not told itself is left to it: the
//! session sits here already.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use contracts::{
    events::{Audience, Event, EventKind},
    messages::{ListMessagesRequest, NumberedMessage},
};
use model::{ChannelId, EventId, Timestamp, UserId};
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::{
    actor::Hub,
    numbers::{ANSWER_WITHIN, Numbers},
    order::in_order,
};
use crate::{
    handover::{Happened, Known},
    protocol::{CloseCode, EncodedEvent, key},
    session::Session,
};

/// Messages without an event that are looked for. More means that the bus has lost too much.
const LOOKED_FOR: usize = 500;
/// Messages without an event that a hub remembers.
const REMEMBERED: usize = 2_000;

/// Whether a user may see or do something else in the server after the event than before; what was so before nobody knows
/// any more.
fn makes_rights_others(event: &Event, user_id: UserId) -> bool {
    match event.kind {
        EventKind::MemberUpdated => event.user_id == Some(user_id),
        // One that is new is told of to all who see it; nobody holds a new role.
        EventKind::ChannelCreated | EventKind::RoleCreated => false,
        kind => kind.changes_tenant(),
    }
}

/// The number of the last message in each channel that the client has, as far as recent events tell of it.
fn told_up_to(events: &[Arc<Event>], known: &Known) -> HashMap<ChannelId, i64> {
    let mut told = HashMap::new();
    for event in events {
        if let Some((channel_id, seq)) = message_created(event)
            && known.keys.contains(&key::of_message(channel_id, seq))
        {
            let last = told.entry(channel_id).or_insert(seq);
            *last = seq.max(*last);
        }
    }
    told
}

/// Whether it tells of a message before one that the client has. An outbox that could not be emptied is told again, so late
/// that nobody remembers whom it was told to; but messages are told in order.
fn is_told(event: &Event, told: &HashMap<ChannelId, i64>) -> bool {
    message_created(event).is_some_and(|(channel_id, seq)| told.get(&channel_id).is_some_and(|last| seq <= *last))
}

fn message_created(event: &Event) -> Option<(ChannelId, i64)> {
    match (event.kind, event.audience, event.seq) {
        (EventKind::MessageCreated, Audience::Channel { channel_id, .. }, Some(seq)) => Some((channel_id, seq)),
        _ => None,
    }
}

/// Messages that are in no event, as they were read; `None` for one that is not there. With the time when each was sent.
pub(super) type Recalled = HashMap<(ChannelId, i64), Option<(Timestamp, Arc<Event>)>>;

impl Hub {
    /// What the client lacks and the user may see, by what is true now; `None` when that cannot be told.
    pub(super) async fn replay(
        &mut self,
        session: &Session,
        known: &Known,
        happened: Happened,
    ) -> Option<Vec<Arc<EncodedEvent>>> {
        // What the hub has told since the session sits here it holds already, and in order.
        let held = session.keys();
        let mut missing = self.missing(known, &held, &happened)?;
        let (mut events, mut looked_for) = (happened.events, 0);
        while let Some(place) = missing.pop_first() {
            looked_for += 1;
            if looked_for > LOOKED_FOR {
                return None;
            }
            let Some((sent_at, event)) = self.recall(place).await? else {
                continue;
            };
            if sent_at >= known.since {
                events.push(event);
                // The one before it may be as new, and as little told of.
                let (channel_id, before) = (place.0, place.1 - 1);
                let is_told = happened.heard.iter().any(|heard| {
                    heard.channel_id == channel_id && (heard.includes(before) || heard.holes.contains(&before))
                });
                if before > 0 && !is_told && !known.keys.contains(&key::of_message(channel_id, before)) {
                    missing.insert((channel_id, before));
                }
            }
        }
        let told = told_up_to(&events, known);
        events.retain(|event| event.kind != EventKind::TypingStarted);
        events.retain(|event| known.lacks(event) && !is_told(event, &told) && !held.contains(&key::of(event)));
        let Numbers::Known(order) = &self.numbers else {
            return None;
        };
        let (rights, now) = (&self.seats.person(session.user_id)?.rights, self.peers.clock.now());
        let (mut seen, mut is_changed) = (Vec::new(), false);
        for event in in_order(events) {
            if makes_rights_others(&event, session.user_id) {
                return None;
            }
            is_changed |= event.kind.changes_tenant();
            let is_seen = match event.audience {
                Audience::Channel { channel_id, .. } => {
                    let is_told = event.seq.is_none_or(|seq| seq <= order.last(channel_id));
                    is_told && rights.sees(channel_id)
                }
                _ => true,
            };
            if is_seen {
                seen.push(Arc::new(EncodedEvent::of(&event, now)));
            }
        }
        if is_changed {
            // In a new channel other things may be done than in the server.
            let (name, data) = (EventKind::PermissionsUpdated.name(), rights.to_json(self.server_id));
            seen.push(Arc::new(EncodedEvent::new(name, &data, now)));
        }
        self.seats.came_from_elsewhere(session);
        Some(seen)
    }

    /// Sessions from another gateway sit here by what is true after an event that only comes now, and that their clients
    /// were not told of there: nobody has told them what came of it, so they start anew.
    pub(super) fn give_up_late(&self, event: &Event) {
        let Some(version) = event.tenant_version else { return };
        let key = key::of(event);
        for session in self.seats.came_since(version) {
            let concerns = event.kind == EventKind::ChannelCreated || makes_rights_others(event, session.user_id);
            if concerns && !session.has_from_elsewhere(key) {
                session.lose(CloseCode::UnknownError);
            }
        }
    }

    /// The numbers that the hub has told, no event tells of, and the client may lack.
    fn missing(&self, known: &Known, held: &HashSet<u64>, happened: &Happened) -> Option<BTreeSet<(ChannelId, i64)>> {
        let Numbers::Known(order) = &self.numbers else {
            return None;
        };
        let heard = happened.heard.iter().flat_map(|heard| {
            let missing = heard.missing(order.last(heard.channel_id), known.since);
            missing.map(|seq| (heard.channel_id, seq))
        });
        // Where the hub began at a message that is new, and no event tells of it.
        let began = self.new_at_start.iter().filter(|(channel_id, (seq, sent_at))| {
            let mut heard = happened.heard.iter();
            *sent_at >= known.since && !heard.any(|heard| heard.channel_id == **channel_id && heard.includes(*seq))
        });
        let began = began.map(|(channel_id, (seq, _))| (*channel_id, *seq));
        let has = |(channel_id, seq): &(ChannelId, i64)| {
            let key = key::of_message(*channel_id, *seq);
            known.keys.contains(&key) || held.contains(&key)
        };
        Some(heard.chain(began).filter(|place| !has(place)).collect())
    }

    /// The message with that number, unless it is not there; the outer `None` when it cannot be read.
    async fn recall(&mut self, place: (ChannelId, i64)) -> Option<Option<(Timestamp, Arc<Event>)>> {
        if let Some(recalled) = self.recalled.get(&place) {
            return Some(recalled.clone());
        }
        let (channel_id, seq) = place;
        let request = ListMessagesRequest {
            server_id: self.server_id.0,
            channel_id: channel_id.0,
            after: seq - 1,
            up_to: seq,
        };
        let mut peer = self.peers.messages.clone();
        let answer = timeout(ANSWER_WITHIN, peer.list_messages(request)).await.ok()?;
        let message = answer.ok()?.into_inner().messages.pop();
        let recalled = match message {
            Some(message) => Some(self.told_by(channel_id, message)?),
            None => None,
        };
        if self.recalled.len() >= REMEMBERED {
            self.recalled.clear();
        }
        self.recalled.insert(place, recalled.clone());
        Some(recalled)
    }

    /// The event that tells of a message, though nobody else calls it so, and when the message was sent.
    fn told_by(&self, channel_id: ChannelId, message: NumberedMessage) -> Option<(Timestamp, Arc<Event>)> {
        let audience = Audience::Channel {
            server_id: self.server_id,
            channel_id,
        };
        let json = RawValue::from_string(message.message_json).ok()?;
        let event = Event::new(EventId(0), EventKind::MessageCreated, audience, &json).ok()?;
        let event = Event {
            seq: Some(message.seq),
            ..event
        };
        Some((Timestamp::from_millis(message.sent_at), Arc::new(event)))
    }
}
