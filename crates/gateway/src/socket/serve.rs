//! The loop of one connection.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::{FutureExt, SinkExt, StreamExt, future::poll_fn};
use platform::auth::Caller;

use crate::{
    Gateway,
    hub::Command,
    protocol::{Action, CloseCode, Connection, ServerFrame},
    session::{Batch, Session},
};

/// Events that are written together at most, before the client is listened to again.
const EVENTS_AT_ONCE: usize = 128;
/// How long a write may take before the client counts as too slow.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// How long the last frames and the farewell may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// When a gateway shuts down, its clients come back spread over this time.
const RECONNECT_SPREAD_MS: u64 = 3_000;

/// A connection that has a session.
struct Seat {
    session: Arc<Session>,
    number: u64,
}

/// Serves one connection until it ends.
pub(super) async fn serve(gateway: Gateway, mut socket: WebSocket, cookie: Option<Box<str>>) {
    let mut connection = Connection::new(gateway.peers.clock.now(), gateway.settings.heartbeat_interval);
    let mut seat: Option<Seat> = None;
    let code = run(&gateway, &mut socket, &mut connection, &mut seat, cookie.as_deref()).await;
    if let Some(seat) = &seat {
        let now = gateway.peers.clock.now();
        seat.session.detach(seat.number, now);
        if code.is_some_and(CloseCode::ends_session) {
            gateway.end(&seat.session);
        } else {
            gateway.presences.refresh(seat.session.user_id, now);
        }
    }
    if let Some(code) = code {
        let frame = CloseFrame {
            code: code.number(),
            reason: code.name().into(),
        };
        let _ = tokio::time::timeout(CLOSE_WITHIN, socket.send(Message::Close(Some(frame)))).await;
        // Until the client has answered the farewell, or takes too long.
        let _ = tokio::time::timeout(CLOSE_WITHIN, async { while let Some(Ok(_)) = socket.next().await {} }).await;
    }
}

/// What happened next.
enum Next {
    Frame(Option<Result<Message, axum::Error>>),
    Wake,
    Time,
    Shutdown,
}

