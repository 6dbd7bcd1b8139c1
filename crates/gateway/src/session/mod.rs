//! A session: what one client has been told and is still to be told. It outlives its connections, so that a client
//! which lost its network gets exactly what it missed.

mod queue;
mod registry;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use model::{ServerId, SessionId, Timestamp, UserId};

pub use queue::{Batch, Queue};
pub use registry::Sessions;

use crate::protocol::{CloseCode, EncodedEvent, ServerFrame};

/// One session.
pub struct Session {
    /// What the client calls it by: unguessable, since it stands for what the client may read.
    pub id: Box<str>,
    /// Whose it is.
    pub user_id: UserId,
    /// The sign-in it belongs to.
    pub signed_in: SessionId,
    state: Mutex<State>,
}

struct State {
    queue: Queue,
    servers: Vec<ServerId>,
    subscribed: Option<ServerId>,
    /// Counts connections: only the newest is served.
    connection: u64,
    detached_at: Option<Timestamp>,
    /// Something may be to be sent that the connection has not looked at.
    woken: bool,
    waker: Option<Waker>,
}

impl State {
    /// The connection must look. Answers whom to wake, once the lock is released.
    fn rouse(&mut self) -> Option<Waker> {
        self.woken = true;
        self.waker.take()
    }
}

impl Session {
    /// A session without a connection and without its `ready`.
    #[must_use]
    pub fn new(id: Box<str>, user_id: UserId, signed_in: SessionId, now: Timestamp) -> Arc<Self> {
        let state = State {
            queue: Queue::default(),
            servers: Vec::new(),
            subscribed: None,
            connection: 0,
            detached_at: Some(now),
            woken: false,
            waker: None,
        };
        Arc::new(Self {
            id,
            user_id,
            signed_in,
            state: Mutex::new(state),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something that the connection must look at. One lock and at most one wake-up, because this is done once for
    /// each event and reader.
    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state();
        let result = change(&mut state);
        let waker = state.rouse();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        result
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
    pub fn push(&self, event: Arc<EncodedEvent>) {
        self.change(|state| state.queue.push(event));
    }

    /// Sends a frame that is not an event, ahead of the events that wait.
    pub fn push_control(&self, frame: &ServerFrame) {
        self.change(|state| state.queue.push_control(frame.encode()));
    }

    /// Puts `ready` before everything that was pushed while it was made.
    pub fn push_ready(&self, ready: EncodedEvent) {
        self.change(|state| state.queue.push_ready(Arc::new(ready)));
    }

    /// Ends the connection there is, and with some codes the session.
    pub fn close(&self, code: CloseCode) {
        self.change(|state| state.queue.close(code));
    }

    /// Ends the connection, because the gateway shuts down: its client is asked to come back after a while.
    pub fn drain(&self, after_ms: u64) {
        self.change(|state| {
            state.queue.push_control(ServerFrame::Reconnect { after_ms }.encode());
            state.queue.close(CloseCode::Draining);
        });
    }

    /// Ends the connection and the session: the client must start anew, because something would be missing otherwise.
    pub fn lose(&self, code: CloseCode) {
        self.change(|state| state.queue.lose(code));
    }

    /// A new connection takes the session over from whichever had it; its number is for [`Session::take`].
    pub fn attach(&self) -> u64 {
        self.change(|state| {
            state.connection += 1;
            state.detached_at = None;
            state.queue.attach();
            state.connection
        })
    }

    /// A new connection takes up again after event `seq`; `None` when what follows `seq` is not held any more.
    pub fn resume(&self, seq: u64) -> Option<u64> {
        // Whichever connection had it is woken, and finds that it has it no longer.
        self.change(|state| {
            if !state.queue.rewind(seq) {
                return None;
            }
            state.connection += 1;
            state.detached_at = None;
            state.queue.attach();
            state.queue.push_control(ServerFrame::Resumed { seq }.encode());
            Some(state.connection)
        })
    }

    /// The connection has ended. What is pushed from now on waits for the next one.
    pub fn detach(&self, connection: u64, now: Timestamp) {
        let mut state = self.state();
        if state.connection == connection {
            state.detached_at = Some(now);
            state.queue.detach();
        }
    }

    /// What this connection is to send now; `None` when another has taken over.
    pub fn take(&self, connection: u64, most: usize) -> Option<Batch> {
        let mut state = self.state();
        (state.connection == connection).then(|| state.queue.take(most))
    }

    /// Whether the connection must end at once, though it is in the middle of sending.
    pub fn must_close(&self, connection: u64) -> bool {
        let state = self.state();
        state.connection != connection || state.queue.closing().is_some()
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
        self.state().servers.retain(|server| *server != server_id);
    }

    /// Changes the server on screen and answers the one before.
    pub fn subscribe(&self, server_id: Option<ServerId>) -> Option<ServerId> {
        std::mem::replace(&mut self.state().subscribed, server_id)
    }

    /// The server on screen.
    #[must_use]
    pub fn subscribed(&self) -> Option<ServerId> {
        self.state().subscribed
    }
}
