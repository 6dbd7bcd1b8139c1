//! Who shows what: a user is connected while a session is, and for a moment after, so that a reload does not flicker.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use model::{Timestamp, UserId};

use crate::{
    hub::{Command, Hubs},
    protocol::PresenceStatus,
    session::Sessions,
};

/// How long a user whose last connection ended is still shown as connected.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// What users of this gateway wish to show, and do show. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Presences {
    users: Arc<Mutex<HashMap<UserId, Shown>>>,
    sessions: Sessions,
    hubs: Hubs,
}

#[derive(Clone, Copy)]
struct Shown {
    wish: PresenceStatus,
    now: PresenceStatus,
}

impl Presences {
    /// Nobody is there yet.
    #[must_use]
    pub(crate) fn new(sessions: Sessions, hubs: Hubs) -> Self {
        Self {
            users: Arc::default(),
            sessions,
            hubs,
        }
    }

    /// What the user shows.
    #[must_use]
    pub(crate) fn of(&self, user_id: UserId) -> PresenceStatus {
        self.users
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&user_id)
            .map_or(PresenceStatus::Offline, |shown| shown.now)
    }

    /// The user wishes to show something else.
    pub(crate) fn wish(&self, user_id: UserId, wish: PresenceStatus, now: Timestamp) {
        self.decide(user_id, Some(wish), now);
    }

    /// A connection came or went, or time has passed.
    pub(crate) fn refresh(&self, user_id: UserId, now: Timestamp) {
        self.decide(user_id, None, now);
    }

    fn decide(&self, user_id: UserId, wish: Option<PresenceStatus>, now: Timestamp) {
        let sessions = self.sessions.of_user(user_id);
        let there = sessions
            .iter()
            .any(|session| session.detached_at().is_none_or(|at| now.since(at) < GRACE));
        let status = {
            let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
            let nobody = Shown {
                wish: PresenceStatus::Online,
                now: PresenceStatus::Offline,
            };
            let before = users.get(&user_id).copied().unwrap_or(nobody);
            let wish = wish.unwrap_or(before.wish);
            let status = if there { wish.shown() } else { PresenceStatus::Offline };
            if sessions.is_empty() {
                users.remove(&user_id);
            } else {
                users.insert(user_id, Shown { wish, now: status });
            }
            if before.now == status {
                return;
            }
            status
        };
        let mut servers: Vec<_> = sessions.iter().flat_map(|session| session.servers()).collect();
        servers.sort_unstable();
        servers.dedup();
        for server_id in servers {
            self.hubs.tell_running(server_id, Command::Presence { user_id, status });
        }
    }
}
