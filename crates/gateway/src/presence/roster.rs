//! Who shows what: what this gateway knows of its own users, and what the others say of theirs.
//!
//! A user shows their newest wish while connected anywhere. Each gateway takes over a newer wish that another tells of a
//! user of its own, so that it outlives the connection on which it was made.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use model::{ServerId, Timestamp, UserId};
use tokio::sync::Notify;

use super::{
    Wish, Wished,
    elsewhere::Elsewhere,
    watch::{Changed, Look},
    wire::{Instance, Message, Told},
};
use crate::protocol::PresenceStatus;

/// A user of this gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Here {
    wish: Wish,
    /// Whether there is a connection, or was a moment ago: a session may be there without.
    connected: bool,
}

/// The users of all gateways.
#[derive(Default)]
pub(super) struct Roster {
    here: BTreeMap<UserId, Here>,
    /// In which hubs of this gateway users sit, and the version of each server at which they were members.
    seats: HashMap<UserId, HashMap<ServerId, i64>>,
    elsewhere: HashMap<Instance, Elsewhere>,
    /// Who shows something in a server and is connected to another gateway.
    in_server: HashMap<ServerId, HashSet<(UserId, Instance)>>,
    watched: HashMap<ServerId, Changed>,
    /// Users of whom other gateways are still to be told; `None` when there are no others.
    untold: Option<BTreeSet<UserId>>,
}

/// A part of the users of this gateway, by their ids.
pub(super) struct Part {
    pub(super) users: Vec<Told>,
    /// The last of them; `None` when there are no more.
    pub(super) up_to: Option<UserId>,
}

impl Roster {
    /// Decides what a user of this gateway shows. `connected` is `None` when there is no session any more.
    pub(super) fn decide(&mut self, user_id: UserId, connected: Option<bool>, wished: Option<Wished>, now: Timestamp) {
        let before = self.here.get(&user_id).copied();
        let next = connected.map(|connected| Here {
            wish: wish(self.newest_wish(user_id), wished, now),
            connected,
        });
        if before == next {
            return;
        }
        match next {
            Some(next) => self.here.insert(user_id, next),
            None => self.here.remove(&user_id),
        };
        self.mark_everywhere(user_id);
        self.must_tell(user_id);
    }

    /// What the user wished last, as far as anyone who has a session of theirs knows.
    fn newest_wish(&self, user_id: UserId) -> Option<Wish> {
        let here = self.here.get(&user_id).map(|here| here.wish);
        here.into_iter()
            .chain(self.told_of(user_id).map(|told| told.wish))
            .max()
    }

    /// What the user shows to those who may see it.
    pub(super) fn status(&self, user_id: UserId) -> PresenceStatus {
        let here = self.here.get(&user_id).is_some_and(|here| here.connected);
        let anywhere = here || self.told_of(user_id).any(|told| told.here);
        self.newest_wish(user_id)
            .map_or(PresenceStatus::Offline, |wish| Told::shown(wish, anywhere))
    }

    fn told_of(&self, user_id: UserId) -> impl Iterator<Item = &Told> {
        self.elsewhere.values().filter_map(move |gateway| gateway.of(user_id))
    }

    /// What a hub is to know of a user.
    pub(super) fn look(&self, server_id: ServerId, user_id: UserId) -> Look {
        let servers = self.told_of(user_id).flat_map(|told| &told.servers);
        Look {
            status: self.status(user_id),
            seated: self
                .seats
                .get(&user_id)
                .is_some_and(|seats| seats.contains_key(&server_id)),
            elsewhere: servers
                .filter(|(server, _)| *server == server_id)
                .map(|(_, version)| *version)
                .max(),
        }
    }
}

/// For hubs.
impl Roster {
    pub(super) fn watch(&mut self, server_id: ServerId) -> Arc<Notify> {
        let elsewhere = self.in_server.get(&server_id).into_iter().flatten();
        let changed = Changed {
            users: elsewhere.map(|(user_id, _)| *user_id).collect(),
            notify: Arc::default(),
        };
        let notify = Arc::clone(&changed.notify);
        self.watched.insert(server_id, changed);
        notify
    }

