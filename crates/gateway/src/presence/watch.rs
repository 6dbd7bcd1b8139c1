//! What a hub sees of the presence of its members.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{ServerId, UserId};
use tokio::sync::Notify;

use super::roster::Roster;
use crate::protocol::PresenceStatus;

/// Who shows what, on all gateways. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Table(Arc<Shared>);

#[derive(Default)]
struct Shared {
    roster: Mutex<Roster>,
    untold: Notify,
}

/// What is known of one user in one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// What the user shows, to those who may see it.
    pub(crate) status: PresenceStatus,
    /// Whether the user has a seat in the hub.
    pub(crate) seated: bool,
    /// The newest version of the server at which the user was a member and connected to another gateway.
    pub(crate) elsewhere: Option<i64>,
}

/// The users of a server of whom something may have changed since its hub looked.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) users: HashSet<UserId>,
    pub(super) notify: Arc<Notify>,
}

impl Table {
    pub(super) fn roster(&self) -> MutexGuard<'_, Roster> {
        self.0.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something of a user of this gateway, of which others may have to be told.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut Roster) -> R) -> R {
        let mut roster = self.roster();
        let result = change(&mut roster);
        let is_untold = roster.is_untold();
        drop(roster);
        if is_untold {
            self.0.untold.notify_one();
        }
        result
    }

    /// Ends when there may be something to tell other gateways.
    pub(super) async fn untold(&self) {
        self.0.untold.notified().await;
    }

    /// What a hub needs. There is one hub for a server at a time; a new one takes over from one that is about to end.
    pub(crate) fn watch(&self, server_id: ServerId) -> Watch {
        Watch {
            changed: self.roster().watch(server_id),
            table: self.clone(),
            server_id,
        }
    }
}

/// By which a hub learns what members show, and says who sits in it.
pub(crate) struct Watch {
    table: Table,
    server_id: ServerId,
    changed: Arc<Notify>,
}

impl Watch {
    /// Ends when there is something to take.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The users of whom something may have changed since this was last asked; at first all who are elsewhere.
    pub(crate) fn take(&self) -> Vec<(UserId, Look)> {
        self.table.roster().take_changed(self.server_id, &self.changed)
    }

    /// The user has a seat in the hub, as a member at `version`.
    pub(crate) fn seated(&self, user_id: UserId, version: i64) -> Look {
        self.table.change(|roster| {
            roster.seated(self.server_id, user_id, version);
            roster.look(self.server_id, user_id)
        })
    }

    /// The user has no seat any more.
    pub(crate) fn unseated(&self, user_id: UserId) -> Look {
        self.table.change(|roster| {
            roster.unseated(self.server_id, user_id);
            roster.look(self.server_id, user_id)
        })
    }

    /// The user is no member any more since `version`, wherever they are connected.
    pub(crate) fn left(&self, user_id: UserId, version: i64) -> Look {
        self.table.change(|roster| {
            roster.unseated(self.server_id, user_id);
            roster.left(self.server_id, user_id, version);
            roster.look(self.server_id, user_id)
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.table.roster().unwatch(self.server_id, &self.changed);
    }
}
