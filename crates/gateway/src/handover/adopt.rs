//! Going on here with a session that another gateway had.

use std::{collections::HashSet, sync::Arc};

use contracts::events::{Audience, Event, EventKind};
use model::{ServerId, UserId};
use platform::auth::Caller;
use tokio::sync::oneshot;

use super::{Handover, ledger::Known, origin};
use crate::{
    Gateway,
    hub::Command,
    protocol::{CloseCode, EncodedEvent},
    session::Session,
};

impl Gateway {
    /// Goes on with a session that another gateway had; the caller's client has everything up to `seq`. `None` when it must
    /// start anew.
    pub(crate) async fn adopt(&self, caller: Caller, session_id: &str, seq: u64) -> Option<Arc<Session>> {
        let handover = self.handover.as_ref()?;
        let _turn = handover.turns.acquire().await.ok()?;
        let known = handover.take_from_others(session_id, seq, caller).await?;
        if known.user_id != caller.user_id || known.sign_in != caller.session_id {
            return None;
        }
        let now = self.peers.clock.now();
        let journal = Some(Arc::clone(&handover.journal));
        let session = Session::new(session_id.into(), caller.user_id, caller.session_id, journal, now);
        if let Some(oldest) = self.sessions.add(&session) {
            oldest.lose(CloseCode::SessionTimedOut);
            self.end(&oldest);
        }
        // From here on nothing new escapes it; then it is looked up what came before.
        let adopted = match self.seat(&session).await {
            Ok(_) => self.replay(handover, &session, seq, known).await,
            Err(status) => {
                tracing::warn!(error.code = ?status.code(), "a session of another gateway cannot go on here");
                None
            }
        };
        if adopted.is_none() || self.authenticator.revoked().contains(caller.session_id) {
            self.end(&session);
            return None;
        }
        metrics::counter!("gateway_sessions_adopted_total").increment(1);
        Some(session)
    }

    /// Tells the session what its client lacks.
    async fn replay(&self, handover: &Handover, session: &Arc<Session>, seq: u64, known: Known) -> Option<()> {
        let servers = session.servers();
        let (personal, of_servers) = handover.window.since(known.since, &servers).await?;
        let is_missing = |event: &Arc<Event>| known.lacks(event);
        let mut missed = Vec::new();
        for event in personal.into_iter().filter(is_missing) {
            if self.concerns(session.user_id, &servers, &event).await? {
                missed.push(Arc::new(EncodedEvent::of(&event, self.peers.clock.now())));
            }
        }
        for (server_id, mut events) in of_servers {
            events.retain(is_missing);
            if !events.is_empty() {
                missed.extend(self.seen_by(session, server_id, events).await?);
            }
        }
        let mut known_here: HashSet<u64> = known.keys;
        known_here.extend(missed.iter().map(|event| event.key()));
        session.subscribe(known.subscribed.filter(|id| servers.contains(id)));
        session.adopt(seq, missed, known_here, self.peers.clock.now());
        Some(())
    }

    /// Whether an event is for the user as such; `None` when nobody can tell any more.
    async fn concerns(&self, user_id: UserId, servers: &[ServerId], event: &Event) -> Option<bool> {
        match event.audience {
            Audience::User { user_id: whose } => Some(whose == user_id),
            Audience::AroundUser { user_id: whose } if whose == user_id => Some(false),
            Audience::AroundUser { user_id: whose } => {
                let theirs = self.servers_of(whose).await.ok()?;
                Some(
                    theirs
                        .iter()
                        .any(|server| servers.contains(&ServerId(server.server_id))),
                )
            }
            // A server is no more, and who was in it is not known.
            Audience::Server { .. } if event.kind == EventKind::ServerDeleted => None,
            Audience::Server { .. } | Audience::Channel { .. } | Audience::Services => Some(false),
        }
    }

    /// Those of the events that the session's user may see, by what is true now.
    async fn seen_by(
        &self,
        session: &Arc<Session>,
        server_id: ServerId,
        events: Vec<Arc<Event>>,
    ) -> Option<Vec<Arc<EncodedEvent>>> {
        let (done, seen) = oneshot::channel();
        let command = Command::Replay {
            user_id: session.user_id,
            events,
            done,
        };
        if !self.hubs.tell_running(server_id, command) {
            return None;
        }
        seen.await.ok().flatten()
    }
}

impl Handover {
    /// Has whoever had the session let go of it, and answers what its client has.
    async fn take_from_others(&self, session_id: &str, seq: u64, caller: Caller) -> Option<Known> {
        let origin = origin(session_id)?;
        let mut owner = origin;
        // Usually it is where it began; otherwise its journal says where it went.
        for _ in 0..2 {
            if owner != self.journal.writer() {
                self.ask_to_release(owner, session_id, caller).await;
            }
            let known = self
                .ledgers
                .look(origin, |ledger| ledger.find(session_id, seq))
                .await??;
            if known.owner == owner {
                return Some(known);
            }
            owner = known.owner;
        }
        None
    }
}