    pub(super) fn unwatch(&mut self, server_id: ServerId, notify: &Arc<Notify>) {
        let is_own = |changed: &Changed| Arc::ptr_eq(&changed.notify, notify);
        if self.watched.get(&server_id).is_some_and(is_own) {
            self.watched.remove(&server_id);
        }
    }

    pub(super) fn take_changed(&mut self, server_id: ServerId, notify: &Arc<Notify>) -> Vec<(UserId, Look)> {
        let changed = self.watched.get_mut(&server_id);
        let own = changed.filter(|changed| Arc::ptr_eq(&changed.notify, notify));
        let users = own
            .map(|changed| std::mem::take(&mut changed.users))
            .unwrap_or_default();
        let look = |user_id| (user_id, self.look(server_id, user_id));
        users.into_iter().map(look).collect()
    }

    pub(super) fn seated(&mut self, server_id: ServerId, user_id: UserId, version: i64) {
        let seats = self.seats.entry(user_id).or_default();
        if seats.insert(server_id, version) != Some(version) {
            self.must_tell(user_id);
        }
    }

    pub(super) fn unseated(&mut self, server_id: ServerId, user_id: UserId) {
        let Some(seats) = self.seats.get_mut(&user_id) else {
            return;
        };
        if seats.remove(&server_id).is_none() {
            return;
        }
        if seats.is_empty() {
            self.seats.remove(&user_id);
        }
        self.must_tell(user_id);
    }

    /// What others said of the user in this server up to `version` holds no more, though they have not said so yet.
    pub(super) fn left(&mut self, server_id: ServerId, user_id: UserId, version: i64) {
        for (instance, gateway) in &mut self.elsewhere {
            if gateway.strike(user_id, server_id, version) {
                forget(&mut self.in_server, server_id, (user_id, *instance));
            }
        }
    }

    fn mark_everywhere(&mut self, user_id: UserId) {
        let seats = self.seats.get(&user_id).into_iter().flat_map(HashMap::keys).copied();
        let told = self.told_of(user_id).flat_map(|told| &told.servers);
        let servers: Vec<ServerId> = seats.chain(told.map(|(server_id, _)| *server_id)).collect();
        self.mark(user_id, servers);
    }

    fn mark(&mut self, user_id: UserId, servers: impl IntoIterator<Item = ServerId>) {
        for server_id in servers {
            if let Some(changed) = self.watched.get_mut(&server_id) {
                changed.users.insert(user_id);
                changed.notify.notify_one();
            }
        }
    }
}

/// From other gateways.
impl Roster {
    /// Another gateway says something.
    pub(super) fn hear(&mut self, message: Message, now: Timestamp) {
        let from = message.from();
        let gateway = self.elsewhere.entry(from).or_insert_with(|| Elsewhere::new(now));
        for (user_id, told) in gateway.hear(message, now) {
            self.keep(from, user_id, told);
        }
    }

    fn keep(&mut self, from: Instance, user_id: UserId, told: Option<Told>) {
        let Some(gateway) = self.elsewhere.get_mut(&from) else {
            return;
        };
        if gateway.of(user_id) == told.as_ref() {
            return;
        }
        let (wish, after) = (told.as_ref().map(|told| told.wish), servers_of(told.as_ref()));
        let before = servers_of(gateway.keep(user_id, told).as_ref());
        for server_id in before.difference(&after) {
            forget(&mut self.in_server, *server_id, (user_id, from));
        }
        for server_id in after.difference(&before) {
            self.in_server.entry(*server_id).or_default().insert((user_id, from));
        }
        if let Some(here) = self.here.get_mut(&user_id)
            && let Some(wish) = wish
            && wish > here.wish
        {
            here.wish = wish;
            self.must_tell(user_id);
        }
        self.mark(user_id, before.into_iter().chain(after));
        self.mark_everywhere(user_id);
    }

    /// Forgets gateways that have gone, with their users, and answers whom to ask for the whole.
    pub(super) fn pass_time(&mut self, now: Timestamp) -> Vec<Instance> {
        let gone = self.elsewhere.iter().filter(|(_, gateway)| gateway.has_gone(now));
        let gone: Vec<Instance> = gone.map(|(instance, _)| *instance).collect();
        for instance in gone {
            let users = self.elsewhere.get(&instance).map(Elsewhere::users).unwrap_or_default();
            for user_id in users {
                self.keep(instance, user_id, None);
            }
            self.elsewhere.remove(&instance);
        }
        let ask = |(instance, gateway): (&Instance, &mut Elsewhere)| gateway.must_be_asked(now).then_some(*instance);
        self.elsewhere.iter_mut().filter_map(ask).collect()
    }
}

