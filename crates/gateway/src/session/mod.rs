//! A session: what one client has been told and is still to be told. It outlives its connections, so that a client
//! which lost its network gets exactly what it missed.

mod queue;
mod registry;
mod screen;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use model::{ServerId, SessionId, Timestamp, UserId};

pub use queue::{Batch, Queue};
pub use registry::Sessions;
use screen::OnScreen;
pub use screen::{Shown, Viewing};

use crate::{
    handover::Journal,
    protocol::{CloseCode, EncodedEvent, ServerFrame},
};

/// One session.
pub struct Session {
    /// What the client calls it by: unguessable, since it stands for what the client may read.
    pub id: Box<str>,
    /// Whose it is.
    pub user_id: UserId,
    /// The sign-in it belongs to.
    pub signed_in: SessionId,
    state: Mutex<State>,
    written: Option<Written>,
}

/// Where it is written down what the session is given, for another gateway to go on.
pub struct Written {
    /// The journal.
    pub journal: Arc<Journal>,
    /// What the journal calls the session.
    pub number: u32,
    /// Whether the journal knows it.
    stands: AtomicBool,
    /// Whether another gateway goes on with it.
    elsewhere: AtomicBool,
}

/// How long events are dropped that came while the session was taken over, and were told then.
const KNOWN_FOR: Duration = Duration::from_secs(30);
/// Events of a session that are written down together.
const OWED_AT_ONCE: usize = 256;

struct State {
    queue: Queue,
    servers: Vec<ServerId>,
    screen: OnScreen,
    /// Counts connections: only the newest is served.
    connection: u64,
    detached_at: Option<Timestamp>,
    /// Something may be to be sent that the connection has not looked at.
    woken: bool,
    waker: Option<Waker>,
    /// Whether the journal was told that events wait to be written down.
    owing: bool,
    /// Events that the client has from another gateway, until when they may still come.
    known: Option<Box<(HashSet<u64>, Timestamp)>>,
}

impl State {
    /// The connection must look. Answers whom to wake, once the lock is released.
    fn rouse(&mut self) -> Option<Waker> {
        self.woken = true;
        self.waker.take()
    }
}

impl Written {
    /// Whether the journal knows it.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.stands.load(Ordering::Relaxed)
    }

    /// The journal knows it from now on.
    pub fn stood(&self) {
        self.stands.store(true, Ordering::Relaxed);
    }
}

impl Session {
    /// Another gateway goes on with it: here nothing more is sent.
    pub fn release(self: &Arc<Self>) {
        if let Some(written) = &self.written {
            written.elsewhere.store(true, Ordering::SeqCst);
        }
        self.lose(CloseCode::SessionTimedOut);
    }

