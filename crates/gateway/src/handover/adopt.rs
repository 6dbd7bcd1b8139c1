//! Going on here with a session that another gateway had.

use std::{collections::HashSet, sync::Arc};

use contracts::events::{Audience, Event, EventKind};
use futures::future::try_join_all;
use model::{ServerId, UserId};
use platform::auth::Caller;
use tokio::sync::oneshot;

use super::{Handover, Happened, Known, origin};
use crate::{
    Gateway,
    hub::Command,
    protocol::{CloseCode, EncodedEvent, Screen},
    session::Session,
};

/// How often a session may move while its owner is looked for.
const MOVES: u32 = 3;

/// Why a client must start anew.
#[derive(Debug, thiserror::Error)]
enum StartAnew {
    #[error("its journal cannot be read")]
    Unreadable,
    #[error("its journal does not tell what the client has")]
    Unknown,
    #[error("it is another's, or of another sign-in, or that has ended")]
    NotTheirs,
    #[error("the recent events cannot be read")]
    NoEvents,
    #[error("something happened of which nobody can tell any more who was to see it")]
    Undecidable,
    #[error("more has happened than a session holds")]
    TooMuch,
    #[error("a peer did not answer: {0:?}")]
    Peer(tonic::Code),
}

impl From<tonic::Status> for StartAnew {
    fn from(status: tonic::Status) -> Self {
        Self::Peer(status.code())
    }
}

impl Gateway {
    /// Goes on with a session that another gateway had; the caller's client has everything up to `seq`. `None` when it must
    /// start anew.
    pub(crate) async fn adopt(&self, caller: Caller, session_id: &str, seq: u64) -> Option<Arc<Session>> {
        let handover = self.handover.as_ref()?;
        // Closed by nobody.
        let _turn = handover.turns.acquire().await.ok()?;
        let adopted = self.try_adopt(handover, caller, session_id, seq).await;
        let outcome = if adopted.is_ok() { "adopted" } else { "refused" };
        metrics::counter!("gateway_sessions_from_elsewhere_total", "outcome" => outcome).increment(1);
        adopted
            .inspect_err(|why| tracing::info!(error.detail = %why, "a session cannot go on here"))
            .ok()
    }

    async fn try_adopt(
        &self,
        handover: &Handover,
        caller: Caller,
        session_id: &str,
        seq: u64,
    ) -> Result<Arc<Session>, StartAnew> {
        let known = handover.take_from_others(session_id, seq, caller).await?;
        if known.user_id != caller.user_id || known.sign_in != caller.session_id {
            return Err(StartAnew::NotTheirs);
        }
        let now = self.peers.clock.now();
        let journal = Some(Arc::clone(&handover.journal));
        let session = Session::new(session_id.into(), caller.user_id, caller.session_id, journal, now);
        if let Some(oldest) = self.sessions.add(&session) {
            oldest.lose(CloseCode::SessionTimedOut);
            self.end(&oldest);
        }
        // From here on nothing new escapes it; then it is looked up what came before.
        let seated = self.seat(&session).await.map_err(StartAnew::from);
        let adopted = match seated {
            Ok(_) => self.replay(handover, &session, seq, known).await,
            Err(why) => Err(why),
        };
        let adopted = match adopted {
            Ok(()) if session.is_lost() => Err(StartAnew::TooMuch),
            Ok(()) if self.authenticator.revoked().contains(caller.session_id) => Err(StartAnew::NotTheirs),
            other => other,
        };
        if adopted.is_err() {
            self.end(&session);
        }
        adopted.map(|()| session)
    }

    /// Tells the session what its client lacks.
    async fn replay(
        &self,
        handover: &Handover,
        session: &Arc<Session>,
        seq: u64,
        known: Known,
    ) -> Result<(), StartAnew> {
        let servers = session.servers();
        let recent = handover.window.since(known.since, &servers).await;
        let (personal, of_servers) = recent.ok_or(StartAnew::NoEvents)?;
        let mut missed = Vec::new();
        for event in personal.into_iter().filter(|event| known.lacks(event)) {
            if self.concerns(session.user_id, &servers, &known, &event).await? {
                missed.push(Arc::new(EncodedEvent::of(&event, self.peers.clock.now())));
            }
        }
        let known = Arc::new(known);
        let seen = of_servers
            .into_iter()
            .map(|(server_id, happened)| self.seen_by(session, server_id, &known, happened));
        missed.extend(try_join_all(seen).await?.into_iter().flatten());
        let mut known_here: HashSet<u64> = known.keys.clone();
        known_here.extend(missed.iter().filter_map(|event| event.key()));
        session.subscribe(Screen::of_server(known.subscribed.filter(|id| servers.contains(id))));
        session.adopt(seq, missed, known_here, self.peers.clock.now());
        // Whoever has it next must find that it was here, even if nothing is told of here.
        handover.journal.stand(Arc::clone(session));
        handover.journal.settled().await;
        Ok(())
    }

    /// Whether an event is for the user as such.
    async fn concerns(
        &self,
        user_id: UserId,
        servers: &[ServerId],
        known: &Known,
        event: &Event,
    ) -> Result<bool, StartAnew> {
        Ok(match event.audience {
            Audience::User { user_id: whose } => whose == user_id,
            Audience::AroundUser { user_id: whose } if whose == user_id => false,
            Audience::AroundUser { user_id: whose } => {
                let mut theirs = self.servers_of(whose).await?.into_iter();
                theirs.any(|server| servers.contains(&ServerId(server.server_id)))
            }
            // It has no hub any more that would know its members.
            Audience::Server { server_id } if event.kind == EventKind::ServerDeleted => {
                known.servers.contains(&server_id)
            }
            Audience::Server { .. } | Audience::Channel { .. } | Audience::Services => false,
        })
    }

    /// What the session's client lacks of a server, as far as its user may see that now.
    async fn seen_by(
        &self,
        session: &Arc<Session>,
        server_id: ServerId,
        known: &Arc<Known>,
        happened: Happened,
    ) -> Result<Vec<Arc<EncodedEvent>>, StartAnew> {
        let (done, seen) = oneshot::channel();
        let command = Command::Replay {
            session: Arc::clone(session),
            known: Arc::clone(known),
            happened,
            done,
        };
        if !self.hubs.tell_running(server_id, command) {
            return Err(StartAnew::Undecidable);
        }
        seen.await.ok().flatten().ok_or(StartAnew::Undecidable)
    }
}

impl Handover {
    /// Has whoever had the session let go of it, and answers what its client has.
    async fn take_from_others(&self, session_id: &str, seq: u64, caller: Caller) -> Result<Known, StartAnew> {
        let origin = origin(session_id).ok_or(StartAnew::Unknown)?;
        let mut owner = origin;
        // Usually it is where it began; otherwise its journal says where it went.
        for _ in 0..MOVES {
            if owner != self.journal.writer() {
                self.ask_to_release(owner, session_id, caller).await;
            }
            let looking = self.ledgers.look(origin, |ledger| ledger.find(session_id, seq));
            let found = looking.await.ok_or(StartAnew::Unreadable)?;
            let known = found.ok_or(StartAnew::Unknown)?;
            if known.owner == owner {
                return Ok(known);
            }
            owner = known.owner;
        }
        Err(StartAnew::Unknown)
    }
}
