//! One gateway of the simulation.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{ServerId, Timestamp, UserId};

use super::{FEW, servers};
use crate::{
    hub::present::Present,
    online::Tally,
    presence::{
        roster::{Part, Roster},
        watch::Table,
        wire::{Instance, Message},
    },
    protocol::{Presence, PresenceStatus},
};

/// What hubs have told.
pub(super) type Shown = BTreeMap<(ServerId, UserId), PresenceStatus>;

/// A change of a membership, as the event bus tells it.
#[derive(Clone, Copy)]
pub(super) struct Event {
    pub(super) server_id: ServerId,
    pub(super) user_id: UserId,
    pub(super) version: i64,
    pub(super) joined: bool,
}

/// One gateway, with a hub for each server.
pub(super) struct Gateway {
    pub(super) own: Instance,
    pub(super) number: u64,
    pub(super) table: Table,
    pub(super) tally: Tally,
    pub(super) hubs: BTreeMap<ServerId, Present>,
    /// What its hubs have told clients.
    pub(super) told: Shown,
    /// Hubs that began anew, and may not know who has left.
    pub(super) restarted: BTreeSet<ServerId>,
    /// Its users, and whether they are connected.
    pub(super) sessions: BTreeMap<UserId, bool>,
    pub(super) seats: BTreeSet<(ServerId, UserId)>,
    pub(super) events: VecDeque<Event>,
    pub(super) inbox: VecDeque<Message>,
    pub(super) last: Option<Message>,
}

impl Gateway {
    pub(super) fn new(own: Instance) -> Self {
        let table = Table::default();
        table.change(Roster::begin_to_tell);
        let tally = Tally::default();
        let hub = |server_id| Present::new(table.watch(server_id), tally.counter(server_id));
        let hubs = servers().map(|server_id| (server_id, hub(server_id)));
        Self {
            own,
            number: 0,
            hubs: hubs.collect(),
            table,
            tally,
            told: Shown::new(),
            restarted: BTreeSet::new(),
            sessions: BTreeMap::new(),
            seats: BTreeSet::new(),
            events: VecDeque::new(),
            inbox: VecDeque::new(),
            last: None,
        }
    }

    pub(super) fn tell(&mut self, server_id: ServerId, presence: Option<Presence>) {
        let Some(presence) = presence else { return };
        match presence.status {
            PresenceStatus::Offline => self.told.remove(&(server_id, presence.user_id)),
            status => self.told.insert((server_id, presence.user_id), status),
        };
    }

    pub(super) fn seat(&mut self, server_id: ServerId, user_id: UserId, version: i64) {
        let hub = self.hubs.get_mut(&server_id).unwrap();
        if hub.has_left(user_id, version) {
            return;
        }
        let presence = hub.seated(user_id, version);
        self.seats.insert((server_id, user_id));
        self.tell(server_id, presence);
    }

    pub(super) fn unseat(&mut self, server_id: ServerId, user_id: UserId) {
        if self.seats.remove(&(server_id, user_id)) {
            let presence = self.hubs.get_mut(&server_id).unwrap().unseated(user_id);
            self.tell(server_id, presence);
        }
    }

    pub(super) fn catch_up(&mut self) {
        for server_id in servers() {
            for presence in self.hubs.get_mut(&server_id).unwrap().catch_up() {
                self.tell(server_id, Some(presence));
            }
        }
    }

    pub(super) fn next_event(&mut self) {
        let Some(event) = self.events.pop_front() else { return };
        if event.joined {
            if self.sessions.contains_key(&event.user_id) {
                self.seat(event.server_id, event.user_id, event.version);
            }
        } else {
            self.seats.remove(&(event.server_id, event.user_id));
            let hub = self.hubs.get_mut(&event.server_id).unwrap();
            let presence = hub.left(event.user_id, event.version);
            self.tell(event.server_id, presence);
        }
    }

    pub(super) fn hear_next(&mut self, now: Timestamp) -> bool {
        let Some(message) = self.inbox.pop_front() else {
            return false;
        };
        self.last = Some(message.clone());
        self.table.change(|roster| roster.hear(message, now));
        true
    }

    pub(super) fn changes(&mut self) -> Option<Message> {
        let mut roster = self.table.roster();
        roster.is_untold().then(|| {
            let (users, gone) = roster.take_untold(FEW);
            self.number += 1;
            Message::Changes {
                from: self.own,
                number: self.number,
                users,
                gone,
            }
        })
    }

    pub(super) fn whole(&mut self) -> Vec<Message> {
        let (mut messages, mut after) = (Vec::new(), None);
        loop {
            let Part { users, up_to } = self.table.roster().part(after, FEW);
            self.number += 1;
            messages.push(Message::Whole {
                from: self.own,
                number: self.number,
                after,
                up_to,
                users,
            });
            after = up_to;
            if after.is_none() {
                return messages;
            }
        }
    }
}
