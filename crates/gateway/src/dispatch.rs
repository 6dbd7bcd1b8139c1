//! From the bus to hubs and sessions. This task never waits for a peer, so that no server slows another down.
//!
//! What hubs know of servers and members is kept right by events alone. While the bus is away nothing arrives, so nothing is
//! delivered by what may have changed; when it is back, it says that events were lost, and every session starts anew.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use contracts::events::{Audience, Event, EventKind};
use model::{EventId, ServerId, Timestamp, UserId};
use platform::{
    bus::{Delivery, Subscription},
    telemetry::RequestContext,
};
use serde::Deserialize;

use crate::{
    Gateway,
    hub::Command,
    protocol::{CloseCode, EncodedEvent, PresenceStatus, key},
    session::Session,
};

/// Ids of events that are remembered, to drop what is told twice.
const REMEMBERED: usize = 16_384;

/// The events seen last.
#[derive(Default)]
struct Seen {
    ids: HashSet<EventId>,
    order: VecDeque<EventId>,
}

impl Seen {
    /// Whether the event is new; remembers it.
    fn is_new(&mut self, id: EventId) -> bool {
        if !self.ids.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED {
            self.order.pop_front().map(|oldest| self.ids.remove(&oldest));
        }
        true
    }
}

/// Runs until the process shuts down.
pub(crate) async fn run(gateway: Gateway, mut subscription: Subscription) {
    let mut seen = Seen::default();
    while let Some(Some(delivery)) = gateway.shutdown.run_until_cancelled(subscription.next()).await {
        match delivery {
            Delivery::Event(event) if seen.is_new(event.id) => {
                RequestContext::under(event.trace, || gateway.dispatch(event));
            }
            Delivery::Event(_) => {}
            Delivery::Lost => {
                tracing::error!("the event bus lost events: all sessions start anew");
                gateway.restart_all();
            }
        }
    }
}

/// The beginning of a `server.created` or `server.deleted`.
#[derive(Deserialize)]
struct ServerData {
    id: ServerId,
}

/// The part of a user's own account that the gateway acts on.
#[derive(Deserialize)]
struct AccountData {
    status: String,
}

impl Gateway {
    fn dispatch(&self, event: Arc<Event>) {
        let personal = matches!(event.audience, Audience::User { .. } | Audience::AroundUser { .. });
        let key = key::of(&event);
        self.hand_over(event);
        if let Some(handover) = self.handover.as_ref().filter(|_| personal) {
            // Only now: whoever began meanwhile heard it.
            handover.journal.passed(None, key, self.peers.clock.now());
        }
    }

    fn hand_over(&self, event: Arc<Event>) {
        match (event.audience, event.kind) {
            (Audience::Services, EventKind::SessionRevoked) => self.revoke(&event),
            (Audience::Services, _) => {}
            (Audience::Server { server_id } | Audience::Channel { server_id, .. }, _) => {
                if !self.hubs.tell_running(server_id, Command::Event(event)) {
                    self.overrun(server_id);
                }
            }
            (Audience::User { user_id }, EventKind::ServerCreated | EventKind::ServerDeleted) => {
                self.change_servers(user_id, event);
            }
            (Audience::User { user_id }, kind) => {
                if let (EventKind::UserUpdated, Ok(account)) =
                    (kind, serde_json::from_str::<AccountData>(event.data.get()))
                {
                    self.presences.wish(
                        user_id,
                        PresenceStatus::from_name(&account.status),
                        self.peers.clock.now(),
                    );
                }
                push_to(&self.sessions.of_user(user_id), &event, self.peers.clock.now());
            }
            (Audience::AroundUser { user_id }, kind) => {
                if let (EventKind::UserUpdated, Ok(user)) = (kind, serde_json::from_str(event.data.get())) {
                    self.hubs.lists().rename(&user);
                }
                self.tell_around(user_id, event);
            }
        }
    }

    /// A sign-in has ended: so do its connections.
    fn revoke(&self, event: &Event) {
        let (Some(user_id), Some(signed_in)) = (event.user_id, event.session_id) else {
            return;
        };
        self.authenticator.revoked().revoke(signed_in, self.peers.clock.now());
        for session in self.sessions.of_sign_in(user_id, signed_in) {
            session.close(CloseCode::SessionRevoked);
            self.end(&session);
        }
    }

    /// A user gained or lost a server.
    fn change_servers(&self, user_id: UserId, event: Arc<Event>) {
        let sessions = self.sessions.of_user(user_id);
        let Ok(ServerData { id: server_id }) = serde_json::from_str(event.data.get()) else {
            return;
        };
        if sessions.is_empty() {
            return;
        }
        let told = match event.kind {
            EventKind::ServerCreated => self.hubs.tell(server_id, Command::Welcome { sessions, event }),
            _ if self.hubs.is_running(server_id) => self.hubs.tell_running(
                server_id,
                Command::Farewell {
                    user_id,
                    sessions,
                    event,
                },
            ),
            _ => {
                push_to(&sessions, &event, self.peers.clock.now());
                true
            }
        };
        if !told {
            self.overrun(server_id);
        }
    }

    /// Tells all who share a server with the user. The user's own devices hear of it with more detail.
    fn tell_around(&self, user_id: UserId, event: Arc<Event>) {
        if let Some(session) = self.sessions.of_user(user_id).first() {
            self.around.forget(user_id);
            self.push_to_members(&session.servers(), user_id, &event);
        } else if self.sessions.count() > 0 && !self.around.tell(user_id, event) {
            tracing::error!("too many changes of users wait to be told: all sessions start anew");
            self.restart_all();
        }
    }

    pub(crate) fn push_to_members(&self, servers: &[ServerId], except: UserId, event: &Event) {
        let servers: HashSet<ServerId> = servers.iter().copied().collect();
        let shares =
            |session: &Session| session.user_id != except && session.servers().iter().any(|id| servers.contains(id));
        let sessions: Vec<_> = self
            .sessions
            .all()
            .into_iter()
            .filter(|session| shares(session))
            .collect();
        push_to(&sessions, event, self.peers.clock.now());
    }

    /// The hub of the server cannot take more: its sessions would miss something, so they start anew.
    fn overrun(&self, server_id: ServerId) {
        tracing::error!(server.id = %server_id, "a hub is overrun: its sessions start anew");
        for session in self
            .sessions
            .all()
            .iter()
            .filter(|session| session.servers().contains(&server_id))
        {
            self.restart(session);
        }
    }

    fn restart_all(&self) {
        self.around.forget_all();
        self.sessions.all().iter().for_each(|session| self.restart(session));
    }

    fn restart(&self, session: &Arc<Session>) {
        session.lose(CloseCode::UnknownError);
        self.end(session);
    }
}

fn push_to(sessions: &[Arc<Session>], event: &Event, now: Timestamp) {
    let encoded = Arc::new(EncodedEvent::of(event, now));
    for session in sessions {
        session.push(Arc::clone(&encoded));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_twice_is_dropped_and_memory_is_bounded() {
        let mut seen = Seen::default();
        assert!(seen.is_new(EventId(1)));
        assert!(!seen.is_new(EventId(1)));
        for id in 2..40_000 {
            assert!(seen.is_new(EventId(id)));
        }
        assert_eq!(seen.ids.len(), REMEMBERED);
        assert_eq!(seen.order.len(), REMEMBERED);
    }
}