/// For other gateways.
impl Roster {
    /// There are others from now on, who are to be told of all users.
    pub(super) fn begin_to_tell(&mut self) {
        self.untold = Some(self.here.keys().copied().collect());
    }

    fn must_tell(&mut self, user_id: UserId) {
        self.untold.as_mut().map(|untold| untold.insert(user_id));
    }

    /// Whether others are to be told of something.
    pub(super) fn is_untold(&self) -> bool {
        self.untold.as_ref().is_some_and(|untold| !untold.is_empty())
    }

    /// Who has changed since this was last asked, and who has gone: up to about this weight.
    pub(super) fn take_untold(&mut self, most: usize) -> (Vec<Told>, Vec<UserId>) {
        let (mut users, mut gone, mut weight) = (Vec::new(), Vec::new(), 0);
        while weight < most
            && let Some(user_id) = self.untold.as_mut().and_then(BTreeSet::pop_first)
        {
            if let Some(told) = self.tell(user_id) {
                weight += told.weight();
                users.push(told);
            } else {
                weight += 1;
                gone.push(user_id);
            }
        }
        (users, gone)
    }

    /// The users of this gateway with larger ids than `after`: up to about this weight.
    pub(super) fn part(&self, after: Option<UserId>, most: usize) -> Part {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let mut rest = self.here.range((from, std::ops::Bound::Unbounded)).peekable();
        let (mut users, mut weight) = (Vec::new(), 0);
        while weight < most
            && let Some(told) = rest.next().and_then(|(user_id, _)| self.tell(*user_id))
        {
            weight += told.weight();
            users.push(told);
        }
        let up_to = rest.peek().and(users.last()).map(|told| told.user_id);
        Part { users, up_to }
    }

    fn tell(&self, user_id: UserId) -> Option<Told> {
        let here = self.here.get(&user_id)?;
        let is_visible = Told::shown(here.wish, here.connected) != PresenceStatus::Offline;
        let seats = self.seats.get(&user_id).filter(|_| is_visible);
        let mut servers: Vec<_> = seats
            .into_iter()
            .flatten()
            .map(|(id, version)| (*id, *version))
            .collect();
        servers.sort_unstable();
        Some(Told {
            user_id,
            wish: here.wish,
            here: here.connected,
            servers,
        })
    }
}

/// What the user wishes now. Later wishes win though the clock of the machine on which they are made be slow; what the
/// account says counts only while nothing was wished since the user connected.
fn wish(newest: Option<Wish>, wished: Option<Wished>, now: Timestamp) -> Wish {
    let newest = newest.unwrap_or(Wish::NONE);
    match wished {
        Some(Wished::Now(status)) => Wish {
            at: now.as_millis().max(newest.at.saturating_add(1)),
            status,
        },
        Some(Wished::InAccount(status)) => newest.max(Wish { status, ..Wish::NONE }),
        None => newest,
    }
}

fn servers_of(told: Option<&Told>) -> BTreeSet<ServerId> {
    let servers = told.into_iter().flat_map(|told| &told.servers);
    servers.map(|(server_id, _)| *server_id).collect()
}

fn forget(
    in_server: &mut HashMap<ServerId, HashSet<(UserId, Instance)>>,
    server_id: ServerId,
    who: (UserId, Instance),
) {
    if let Some(users) = in_server.get_mut(&server_id) {
        users.remove(&who);
        if users.is_empty() {
            in_server.remove(&server_id);
        }
    }
}

#[cfg(test)]
impl Roster {
    /// What this gateway takes for the user's wish.
    pub(super) fn wish_here(&self, user_id: UserId) -> Option<Wish> {
        self.here.get(&user_id).map(|here| here.wish)
    }

    /// Whether nothing is known of other gateways.
    pub(super) fn is_alone(&self) -> bool {
        self.elsewhere.is_empty() && self.in_server.is_empty()
    }
}
