//! Hubs: one task for each server that someone on this gateway is a member of. A hub knows who may see what and hands
//! events on, in order. Servers never wait for each other: what is slow in one hub is slow there alone.

mod actor;
mod asking;
pub(crate) mod lists;
mod numbers;
mod order;
pub(crate) mod present;
mod replay;
mod rights;
mod seats;
mod visibility;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use contracts::{events::Event, permissions::MemberAccess};
use model::{ServerId, UserId};
use platform::bus::Interest;
use tokio::sync::{mpsc, oneshot};

use self::{actor::Hub, lists::AllLists, present::Present};
use crate::{
    Peers,
    handover::{Happened, Journal, Known},
    online::Tally,
    presence::Table,
    protocol::EncodedEvent,
    session::Session,
};

/// Commands that wait for one hub. More means that its peers do not answer, and its sessions start anew.
const WAITING_COMMANDS: usize = 4_096;

/// How an attachment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attached {
    /// What the client is about to be shown of the server is what the hub goes on from.
    UpToDate,
    /// The server has changed since: it must be read again.
    Stale,
}

/// What a hub is told.
pub(crate) enum Command {
    /// Events of the server reach the session from now on. `membership` was true at `version`.
    Attach {
        /// Who listens.
        session: Arc<Session>,
        /// What the listener may do.
        membership: MemberAccess,
        /// When that was true.
        version: i64,
        /// Told when it is done.
        done: oneshot::Sender<Attached>,
    },
    /// A user became a member: their sessions are attached and get the event.
    Welcome {
        /// The user's sessions.
        sessions: Vec<Arc<Session>>,
        /// `server.created`.
        event: Arc<Event>,
    },
    /// Events no longer reach the session.
    Detach(Arc<Session>),
    /// Something happened in the server.
    Event(Arc<Event>),
    /// The user is no longer a member: their sessions get the event and nothing more.
    Farewell {
        /// Who.
        user_id: UserId,
        /// The user's sessions.
        sessions: Vec<Arc<Session>>,
        /// `server.deleted`.
        event: Arc<Event>,
    },
    /// A session goes on here that another gateway had: what its client lacks and its user may see, encoded and in order.
    Replay {
        /// It sits here.
        session: Arc<Session>,
        /// What the client has.
        known: Arc<Known>,
        /// What happened recently.
        happened: Happened,
        /// Told the answer; `None` when nobody can tell any more what was to be seen.
        done: oneshot::Sender<Option<Vec<Arc<EncodedEvent>>>>,
    },
    /// The session has something of this server on screen: it gets presences, and members.
    Subscribe(Arc<Session>),
}

/// All hubs of this gateway. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hubs {
    running: Arc<Mutex<HashMap<ServerId, mpsc::Sender<Command>>>>,
    peers: Peers,
    /// Chooses whose events reach this gateway.
    interest: Arc<dyn Interest>,
    /// Where it is written down what hubs do, for other gateways.
    journal: Option<Arc<Journal>>,
    /// What members show.
    presences: Table,
    /// How many of them are online.
    tally: Tally,
    lists: AllLists,
}

impl Hubs {
    /// No hub yet.
    #[must_use]
    pub(crate) fn new(
        peers: Peers,
        interest: Arc<dyn Interest>,
        presences: Table,
        tally: Tally,
        journal: Option<Arc<Journal>>,
    ) -> Self {
        Self {
            running: Arc::default(),
            peers,
            interest,
            presences,
            tally,
            journal,
            lists: AllLists::default(),
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<ServerId, mpsc::Sender<Command>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the hub of the server, which is started when there is none; `false` when it is overrun.
    pub(crate) fn tell(&self, server_id: ServerId, command: Command) -> bool {
        let mut running = self.running();
        let hub = running.entry(server_id).or_insert_with(|| self.start(server_id));
        match hub.try_send(command) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => false,
            Err(mpsc::error::TrySendError::Closed(command)) => {
                let hub = self.start(server_id);
                let sent = hub.try_send(command).is_ok();
                running.insert(server_id, hub);
                sent
            }
        }
    }

    /// Tells the hub of the server if there is one; `false` when it is overrun.
    pub(crate) fn tell_running(&self, server_id: ServerId, command: Command) -> bool {
        let hub = self.running().get(&server_id).cloned();
        hub.is_none_or(|hub| !matches!(hub.try_send(command), Err(mpsc::error::TrySendError::Full(_))))
    }

    /// The member lists that somebody looks at.
    pub(crate) const fn lists(&self) -> &AllLists {
        &self.lists
    }

    /// Whether anyone on this gateway is a member of the server.
    #[must_use]
    pub(crate) fn is_running(&self, server_id: ServerId) -> bool {
        self.running().contains_key(&server_id)
    }

    fn start(&self, server_id: ServerId) -> mpsc::Sender<Command> {
        let (sender, commands) = mpsc::channel(WAITING_COMMANDS);
        let journal = self.journal.clone();
        let present = Present::new(self.presences.watch(server_id), self.tally.counter(server_id));
        let hub = Hub::new(server_id, self.peers.clone(), present, journal, self.lists.clone());
        let hubs = self.clone();
        tokio::spawn(async move {
            // Before anything of the server is read, so that nothing falls in between. A bus that is away tells when it
            // is back that events were lost.
            if let Err(error) = hubs.interest.follow(server_id).await {
                tracing::warn!(server.id = %server_id, error.detail = %error, "the events of a server are not followed yet");
            }
            let interest = Arc::clone(&hubs.interest);
            hub.run(commands, hubs).await;
            interest.leave(server_id);
        });
        sender
    }

    /// Ends the hub if nothing waits for it; commands are only sent under the same lock.
    fn end_if_idle(&self, server_id: ServerId, commands: &mpsc::Receiver<Command>) -> bool {
        let mut running = self.running();
        let idle = commands.is_empty();
        if idle {
            running.remove(&server_id);
        }
        idle
    }
}
