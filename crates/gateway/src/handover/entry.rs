//! How an entry of a journal is put together.

use std::collections::HashMap;

use contracts::gateway::{HubNote, JournalEntry, Standing, hub_note::What};
use model::Timestamp;

use super::journal::Note;
use crate::{protocol::EncodedEvent, session::Session};

/// In an entry, the key of an event that only its gateway knows.
pub(super) const NO_KEY: u64 = 0;

/// An entry in the making, at one time.
pub(super) struct Draft {
    entry: JournalEntry,
    now: Timestamp,
    places: HashMap<(u64, u32), u32>,
}

impl Draft {
    pub(super) fn new(writer: u64, now: Timestamp) -> Self {
        Self {
            entry: JournalEntry {
                writer,
                ..JournalEntry::default()
            },
            now,
            places: HashMap::new(),
        }
    }

    /// The place of an event among those that the entry is about.
    fn place(&mut self, key: u64, handed_on: Timestamp) -> u32 {
        let age = u32::try_from(self.now.since(handed_on).as_millis()).unwrap_or(u32::MAX);
        let entry = &mut self.entry;
        *self.places.entry((key, age)).or_insert_with(|| {
            entry.keys.push(key);
            entry.ages.push(age);
            u32::try_from(entry.keys.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// The session was given these events.
    pub(super) fn give(&mut self, number: u32, events: &[impl AsRef<EncodedEvent>]) {
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        self.entry.given.extend([number, count]);
        for event in events {
            let event = event.as_ref();
            let place = self.place(event.key().unwrap_or(NO_KEY), event.handed_on());
            self.entry.given.push(place);
        }
    }

    /// The session is where it is after `just_given` events of this entry; `false` when nothing is to be said of it.
    pub(super) fn stand(&mut self, session: &Session, number: u32, just_given: u64) -> bool {
        let Some((seq, nothing_waits)) = session.standing() else {
            return false;
        };
        self.entry.standings.push(Standing {
            session: number,
            session_id: session.id.to_string(),
            user_id: session.user_id.0,
            sign_in: session.signed_in.0,
            seq: seq + just_given,
            // What is given only now has waited.
            nothing_waits: nothing_waits && just_given == 0,
            subscribed: session.subscribed().map(|id| id.0),
            servers: session.servers().into_iter().map(|id| id.0).collect(),
        });
        true
    }

    pub(super) fn note(&mut self, note: &Note) {
        let (server_id, what) = match note {
            Note::Passed { server_id, key, at } => (*server_id, What::Passed(self.place(*key, *at))),
            Note::Seated { server_id, session } => (*server_id, What::Seated(*session)),
            Note::Began { server_id, beginning } => (*server_id, What::Began(beginning.clone())),
        };
        self.entry.hub.push(HubNote {
            server_id,
            what: Some(what),
        });
    }

    pub(super) fn end(&mut self, number: u32) {
        self.entry.ended.push(number);
    }

    /// How much it says.
    pub(super) fn size(&self) -> usize {
        let entry = &self.entry;
        entry.keys.len() * 10 + entry.given.len() * 2 + entry.hub.len() * 16 + entry.standings.len() * 96
    }

    pub(super) fn finish(self, number: u64) -> JournalEntry {
        JournalEntry { number, ..self.entry }
    }
}
