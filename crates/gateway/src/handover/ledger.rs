//! What a gateway's journal says about its sessions: which of the recent events each client may have.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use contracts::{
    events::{Audience, Event, EventKind},
    gateway::{HubNote, JournalEntry, Standing, hub_note::What},
};
use model::{ChannelId, ServerId, SessionId, Timestamp, UserId};

use super::entry::NO_KEY;
use crate::protocol::key;

/// How far a gateway may have been behind the bus.
pub(super) const BEHIND: Duration = Duration::from_secs(10);
/// How long it is remembered what a session was given, counted back from what it was given last.
const GIVEN_KEPT: Duration = Duration::from_secs(30);
/// How long it is remembered what happened in servers before a session sat there.
const PASSED_KEPT: Duration = Duration::from_mins(5);

/// What another gateway needs to go on with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// Whose it is.
    pub(crate) user_id: UserId,
    /// The sign-in it belongs to.
    pub(crate) sign_in: SessionId,
    /// The gateway that had it last.
    pub(crate) owner: u64,
    /// The server on its screen.
    pub(crate) subscribed: Option<ServerId>,
    /// The servers that it heard of.
    pub(crate) servers: HashSet<ServerId>,
    /// Events from before this time are nothing new to the client.
    pub(crate) since: Timestamp,
    /// Later events that it has, or that were told before it began.
    pub(crate) keys: HashSet<u64>,
    /// Where servers were, when that is later: what was before is nothing new, either.
    pub(crate) floors: HashMap<ServerId, Arc<Floor>>,
}

impl Known {
    /// Whether an event in a server, or one about single users, may be new to the client.
    pub(crate) fn lacks(&self, event: &Event) -> bool {
        let server_id = match event.audience {
            Audience::Server { server_id } | Audience::Channel { server_id, .. } => Some(server_id),
            _ => None,
        };
        let floor = server_id.and_then(|id| self.floors.get(&id));
        !self.keys.contains(&key::of(event)) && !floor.is_some_and(|floor| floor.includes(event))
    }
}

/// Where a server was when a gateway began to follow it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Floor {
    version: i64,
    last: HashMap<ChannelId, i64>,
}

impl Floor {
    /// Whether the event tells of what was so already. That of an edit or a deletion is not known; it does no harm twice.
    fn includes(&self, event: &Event) -> bool {
        match (event.kind, event.audience, event.seq) {
            (EventKind::MessageCreated, Audience::Channel { channel_id, .. }, Some(seq)) => {
                self.last.get(&channel_id).is_some_and(|last| seq <= *last)
            }
            _ => event.tenant_version.is_some_and(|version| version <= self.version),
        }
    }
}

/// A gateway, and what it calls a session.
type Holder = (u64, u32);

/// A journal, as far as it was read.
#[derive(Default)]
pub(super) struct Ledger {
    sessions: HashMap<Box<str>, Account>,
    /// What the writers call the sessions.
    numbers: HashMap<Holder, Box<str>>,
    /// Where sessions sit, by what the writer calls them where they began: of what was handed on before, they need nothing.
    seats: HashMap<Holder, HashMap<i64, Seat>>,
    writers: HashMap<u64, Writer>,
}

#[derive(Default)]
struct Writer {
    last_entry: u64,
    /// How many notes of servers there were.
    notes: u64,
    passed: HashMap<i64, VecDeque<Passed>>,
    began: HashMap<i64, VecDeque<Began>>,
}

/// When a server began to be followed.
struct Began {
    at: Timestamp,
    note: u64,
    floor: Arc<Floor>,
}

/// An event that was handed on in a server.
struct Passed {
    at: Timestamp,
    note: u64,
    key: u64,
}

/// Since when a session hears of a server.
#[derive(Clone, Copy)]
struct Seat {
    note: u64,
    at: Timestamp,
}

/// An event that a session was given.
struct Given {
    key: u64,
    handed_on: Timestamp,
}

/// A session.
struct Account {
    user_id: UserId,
    sign_in: SessionId,
    /// Who has it, and what they call it.
    holder: Holder,
    /// Who had it before: what they still say of it is out of date.
    past: Vec<Holder>,
    subscribed: Option<ServerId>,
    servers: Vec<i64>,
    /// The number of the last event that it was given; `None` when the journal does not tell.
    last: Option<u64>,
    given: VecDeque<Given>,
    /// What was handed on up to then is not among `given` any more.
    forgotten_until: Option<Timestamp>,
    /// When nothing waited for it, and the number it was at.
    calm: VecDeque<(u64, Timestamp)>,
    /// Who had it first.
    began_as: Holder,
}