    /// Whether another gateway goes on with it.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.written
            .as_ref()
            .is_some_and(|written| written.elsewhere.load(Ordering::SeqCst))
    }

    /// A session without a connection and without its `ready`. What it is given is written down in `journal`.
    #[must_use]
    pub fn new(
        id: Box<str>,
        user_id: UserId,
        signed_in: SessionId,
        journal: Option<Arc<Journal>>,
        now: Timestamp,
    ) -> Arc<Self> {
        let queue = if journal.is_some() {
            Queue::written_down()
        } else {
            Queue::default()
        };
        let state = State {
            queue,
            servers: Vec::new(),
            screen: OnScreen::default(),
            connection: 0,
            detached_at: Some(now),
            woken: false,
            waker: None,
            owing: false,
            known: None,
        };
        Arc::new(Self {
            id,
            user_id,
            signed_in,
            state: Mutex::new(state),
            written: journal.map(|journal| Written {
                number: journal.number(),
                journal,
                stands: AtomicBool::new(false),
                elsewhere: AtomicBool::new(false),
            }),
        })
    }

    /// Where it is written down what the session is given.
    #[must_use]
    pub const fn written(&self) -> Option<&Written> {
        self.written.as_ref()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something that the connection must look at. One lock and at most one wake-up, because this is done once for
    /// each event and reader.
    fn change<R>(self: &Arc<Self>, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state();
        let result = change(&mut state);
        let waker = state.rouse();
        self.settle(state, waker);
        result
    }

    /// Wakes the connection, if it is to be woken, and tells the journal if something waits to be written down.
    fn settle(self: &Arc<Self>, mut state: MutexGuard<'_, State>, waker: Option<Waker>) {
        let owes = self.written.is_some() && !state.owing && state.queue.is_owed();
        state.owing |= owes;
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        if let Some(written) = self.written.as_ref().filter(|_| owes) {
            written.journal.owe(Arc::clone(self));
        }
    }

    /// Ready when there may be something to send, or when another connection has taken the session over.
    pub fn poll_woken(&self, connection: u64, context: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.connection != connection {
            return Poll::Ready(());
        }
        if std::mem::take(&mut state.woken) {
            return Poll::Ready(());
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    /// Tells the client of an event, now or when it comes back.
    pub fn push(self: &Arc<Self>, event: Arc<EncodedEvent>) {
        let mut state = self.state();
        if let Some(known) = &state.known
            && event.key().is_some_and(|key| known.0.contains(&key))
        {
            return;
        }
        state.queue.push(event);
        // What must be written down first wakes the connection afterwards.
        let at_once = !state.queue.is_written_down() || state.queue.closing().is_some();
        let waker = if at_once { state.rouse() } else { None };
        self.settle(state, waker);
    }

    /// The events that wait to be written down.
    #[must_use]
    pub fn owed(&self) -> Vec<Arc<EncodedEvent>> {
        let mut state = self.state();
        state.owing = false;
        state.queue.owed(OWED_AT_ONCE)
    }

    /// So many more of them were written down.
    pub fn gave(self: &Arc<Self>, count: u64) {
        self.change(|state| state.queue.gave(count));
    }

    /// The number of the last event that may have reached the client, and whether there is nothing after it. `None` while
    /// nothing is to be said of it: before it is ready, and when another gateway goes on with it.
    #[must_use]
    pub fn standing(&self) -> Option<(u64, bool)> {
        self.state().queue.standing().filter(|_| !self.is_elsewhere())
    }

    /// The keys of all events that it holds.
    #[must_use]
    pub fn keys(&self) -> HashSet<u64> {
        self.state().queue.keys().collect()
    }

    /// Goes on where another gateway ended: the client has everything up to `seq`, and `known` events even if they come
    /// here only now; it lacks `missed`, then what was pushed here so far.
    pub fn adopt(self: &Arc<Self>, seq: u64, missed: Vec<Arc<EncodedEvent>>, known: HashSet<u64>, now: Timestamp) {
        self.change(|state| {
            state.queue.adopt(seq, missed, |key| known.contains(&key));
            state.known = Some(Box::new((known, now.plus(KNOWN_FOR))));
        });
    }

    /// Whether its client has the event from another gateway.
    #[must_use]
    pub fn has_from_elsewhere(&self, key: u64) -> bool {
        let state = self.state();
        state.known.as_ref().is_some_and(|known| known.0.contains(&key))
    }

    /// Forgets what it knows of another gateway, when that cannot come any more.
    pub fn forget_known(&self, now: Timestamp) {
        let mut state = self.state();
        if state.known.as_ref().is_some_and(|known| known.1 < now) {
            state.known = None;
        }
    }

    /// Sends a frame that is not an event, ahead of the events that wait.
    pub fn push_control(self: &Arc<Self>, frame: &ServerFrame) {
        self.change(|state| state.queue.push_control(frame.encode()));
    }

    /// Puts `ready` before everything that was pushed while it was made.
    pub fn push_ready(self: &Arc<Self>, ready: EncodedEvent) {
        self.change(|state| state.queue.push_ready(Arc::new(ready)));
    }

    /// Ends the connection there is, and with some codes the session.
    pub fn close(self: &Arc<Self>, code: CloseCode) {
        self.change(|state| state.queue.close(code));
    }

    /// Ends the connection, because the gateway shuts down: its client is asked to come back after a while.
    pub fn drain(self: &Arc<Self>, after_ms: u64) {
        self.change(|state| {
            state.queue.push_control(ServerFrame::Reconnect { after_ms }.encode());
            state.queue.close(CloseCode::Draining);
        });
    }

    /// Ends the connection and the session: the client must start anew, because something would be missing otherwise.
    pub fn lose(self: &Arc<Self>, code: CloseCode) {
        self.change(|state| {
            state.queue.lose(code);
            state.screen.look_away();
        });
    }

    /// A new connection takes the session over from whichever had it; its number is for [`Session::take`].
    pub fn attach(self: &Arc<Self>) -> u64 {
        self.change(|state| {
            state.connection += 1;
            state.detached_at = None;
            state.queue.attach();
            state.screen.look_away();
            state.connection
        })
    }

    /// A new connection takes up again after event `seq`; `None` when what follows `seq` is not held any more.
    pub fn resume(self: &Arc<Self>, seq: u64) -> Option<u64> {
        // Whichever connection had it is woken, and finds that it has it no longer.
        self.change(|state| {
            if !state.queue.rewind(seq) {
                return None;
            }
            state.connection += 1;
            state.detached_at = None;
            state.queue.attach();
            state.screen.look_away();
            state.queue.push_control(ServerFrame::Resumed { seq }.encode());
            Some(state.connection)
        })
    }

    /// The connection has ended. What is pushed from now on waits for the next one.
    pub fn detach(self: &Arc<Self>, connection: u64, now: Timestamp) {
        let mut state = self.state();
        if state.connection != connection {
            return;
        }
        state.detached_at = Some(now);
        state.queue.detach();
        state.screen.look_away();
        drop(state);
        if let Some(written) = &self.written {
            written.journal.stand(Arc::clone(self));
        }
    }

    /// What this connection is to send now; `None` when another has taken over.
    pub fn take(&self, connection: u64, most: usize) -> Option<Batch> {
        let mut state = self.state();
        (state.connection == connection).then(|| state.queue.take(most))
    }

    /// Why the connection must end, though it is in the middle of sending.
    pub fn closing(&self, connection: u64) -> Option<CloseCode> {
        let state = self.state();
        if state.connection == connection {
            state.queue.closing()
        } else {
            Some(CloseCode::SessionTimedOut)
        }
    }

    /// The client has everything up to `seq`.
    pub fn acknowledge(&self, seq: u64) {
        self.state().queue.acknowledge(seq);
    }

    /// Since when no connection has this session.
    #[must_use]
    pub fn detached_at(&self) -> Option<Timestamp> {
        self.state().detached_at
    }

    /// Whether it can never be resumed.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.state().queue.is_lost()
    }

    /// The servers whose events reach it.
    #[must_use]
    pub fn servers(&self) -> Vec<ServerId> {
        self.state().servers.clone()
    }

    /// Events of this server reach it from now on.
    pub fn add_server(&self, server_id: ServerId) {
        let mut state = self.state();
        if !state.servers.contains(&server_id) {
            state.servers.push(server_id);
        }
    }

    /// Events of this server reach it no longer.
    pub fn remove_server(&self, server_id: ServerId) {
        let mut state = self.state();
        state.servers.retain(|server| *server != server_id);
        if state.screen.server_id == Some(server_id) {
            // Nothing more is told of it. The server stays on screen, for whoever comes back to it.
            state.screen.look_away();
            state.queue.drop_members();
        }
    }
}
