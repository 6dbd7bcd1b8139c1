//! The member lists of a server, for those who have one on screen (C8).
//!
//! - [`views`]: the frames for those who look;
//! - [`inbox`]: what the hub tells the task of the lists;
//! - [`task`]: that task.

mod inbox;
mod task;
mod views;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use contracts::{
    events::{Event, EventKind},
    permissions::TenantAccess,
};
use model::{RoleId, ServerId};
use serde::Deserialize;

use self::{inbox::Inbox, task::Start};
use super::actor::Hub;
use crate::{
    members::{Member, Summary},
    protocol::{Presence, ServerFrame},
    session::Session,
};

/// The lists of all servers of this gateway, as far as somebody looks at them. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct AllLists(Arc<Mutex<HashMap<ServerId, Weak<Inbox>>>>);

impl AllLists {
    /// A user is called otherwise, or has another picture.
    pub(crate) fn rename(&self, user: &Summary) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, inbox| {
            let inbox = inbox.upgrade();
            inbox.is_some_and(|inbox| inbox.tell(|news| drop(news.users.insert(user.id, user.clone()))))
        });
    }

    fn add(&self, server_id: ServerId, inbox: &Arc<Inbox>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(server_id, Arc::downgrade(inbox));
    }
}

/// The lists of one server, kept by a task that ends with this.
pub(super) struct Lists(Arc<Inbox>);

impl Drop for Lists {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Lists {
    pub(super) fn replace_tenant(&self, tenant: &Arc<TenantAccess>) {
        self.0.tell(|news| news.tenant = Some(Arc::clone(tenant)));
    }

    pub(super) fn show(&self, presence: Presence) {
        self.0.tell(|news| {
            news.presences.insert(presence.user_id, presence.status);
        });
    }

    /// Something happened that changes members.
    pub(super) fn on_event(&self, event: &Event) {
        let version = event.tenant_version.unwrap_or(0);
        match (event.kind, event.user_id) {
            (EventKind::MemberLeft, Some(user_id)) => {
                self.0.tell(|news| news.member(user_id, version, None));
            }
            (EventKind::MemberJoined | EventKind::MemberUpdated, _) => {
                match serde_json::from_str::<Member>(event.data.get()) {
                    Ok(member) => {
                        self.0.tell(|news| news.member(member.user.id, version, Some(member)));
                    }
                    Err(error) => {
                        tracing::error!(event.id = %event.id, error.detail = %error, "a member in an event cannot be read");
                    }
                }
            }
            (EventKind::RoleDeleted, _) => {
                #[derive(Deserialize)]
                struct Gone {
                    id: RoleId,
                }
                if let Ok(Gone { id }) = serde_json::from_str(event.data.get()) {
                    self.0.tell(|news| {
                        news.dropped_roles.insert(id);
                    });
                }
            }
            _ => {}
        }
    }
}

impl Hub {
    /// The session has something of this server on screen.
    pub(super) fn subscribe(&mut self, session: &Arc<Session>) {
        self.catch_up();
        if !self.seats.has(session) {
            session.push_subscribed(&ServerFrame::nothing_subscribed());
            return;
        }
        let person = self.seats.person(session.user_id);
        let sees = |channel_id| person.is_some_and(|person| person.rights.sees(channel_id));
        let viewing = session.viewing();
        if let Some(wanted) = &viewing
            && !sees(wanted.channel_id)
        {
            // Like one that does not exist.
            session.stop_viewing(&[wanted.channel_id]);
        }
        let viewing = viewing.filter(|wanted| sees(wanted.channel_id));
        session.push_subscribed(&ServerFrame::Subscribed {
            server_id: Some(self.server_id),
            channel_id: viewing.as_ref().map(|viewing| viewing.channel_id),
            presences: match session.presences_of() {
                None => self.present.all(),
                Some(users) => self.present.of(&users),
            },
        });
        let Some(viewing) = viewing else { return };
        let mut view = Some((Arc::clone(session), viewing));
        for _ in 0..2 {
            let Some(lists) = self.lists() else { return };
            let told = lists.0.tell(|news| {
                news.views.extend(view.take().map(|view| (session.id.clone(), view)));
            });
            if told {
                return;
            }
            // Its task has ended because nobody looked: another begins.
            self.lists = None;
        }
    }

    /// The lists of this server, begun if there are none. None without a tenant.
    fn lists(&mut self) -> Option<&Lists> {
        if self.lists.is_none() {
            let inbox = Arc::new(Inbox::default());
            let start = Start {
                server_id: self.server_id,
                peers: self.peers.clone(),
                tenant: Arc::clone(self.tenant.as_ref()?),
                shown: self
                    .present
                    .all()
                    .into_iter()
                    .map(|shown| (shown.user_id, shown.status))
                    .collect(),
            };
            self.all_lists.add(self.server_id, &inbox);
            tokio::spawn(task::run(Arc::clone(&inbox), start));
            self.lists = Some(Lists(inbox));
        }
        self.lists.as_ref()
    }
}