impl Ledger {
    /// Takes the next entry, which the bus got at `at`.
    pub(super) fn take(&mut self, entry: &JournalEntry, at: Timestamp) {
        let writer = self.writers.entry(entry.writer).or_default();
        let before = std::mem::replace(&mut writer.last_entry, entry.number);
        if before != 0 && entry.number != before + 1 {
            self.distrust(entry.writer, at);
        }
        let counts = counts(entry);
        let given_now = |standing: &Standing| counts.get(&standing.session).copied().unwrap_or(0);
        for standing in &entry.standings {
            self.open(entry.writer, standing, given_now(standing));
        }
        self.give(entry, at);
        self.note(entry, at);
        for standing in &entry.standings {
            self.stand(entry.writer, standing, at, given_now(standing));
        }
        for number in &entry.ended {
            let began_as = self.account(entry.writer, *number).map(|account| account.began_as);
            let id = self.numbers.remove(&(entry.writer, *number));
            if let (Some(began_as), Some(id)) = (began_as, id) {
                self.sessions.remove(&id);
                self.seats.remove(&began_as);
            }
        }
    }

    /// Something was not written down: nobody knows what the sessions of this writer were given.
    fn distrust(&mut self, writer: u64, at: Timestamp) {
        for account in self.sessions.values_mut().filter(|account| account.holder.0 == writer) {
            account.forget(at);
            account.calm.clear();
        }
    }

    /// Whom a number stands for, from this entry on, which gives it `now` events.
    fn open(&mut self, writer: u64, standing: &Standing, now: u64) {
        let id: Box<str> = standing.session_id.as_str().into();
        let holder = (writer, standing.session);
        self.numbers.insert(holder, id.clone());
        let account = self.sessions.entry(id).or_insert_with(|| Account {
            user_id: UserId(standing.user_id),
            sign_in: SessionId(standing.sign_in),
            holder,
            past: Vec::new(),
            subscribed: None,
            servers: Vec::new(),
            last: None,
            given: VecDeque::new(),
            forgotten_until: None,
            calm: VecDeque::new(),
            began_as: holder,
        });
        if account.holder != holder && !account.past.contains(&holder) {
            account.move_to(holder, standing.seq.saturating_sub(now));
        }
    }

    /// The session that the writer calls so, if it is the one that has it.
    fn account(&mut self, writer: u64, number: u32) -> Option<&mut Account> {
        let account = self.sessions.get_mut(self.numbers.get(&(writer, number))?)?;
        (account.holder == (writer, number)).then_some(account)
    }

    /// Writes down what sessions were given.
    fn give(&mut self, entry: &JournalEntry, at: Timestamp) {
        let mut rest = entry.given.iter().copied();
        while let (Some(number), Some(count)) = (rest.next(), rest.next()) {
            let mut account = self.account(entry.writer, number);
            for _ in 0..count {
                let Some(place) = rest.next() else { break };
                let place = place as usize;
                let age = entry.ages.get(place).copied().unwrap_or(0);
                let given = Given {
                    key: entry.keys.get(place).copied().unwrap_or(NO_KEY),
                    handed_on: before(at, Duration::from_millis(age.into())),
                };
                if let Some(account) = &mut account {
                    account.last = account.last.map(|last| last + 1);
                    account.given.push_back(given);
                }
            }
            if let Some(account) = account {
                account.prune();
            }
        }
    }

    fn note(&mut self, entry: &JournalEntry, at: Timestamp) {
        for HubNote { server_id, what } in &entry.hub {
            let writer = self.writers.entry(entry.writer).or_default();
            writer.notes += 1;
            let note = writer.notes;
            match what {
                Some(What::Passed(place)) => {
                    let key = entry.keys.get(*place as usize).copied().unwrap_or(NO_KEY);
                    let passed = writer.passed.entry(*server_id).or_default();
                    passed.push_back(Passed { at, note, key });
                    while passed.front().is_some_and(|first| at.since(first.at) > PASSED_KEPT) {
                        passed.pop_front();
                    }
                }
                Some(What::Seated(number)) => {
                    let seats = self.seats.entry((entry.writer, *number)).or_default();
                    // Taking the seat again changes nothing: it heard everything since the first time.
                    seats.entry(*server_id).or_insert(Seat { note, at });
                }
                Some(What::Began(beginning)) => {
                    let channels = beginning.channels.iter().map(|id| ChannelId(*id));
                    let floor = Arc::new(Floor {
                        version: beginning.version,
                        last: channels.zip(beginning.last_seqs.iter().copied()).collect(),
                    });
                    let began = writer.began.entry(*server_id).or_default();
                    began.push_back(Began { at, note, floor });
                    while began.front().is_some_and(|first| at.since(first.at) > PASSED_KEPT) {
                        began.pop_front();
                    }
                }
                None => {}
            }
        }
    }

