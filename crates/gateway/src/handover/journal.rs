//! What this gateway does with its sessions, collected for the `scribe` to write down. Collecting costs a lock and a push.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use contracts::{gateway::Beginning, trace::Trace};
use model::{ChannelId, ServerId, Timestamp};
use platform::telemetry::RequestContext;
use tokio::sync::{Notify, oneshot};

use crate::session::Session;

/// Something that happened in a server, or to single users, whose server is 0.
pub(super) enum Note {
    /// An event was handed on.
    Passed { server_id: i64, key: u64, at: Timestamp },
    /// A session hears what is handed on from now on.
    Seated { server_id: i64, session: u32 },
    /// A server is followed from now on.
    Began { server_id: i64, beginning: Beginning },
}

/// What is to be written down.
#[derive(Default)]
pub(super) struct Pending {
    /// Sessions with events that wait to be written down.
    pub(super) owed: VecDeque<Arc<Session>>,
    /// Sessions whose standing is to be written down.
    pub(super) standing: VecDeque<Arc<Session>>,
    pub(super) notes: Vec<Note>,
    pub(super) ended: Vec<Arc<Session>>,
    /// The first of the events that are the reason for this, as far as one is.
    pub(super) cause: Option<Trace>,
    /// Who waits until all this is written.
    pub(super) waiting: Vec<oneshot::Sender<()>>,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.owed.is_empty()
            && self.standing.is_empty()
            && self.notes.is_empty()
            && self.ended.is_empty()
            && self.waiting.is_empty()
    }
}

/// The journal of a gateway.
pub struct Journal {
    /// The gateway's number among all.
    writer: u64,
    next: AtomicU32,
    pending: Mutex<Pending>,
    wake: Notify,
}

impl Journal {
    /// An empty journal of the gateway with this number.
    #[must_use]
    pub fn new(writer: u64) -> Arc<Self> {
        Arc::new(Self {
            writer,
            next: AtomicU32::new(0),
            pending: Mutex::default(),
            wake: Notify::new(),
        })
    }

    /// The gateway's number among all.
    #[must_use]
    pub const fn writer(&self) -> u64 {
        self.writer
    }

    /// What the next session is called here.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, add: impl FnOnce(&mut Pending)) {
        add(&mut self.pending());
        self.wake.notify_one();
    }

    /// Events of the session wait to be written down.
    pub fn owe(&self, session: Arc<Session>) {
        self.add(|pending| pending.owed.push_back(session));
    }

    /// It is to be written down where the session stands.
    pub fn stand(&self, session: Arc<Session>) {
        self.add(|pending| pending.standing.push_back(session));
    }

    /// An event was handed on in a server; `None` for what concerns single users.
    pub(crate) fn passed(&self, server_id: Option<ServerId>, key: u64, now: Timestamp) {
        let note = Note::Passed {
            server_id: server_id.map_or(0, |id| id.0),
            key,
            at: now,
        };
        let cause = RequestContext::current_cause();
        self.add(|pending| {
            pending.notes.push(note);
            pending.cause = pending.cause.or(cause);
        });
    }

    /// The server is followed from this version and these numbers of its channels on.
    pub(crate) fn began(&self, server_id: ServerId, version: i64, numbers: impl IntoIterator<Item = (ChannelId, i64)>) {
        let (channels, last_seqs) = numbers.into_iter().map(|(id, seq)| (id.0, seq)).unzip();
        let beginning = Beginning {
            version,
            channels,
            last_seqs,
        };
        let server_id = server_id.0;
        self.add(|pending| pending.notes.push(Note::Began { server_id, beginning }));
    }

    /// The session hears what is handed on in the server from now on. What it heard at another gateway is told there.
    pub(crate) fn seated(&self, server_id: Option<ServerId>, session: &Session) {
        let Some(written) = session
            .written()
            .filter(|_| super::origin(&session.id) == Some(self.writer))
        else {
            return;
        };
        let (server_id, session) = (server_id.map_or(0, |id| id.0), written.number);
        self.add(|pending| pending.notes.push(Note::Seated { server_id, session }));
    }

    /// The session has ended: nobody can go on with it.
    pub(crate) fn ended(&self, session: Arc<Session>) {
        if !session.is_elsewhere() {
            self.add(|pending| pending.ended.push(session));
        }
    }

    /// Answers when everything up to now is written down, or could not be.
    pub(super) async fn settled(&self) {
        let (done, settled) = oneshot::channel();
        self.add(|pending| pending.waiting.push(done));
        // Without a scribe there is nothing to wait for.
        let _ = settled.await;
    }

    /// What has come together, as soon as there is something.
    pub(super) async fn collect(&self) -> Pending {
        loop {
            let pending = std::mem::take(&mut *self.pending());
            if !pending.is_empty() {
                return pending;
            }
            self.wake.notified().await;
        }
    }
}
