//! Who sits in a hub, and who of them sees which channel.

use std::{collections::HashMap, sync::Arc};

use contracts::permissions::{MemberAccess, TenantAccess};
use model::{ChannelId, Permission, Timestamp, UserId};

use crate::session::Session;

/// A listening session and what its user may do.
struct Seat {
    session: Arc<Session>,
    member: Arc<MemberAccess>,
    /// A version of the server at which its client was told of it.
    version: i64,
}

/// The seats, and for each channel that something happened in the list of those who see it.
#[derive(Default)]
pub(super) struct Seats {
    seats: HashMap<Box<str>, Seat>,
    viewers: HashMap<ChannelId, Arc<[Arc<Session>]>>,
}

impl Seats {
    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub(super) fn add(&mut self, session: Arc<Session>, member: Arc<MemberAccess>, version: i64) {
        let seat = Seat {
            session,
            member,
            version,
        };
        self.seats.insert(seat.session.id.clone(), seat);
        self.viewers.clear();
    }

    /// Whether the session sits here, and its client was told of the server as it was at that version or later.
    pub(super) fn knows(&self, session: &Session, version: i64) -> bool {
        self.seats.get(&session.id).is_some_and(|seat| seat.version >= version)
    }

    pub(super) fn remove(&mut self, session: &Arc<Session>) {
        // One of the same name may have come in its place, back from another gateway.
        if self
            .seats
            .get(&session.id)
            .is_some_and(|seat| Arc::ptr_eq(&seat.session, session))
        {
            self.seats.remove(&session.id);
            self.viewers.clear();
        }
    }

    /// Removes all of a user's seats and answers their sessions.
    pub(super) fn remove_user(&mut self, user_id: UserId) -> Vec<Arc<Session>> {
        let gone: Vec<_> = self.of_user(user_id);
        self.seats.retain(|_, seat| seat.member.user_id != user_id);
        self.viewers.clear();
        gone
    }

    pub(super) fn of_user(&self, user_id: UserId) -> Vec<Arc<Session>> {
        self.seats
            .values()
            .filter(|seat| seat.member.user_id == user_id)
            .map(|seat| Arc::clone(&seat.session))
            .collect()
    }

    /// What a user may do who sits here.
    pub(super) fn member(&self, user_id: UserId) -> Option<Arc<MemberAccess>> {
        let seat = self.seats.values().find(|seat| seat.member.user_id == user_id)?;
        Some(Arc::clone(&seat.member))
    }

    pub(super) fn set_member(&mut self, member: &Arc<MemberAccess>) {
        for seat in self
            .seats
            .values_mut()
            .filter(|seat| seat.member.user_id == member.user_id)
        {
            seat.member = Arc::clone(member);
        }
        self.viewers.clear();
    }

    pub(super) fn sessions(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.seats.values().map(|seat| &seat.session)
    }

    /// Roles, channels or the owner changed: who sees what is decided anew.
    pub(super) fn forget_viewers(&mut self) {
        self.viewers.clear();
    }

    /// The sessions whose users see the channel. Decided once and kept until something changes.
    pub(super) fn viewers(
        &mut self,
        tenant: &TenantAccess,
        channel_id: ChannelId,
        now: Timestamp,
    ) -> Arc<[Arc<Session>]> {
        if let Some(viewers) = self.viewers.get(&channel_id) {
            return Arc::clone(viewers);
        }
        let sees = |seat: &&Seat| {
            tenant
                .in_channel(channel_id, &seat.member, now)
                .contains(Permission::ViewChannel)
        };
        let viewers: Arc<[_]> = self
            .seats
            .values()
            .filter(sees)
            .map(|seat| Arc::clone(&seat.session))
            .collect();
        self.viewers.insert(channel_id, Arc::clone(&viewers));
        viewers
    }
}