    /// A session is at a number, with the `now` last of its events in the same entry.
    fn stand(&mut self, writer: u64, standing: &Standing, at: Timestamp, now: u64) {
        let Some(account) = self.account(writer, standing.session) else {
            return;
        };
        match account.last {
            Some(last) if last == standing.seq => {}
            // What it was given before this journal begins is not known; before the first event there is nothing.
            None if standing.seq == now => {}
            _ => {
                let known = usize::try_from(now).unwrap_or(usize::MAX);
                let surplus = account.given.len().saturating_sub(known);
                account.given.drain(..surplus);
                account.forgotten_until = Some(at);
            }
        }
        account.last = Some(standing.seq);
        account.subscribed = standing.subscribed.map(ServerId);
        account.servers.clone_from(&standing.servers);
        if standing.nothing_waits {
            account.calm.push_back((standing.seq, at));
            while account.calm.len() > 1
                && account
                    .calm
                    .front()
                    .is_some_and(|(_, then)| at.since(*then) > PASSED_KEPT)
            {
                account.calm.pop_front();
            }
        }
    }

    /// What is known of the session, for a client that has everything up to `seq`; `None` when it must start anew.
    pub(super) fn find(&self, session_id: &str, seq: u64) -> Option<Known> {
        let account = self.sessions.get(session_id)?;
        let (since, mut keys) = account.has(seq)?;
        let mut floors = HashMap::new();
        let seats = self.seats.get(&account.began_as).into_iter().flatten();
        let heard_of = account
            .servers
            .iter()
            .chain(seats.clone().map(|(server_id, _)| server_id));
        let servers = heard_of.copied().map(ServerId).collect();
        let writer = self.writers.get(&account.began_as.0)?;
        for (server_id, seat) in seats.filter(|(_, seat)| seat.at >= since) {
            let began = writer.began.get(server_id).into_iter().flatten();
            if let Some(began) = began.rev().find(|began| began.note < seat.note && began.at >= since) {
                floors.insert(ServerId(*server_id), Arc::clone(&began.floor));
            }
            let passed = writer.passed.get(server_id).into_iter().flatten();
            let earlier = passed.filter(|passed| passed.note < seat.note && passed.at >= since);
            keys.extend(earlier.map(|passed| passed.key));
        }
        Some(Known {
            user_id: account.user_id,
            sign_in: account.sign_in,
            owner: account.holder.0,
            subscribed: account.subscribed,
            servers,
            since,
            keys,
            floors,
        })
    }
}

/// How many events each session is given by an entry.
fn counts(entry: &JournalEntry) -> HashMap<u32, u64> {
    let mut counts = HashMap::new();
    let mut rest = entry.given.as_slice();
    while let [number, count, more @ ..] = rest {
        *counts.entry(*number).or_insert(0) += u64::from(*count);
        rest = more.get(*count as usize..).unwrap_or_default();
    }
    counts
}

fn before(at: Timestamp, age: Duration) -> Timestamp {
    Timestamp::from_millis(at.as_millis() - i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

impl Account {
    /// Another gateway goes on with it after event `seq`.
    fn move_to(&mut self, holder: Holder, seq: u64) {
        self.past.push(std::mem::replace(&mut self.holder, holder));
        let surplus = self.last.map_or(0, |last| last.saturating_sub(seq));
        let kept = self
            .given
            .len()
            .saturating_sub(usize::try_from(surplus).unwrap_or(usize::MAX));
        self.given.truncate(kept);
        self.calm.retain(|(number, _)| *number <= seq);
        self.last = self.last.map(|last| last.min(seq));
    }

    fn forget(&mut self, until: Timestamp) {
        self.last = None;
        self.given.clear();
        self.forgotten_until = Some(until);
    }

    fn prune(&mut self) {
        let Some(newest) = self.given.back().map(|given| given.handed_on) else {
            return;
        };
        while let Some(oldest) = self.given.front()
            && newest.since(oldest.handed_on) > GIVEN_KEPT
        {
            self.forgotten_until = self.forgotten_until.max(Some(oldest.handed_on));
            self.given.pop_front();
        }
    }

    /// Since when a client that is at `seq` may lack something, and what it has of that; `None` when that is not known.
    fn has(&self, seq: u64) -> Option<(Timestamp, HashSet<u64>)> {
        let last = self.last.filter(|last| seq >= 1 && seq <= *last)?;
        let newer = usize::try_from(last - seq).ok()?;
        // What is left of the ones up to `seq`.
        let older = self.given.len().checked_sub(newer)?;
        let handed_on = older.checked_sub(1).and_then(|index| self.given.get(index));
        // When event `seq` was handed on nothing after it had been; when nothing waited, neither.
        let calm = self
            .calm
            .iter()
            .rev()
            .find(|(number, _)| *number <= seq)
            .map(|(_, at)| *at);
        let then = calm.max(handed_on.map(|given| given.handed_on))?;
        let since = before(then, BEHIND);
        if self.forgotten_until.is_some_and(|forgotten| since < forgotten) {
            return None;
        }
        let keys = self.given.iter().take(older).map(|given| given.key);
        Some((since, keys.filter(|key| *key != NO_KEY).collect()))
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
