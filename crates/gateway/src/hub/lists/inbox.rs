//! What a hub tells its member lists. It never waits for them: of each thing only the newest is kept until it is taken.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use contracts::permissions::TenantAccess;
use model::{RoleId, UserId};
use tokio::sync::Notify;

use crate::{
    members::{Member, Summary},
    protocol::PresenceStatus,
    session::{Session, Viewing},
};

/// What is new.
#[derive(Default)]
pub(super) struct News {
    pub(super) tenant: Option<Arc<TenantAccess>>,
    /// Members who changed, or left, each with the version of the server since which it is so.
    pub(super) members: HashMap<UserId, (i64, Option<Member>)>,
    pub(super) presences: HashMap<UserId, PresenceStatus>,
    pub(super) users: HashMap<UserId, Summary>,
    pub(super) dropped_roles: HashSet<RoleId>,
    /// Sessions that have a list on screen from now on, by their ids.
    pub(super) views: HashMap<Box<str>, (Arc<Session>, Viewing)>,
}

/// Clones share it.
#[derive(Default)]
pub(super) struct Inbox {
    waiting: Mutex<Waiting>,
    notify: Notify,
}

#[derive(Default)]
struct Waiting {
    news: News,
    is_any: bool,
    /// Nobody listens, or nobody tells any more.
    is_closed: bool,
}

impl Inbox {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds something; `false` when nobody listens.
    pub(super) fn tell(&self, add: impl FnOnce(&mut News)) -> bool {
        let mut waiting = self.waiting();
        if waiting.is_closed {
            return false;
        }
        add(&mut waiting.news);
        waiting.is_any = true;
        drop(waiting);
        self.notify.notify_one();
        true
    }

    /// Nothing more is told, or listened to.
    pub(super) fn close(&self) {
        let mut waiting = self.waiting();
        *waiting = Waiting {
            is_closed: true,
            ..Waiting::default()
        };
        drop(waiting);
        self.notify.notify_one();
    }

    /// The same, if nothing waits; answers whether it is closed.
    pub(super) fn close_if_empty(&self) -> bool {
        let mut waiting = self.waiting();
        waiting.is_closed |= !waiting.is_any;
        waiting.is_closed
    }

    pub(super) fn is_closed(&self) -> bool {
        self.waiting().is_closed
    }

    /// Waits for something and takes it; `None` when it is closed.
    pub(super) async fn take(&self) -> Option<News> {
        loop {
            {
                let mut waiting = self.waiting();
                if waiting.is_closed {
                    return None;
                }
                if std::mem::take(&mut waiting.is_any) {
                    return Some(std::mem::take(&mut waiting.news));
                }
            }
            self.notify.notified().await;
        }
    }
}

impl News {
    /// Whether it may change what lists say.
    pub(super) fn changes_lists(&self) -> bool {
        let of_members = self.members.is_empty() && self.users.is_empty() && self.presences.is_empty();
        self.tenant.is_some() || !(of_members && self.dropped_roles.is_empty())
    }

    /// Somebody is a member as this since `version`, or none.
    pub(super) fn member(&mut self, user_id: UserId, version: i64, member: Option<Member>) {
        let known = self.members.get(&user_id).map(|(known, _)| *known);
        if known <= Some(version) {
            self.members.insert(user_id, (version, member));
        }
    }
}