/// Answers with which code to close; `None` when the client has gone.
async fn run(
    gateway: &Gateway,
    socket: &mut WebSocket,
    connection: &mut Connection,
    seat: &mut Option<Seat>,
    cookie: Option<&str>,
) -> Option<CloseCode> {
    let interval = gateway
        .settings
        .heartbeat_interval
        .as_millis()
        .try_into()
        .unwrap_or(u64::MAX);
    say(
        socket,
        &ServerFrame::Hello {
            heartbeat_interval_ms: interval,
        },
    )
    .await
    .ok()?;
    loop {
        let now = gateway.peers.clock.now();
        if let Some(code) = connection.on_time(now) {
            return Some(code);
        }
        let rest = connection.deadline().since(now);
        let session = seat.as_ref().map(|seat| Arc::clone(&seat.session));
        let next = tokio::select! {
            frame = socket.next() => Next::Frame(frame),
            () = async { match &session { Some(session) => session.woken().await, None => std::future::pending().await } } => Next::Wake,
            () = tokio::time::sleep(rest) => Next::Time,
            () = gateway.shutdown.cancelled() => Next::Shutdown,
        };
        let action = match next {
            Next::Shutdown => {
                let after_ms = rand::random::<u64>() % RECONNECT_SPREAD_MS;
                say(socket, &ServerFrame::Reconnect { after_ms }).await.ok()?;
                return Some(CloseCode::Draining);
            }
            Next::Wake => {
                if let Some(seat) = seat
                    && let Some(code) = send_waiting(socket, seat).await?
                {
                    return Some(code);
                }
                continue;
            }
            Next::Frame(Some(Ok(Message::Text(text)))) => connection.on_frame(&text, gateway.peers.clock.now()),
            Next::Time | Next::Frame(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
            Next::Frame(Some(Ok(Message::Binary(_)))) => return Some(CloseCode::FrameTooLarge),
            Next::Frame(Some(Ok(Message::Close(_))) | None) => return None,
            Next::Frame(Some(Err(error))) => return too_large(&error).then_some(CloseCode::FrameTooLarge),
        };
        if let Err(code) = gateway.act(action, socket, connection, seat, cookie).await {
            return code;
        }
    }
}

impl Gateway {
    /// Does what a frame asks; the error is the end of the connection.
    async fn act(
        &self,
        action: Action,
        socket: &mut WebSocket,
        connection: &mut Connection,
        seat: &mut Option<Seat>,
        cookie: Option<&str>,
    ) -> Result<(), Option<CloseCode>> {
        match (action, &*seat) {
            (Action::Close(code), _) => return Err(Some(code)),
            (Action::Identify { token }, _) => {
                let caller = self.authenticate(token.as_deref().or(cookie))?;
                let session = self.begin(caller).await.map_err(Some)?;
                let number = session.attach();
                self.presences.refresh(session.user_id, self.peers.clock.now());
                connection.on_session(self.peers.clock.now());
                *seat = Some(Seat { session, number });
            }
            (Action::Resume { token, session_id, seq }, _) => {
                let caller = self.authenticate(token.as_deref().or(cookie))?;
                match self.resumed(caller, &session_id, seq) {
                    Some(resumed) => {
                        connection.on_session(self.peers.clock.now());
                        *seat = Some(resumed);
                    }
                    None => {
                        say(
                            socket,
                            &ServerFrame::InvalidSession {
                                reason: "not_resumable",
                            },
                        )
                        .await
                        .map_err(|Gone| None)?;
                    }
                }
            }
            (Action::Heartbeat { seq }, Some(Seat { session, .. })) => {
                seq.inspect(|seq| session.acknowledge(*seq));
                session.push_control(&ServerFrame::HeartbeatAck);
            }
            (Action::Subscribe { server_id, .. }, Some(Seat { session, .. })) => self.subscribe(session, server_id),
            (Action::SetPresence(status), Some(Seat { session, .. })) => {
                self.presences.wish(session.user_id, status, self.peers.clock.now());
            }
            // The state machine lets none of these through before there is a session.
            (Action::Heartbeat { .. } | Action::Subscribe { .. } | Action::SetPresence(_), None) => {}
        }
        Ok(())
    }

    fn authenticate(&self, token: Option<&str>) -> Result<Caller, Option<CloseCode>> {
        let verified = token.map(|token| self.authenticator.verify(token, self.peers.clock.now()));
        match verified {
            Some(Ok(caller)) => Ok(caller),
            Some(Err(platform::auth::AuthError::Revoked)) => Err(Some(CloseCode::SessionRevoked)),
            Some(Err(_)) | None => Err(Some(CloseCode::AuthenticationFailed)),
        }
    }

    /// The session, if it is the caller's and holds everything after `seq`.
    fn resumed(&self, caller: Caller, session_id: &str, seq: u64) -> Option<Seat> {
        let session = self.sessions.find(session_id)?;
        let own = session.user_id == caller.user_id && session.signed_in == caller.session_id;
        let number = own.then(|| session.resume(seq)).flatten()?;
        self.presences.refresh(session.user_id, self.peers.clock.now());
        Some(Seat { session, number })
    }

    fn subscribe(&self, session: &Arc<Session>, server_id: Option<model::ServerId>) {
        // A server that the user is no member of has no presences for them, like one that does not exist.
        let server_id = server_id.filter(|id| session.servers().contains(id));
        session.subscribe(server_id);
        match server_id {
            Some(id) => {
                self.hubs.tell_running(id, Command::Subscribe(Arc::clone(session)));
            }
            None => session.push_control(&ServerFrame::Subscribed {
                server_id: None,
                presences: Vec::new(),
            }),
        }
    }
}

/// The client has gone.
struct Gone;

async fn say(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), Gone> {
    let sent = tokio::time::timeout(WRITE_WITHIN, socket.send(Message::Text(frame.encode().into()))).await;
    matches!(sent, Ok(Ok(()))).then_some(()).ok_or(Gone)
}

/// Sends all that waits. `Some(None)`: go on; `Some(code)`: close; `None`: the client has gone.
async fn send_waiting(socket: &mut WebSocket, seat: &Seat) -> Option<Option<CloseCode>> {
    loop {
        let Some(Batch {
            control,
            events,
            closing,
        }) = seat.session.take(seat.number, EVENTS_AT_ONCE)
        else {
            // Another connection of the same client has taken the session over.
            return Some(Some(CloseCode::SessionTimedOut));
        };
        let full = events.len() == EVENTS_AT_ONCE;
        if !(control.is_empty() && events.is_empty()) {
            let frames = control
                .into_iter()
                .chain(events.into_iter().map(|(seq, event)| event.frame(seq)));
            match write(socket, seat, frames).await {
                Ok(()) => {}
                Err(Some(code)) => return Some(Some(closing.unwrap_or(code))),
                Err(None) => return None,
            }
        }
        if closing.is_some() {
            return Some(closing);
        }
        if !full {
            return Some(None);
        }
    }
}

/// Writes frames together: one write of many frames costs a sixth of many writes (`performance.md`).
async fn write(
    socket: &mut WebSocket,
    seat: &Seat,
    frames: impl Iterator<Item = String>,
) -> Result<(), Option<CloseCode>> {
    let writing = async {
        for frame in frames {
            socket.feed(Message::Text(frame.into())).await?;
        }
        socket.flush().await
    };
    tokio::pin!(writing);
    // A write that is done at once needs no timer.
    if let Some(done) = poll_fn(|context| {
        std::task::Poll::Ready(match writing.poll_unpin(context) {
            std::task::Poll::Ready(done) => Some(done),
            std::task::Poll::Pending => None,
        })
    })
    .await
    {
        return done.map_err(|_| None);
    }
    let deadline = tokio::time::sleep(WRITE_WITHIN);
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            done = &mut writing => return done.map_err(|_| None),
            () = &mut deadline => return Err(Some(CloseCode::TooSlow)),
            () = seat.session.woken() => if seat.session.must_close(seat.number) { return Err(Some(CloseCode::TooSlow)) },
        }
    }
}

/// Whether the WebSocket library refused a frame for its size.
fn too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.to_string().contains("too long"))
}
