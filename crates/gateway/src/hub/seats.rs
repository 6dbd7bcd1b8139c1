//! Who sits in a hub, and who of them sees which channel.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use contracts::permissions::MemberAccess;
use model::{ChannelId, Timestamp, UserId};

use super::rights::Rights;
use crate::session::Session;

/// A listening session.
struct Seat {
    session: Arc<Session>,
    /// A version of the server at which its client was told of it.
    version: i64,
    /// Whether its client was told by another gateway, up to some version before that.
    from_elsewhere: bool,
}

/// A member and all their seats.
pub(super) struct Person {
    pub(super) member: Arc<MemberAccess>,
    /// What their clients were told of what they see and may do.
    pub(super) rights: Arc<Rights>,
    seats: Vec<Seat>,
}

impl Person {
    pub(super) fn sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.seats.iter().map(|seat| &seat.session)
    }
}

/// The seats, and for each channel that something happened in the list of those who see it.
#[derive(Default)]
pub(super) struct Seats {
    people: HashMap<UserId, Person>,
    viewers: HashMap<ChannelId, Arc<[Arc<Session>]>>,
    /// When time-outs end of those who have sat here.
    time_outs: BTreeSet<(Timestamp, UserId)>,
}

impl Seats {
    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Seats the session of a member who has these rights, of which its client is told otherwise than by this.
    pub(super) fn add(&mut self, session: Arc<Session>, member: Arc<MemberAccess>, rights: Arc<Rights>, version: i64) {
        self.note_time_out(&member);
        let person = self.people.entry(member.user_id).or_insert_with(|| Person {
            member,
            rights,
            seats: Vec::new(),
        });
        person.seats.retain(|seat| seat.session.id != session.id);
        person.seats.push(Seat {
            session,
            version,
            from_elsewhere: false,
        });
        self.viewers.clear();
    }

    fn note_time_out(&mut self, member: &MemberAccess) {
        let until = member.timeout_until;
        self.time_outs.extend(until.map(|until| (until, member.user_id)));
    }

    /// When the next time-out ends.
    pub(super) fn next_time_out(&self) -> Option<Timestamp> {
        self.time_outs.first().map(|(until, _)| *until)
    }

    /// Someone whose time-out has ended by now; each end is answered once.
    pub(super) fn ended_time_out(&mut self, now: Timestamp) -> Option<UserId> {
        let (until, user_id) = *self.time_outs.first()?;
        (until <= now && self.time_outs.remove(&(until, user_id))).then_some(user_id)
    }

    fn seat(&self, session: &Session) -> Option<&Seat> {
        let person = self.people.get(&session.user_id)?;
        person.seats.iter().find(|seat| seat.session.id == session.id)
    }

    /// Whether the session sits here, and its client was told of the server as it was at that version or later.
    pub(super) fn knows(&self, session: &Session, version: i64) -> bool {
        self.seat(session).is_some_and(|seat| seat.version >= version)
    }

    /// Whether this very session sits here.
    pub(super) fn has(&self, session: &Arc<Session>) -> bool {
        self.seat(session)
            .is_some_and(|seat| Arc::ptr_eq(&seat.session, session))
    }

    /// The session's client was told by another gateway what it has.
    pub(super) fn came_from_elsewhere(&mut self, session: &Session) {
        let person = self.people.get_mut(&session.user_id);
        let mut seats = person.into_iter().flat_map(|person| &mut person.seats);
        if let Some(seat) = seats.find(|seat| seat.session.id == session.id) {
            seat.from_elsewhere = true;
        }
    }

    /// The sessions from another gateway that sit here since `version` or later: nobody told their clients what came of
    /// the change that made that version.
    pub(super) fn came_since(&self, version: i64) -> Vec<Arc<Session>> {
        let seats = self.people.values().flat_map(|person| &person.seats);
        seats
            .filter(|seat| seat.from_elsewhere && seat.version >= version)
            .map(|seat| Arc::clone(&seat.session))
            .collect()
    }

    pub(super) fn remove(&mut self, session: &Arc<Session>) {
        // One of the same name may have come in its place, back from another gateway.
        if let Some(person) = self.people.get_mut(&session.user_id) {
            person.seats.retain(|seat| !Arc::ptr_eq(&seat.session, session));
            if person.seats.is_empty() {
                self.people.remove(&session.user_id);
            }
            self.viewers.clear();
        }
    }

    /// Removes all of a user's seats and answers their sessions.
    pub(super) fn remove_user(&mut self, user_id: UserId) -> Vec<Arc<Session>> {
        self.viewers.clear();
        let gone = self.people.remove(&user_id);
        gone.map(|person| person.sessions().cloned().collect())
            .unwrap_or_default()
    }

    /// Whether the user sits here.
    pub(super) fn seats_user(&self, user_id: UserId) -> bool {
        self.people.contains_key(&user_id)
    }

    /// What a user may do who sits here.
    pub(super) fn person(&self, user_id: UserId) -> Option<&Person> {
        self.people.get(&user_id)
    }

    /// Everyone who sits here, or one of them.
    pub(super) fn people_mut(&mut self, whose: Option<UserId>) -> impl Iterator<Item = &mut Person> {
        let (one, all) = match whose {
            Some(user_id) => (self.people.get_mut(&user_id), None),
            None => (None, Some(self.people.values_mut())),
        };
        one.into_iter().chain(all.into_iter().flatten())
    }

    pub(super) fn set_member(&mut self, member: &Arc<MemberAccess>) {
        if let Some(person) = self.people.get_mut(&member.user_id) {
            person.member = Arc::clone(member);
            self.note_time_out(member);
        }
    }

    pub(super) fn sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.people.values().flat_map(Person::sessions)
    }

    /// Someone sees something else.
    pub(super) fn forget_viewers(&mut self) {
        self.viewers.clear();
    }

    /// The sessions whose clients were told of the channel. Looked up once and kept until something changes.
    pub(super) fn viewers(&mut self, channel_id: ChannelId) -> Arc<[Arc<Session>]> {
        let viewers = self.viewers.entry(channel_id).or_insert_with(|| {
            let people = self.people.values().filter(|person| person.rights.sees(channel_id));
            people.flat_map(Person::sessions).cloned().collect()
        });
        Arc::clone(viewers)
    }
}
