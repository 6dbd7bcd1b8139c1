//! Who shows what: a user is connected while a session is, on any gateway, and for a moment after, so that a reload does
//! not flicker.
//!
//! - [`roster`]: what is known of all users, here and elsewhere;
//! - [`watch`]: what hubs see of it;
//! - [`elsewhere`], [`wire`], [`exchange`]: how gateways tell each other. A gateway that is alone does nothing of it.

mod elsewhere;
mod exchange;
mod roster;
#[cfg(test)]
mod simulation;
mod watch;
mod wire;

use std::time::Duration;

use model::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

pub(crate) use self::{
    exchange::exchange,
    watch::{Look, Table, Watch},
};
use crate::{protocol::PresenceStatus, session::Sessions};

/// How long a user whose last connection ended is still shown as connected.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// A wish, and when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Wish {
    /// In milliseconds since the Unix epoch, but always later than the wish before.
    at: i64,
    status: PresenceStatus,
}

impl Wish {
    /// Nothing was wished.
    const NONE: Self = Self {
        at: 0,
        status: PresenceStatus::Online,
    };
}

/// Where a wish comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wished {
    /// It is made now.
    Now(PresenceStatus),
    /// It stands in the account.
    InAccount(PresenceStatus),
}

/// What users of this gateway wish to show. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Presences {
    sessions: Sessions,
    table: Table,
}

impl Presences {
    /// Nobody is there yet.
    #[must_use]
    pub(crate) const fn new(sessions: Sessions, table: Table) -> Self {
        Self { sessions, table }
    }

    /// A session of the user begins, whose account says what to show unless the user has wished something since they
    /// connected.
    pub(crate) fn begin(&self, user_id: UserId, in_account: PresenceStatus, now: Timestamp) {
        self.decide(user_id, Some(Wished::InAccount(in_account)), now);
    }

    /// The user wishes to show something else.
    pub(crate) fn wish(&self, user_id: UserId, wish: PresenceStatus, now: Timestamp) {
        self.decide(user_id, Some(Wished::Now(wish)), now);
    }

    /// A connection came or went, or time has passed.
    pub(crate) fn refresh(&self, user_id: UserId, now: Timestamp) {
        self.decide(user_id, None, now);
    }

    fn decide(&self, user_id: UserId, wished: Option<Wished>, now: Timestamp) {
        self.table.change(|roster| {
            let sessions = self.sessions.of_user(user_id);
            let is_there = sessions
                .iter()
                .any(|session| session.detached_at().is_none_or(|at| now.since(at) < GRACE));
            let connected = (!sessions.is_empty()).then_some(is_there);
            roster.decide(user_id, connected, wished, now);
        });
    }
}
