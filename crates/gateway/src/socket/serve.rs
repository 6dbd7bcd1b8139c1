//! The loop of one connection.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::{StreamExt, future::poll_fn};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

use super::write::{say, send_waiting};
use crate::{
    Gateway,
    protocol::{CloseCode, Connection, ServerFrame},
    session::Session,
    upkeep::reconnect_after_ms,
};

/// How long the last frames and the farewell may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// A connection that has a session.
pub(super) struct Seat {
    pub(super) session: Arc<Session>,
    pub(super) number: u64,
}

/// Serves one connection until it ends.
pub(super) async fn serve(gateway: Arc<Gateway>, mut socket: WebSocket, cookie: Option<Box<str>>) {
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
        Box::pin(farewell(socket, code)).await;
    }
}

/// Says why the connection ends, and waits until the client has answered or takes too long.
async fn farewell(mut socket: WebSocket, code: CloseCode) {
    let frame = CloseFrame {
        code: code.number(),
        reason: code.name().into(),
    };
    let _ = tokio::time::timeout(CLOSE_WITHIN, socket.send(Message::Close(Some(frame)))).await;
    let _ = tokio::time::timeout(CLOSE_WITHIN, async { while let Some(Ok(_)) = socket.next().await {} }).await;
}

/// What happened next.
enum Next {
    Frame(Option<Result<Message, axum::Error>>),
    Wake,
    Time,
    Shutdown,
}

/// Waits for what happens next. What is polled for every event is cheap: a session without news costs one lock, and only
/// a connection without a session watches for the shutdown itself. After a wake-up frames go first, so that neither starves.
async fn next(
    socket: &mut WebSocket,
    seat: Option<&Seat>,
    mut alarm: Pin<&mut Sleep>,
    shutdown: &CancellationToken,
    frames_first: bool,
) -> Next {
    let stopping = async {
        match seat {
            Some(_) => std::future::pending().await,
            None => shutdown.cancelled().await,
        }
    };
    let mut stopping = pin!(stopping);
    poll_fn(|context| {
        let woken = |context: &Context<'_>| seat.map(|seat| seat.session.poll_woken(seat.number, context));
        if !frames_first && woken(context) == Some(Poll::Ready(())) {
            return Poll::Ready(Next::Wake);
        }
        if let Poll::Ready(frame) = socket.poll_next_unpin(context) {
            return Poll::Ready(Next::Frame(frame));
        }
        if frames_first && woken(context) == Some(Poll::Ready(())) {
            return Poll::Ready(Next::Wake);
        }
        if alarm.as_mut().poll(context).is_ready() {
            return Poll::Ready(Next::Time);
        }
        stopping.as_mut().poll(context).map(|()| Next::Shutdown)
    })
    .await
}

/// Answers with which code to close; `None` when the client has gone.
async fn run(
    gateway: &Gateway,
    socket: &mut WebSocket,
    connection: &mut Connection,
    seat: &mut Option<Seat>,
    cookie: Option<&str>,
) -> Option<CloseCode> {
    let interval = gateway.settings.heartbeat_interval.as_millis();
    let hello = ServerFrame::Hello {
        heartbeat_interval_ms: interval.try_into().unwrap_or(u64::MAX),
    };
    // On the heap, like all that is rarely done: what an idle connection does not need must not be part of it.
    Box::pin(say(socket, &hello)).await.ok()?;
    // Set again only when it has rung: what moves the deadline costs nothing.
    let mut alarm = pin!(tokio::time::sleep(rest(gateway, connection)));
    let mut frames_first = false;
    loop {
        let next = next(socket, seat.as_ref(), alarm.as_mut(), &gateway.shutdown, frames_first).await;
        frames_first = matches!(next, Next::Wake);
        let action = match next {
            Next::Shutdown => {
                let after_ms = reconnect_after_ms();
                Box::pin(say(socket, &ServerFrame::Reconnect { after_ms })).await.ok()?;
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
            Next::Time => {
                if let Some(code) = connection.on_time(gateway.peers.clock.now()) {
                    return Some(code);
                }
                alarm.as_mut().reset(Instant::now() + rest(gateway, connection));
                continue;
            }
            Next::Frame(Some(Ok(Message::Text(text)))) => connection.on_frame(&text, gateway.peers.clock.now()),
            Next::Frame(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
            Next::Frame(Some(Ok(Message::Binary(_)))) => return Some(CloseCode::FrameTooLarge),
            Next::Frame(Some(Ok(Message::Close(_))) | None) => return None,
            Next::Frame(Some(Err(error))) => return too_large(&error).then_some(CloseCode::FrameTooLarge),
        };
        // On the heap for as long as it takes: beginning a session needs much room, and an idle connection none of it.
        if let Err(code) = Box::pin(gateway.act(action, socket, connection, seat, cookie)).await {
            return code;
        }
    }
}

/// How long until something must have come from the client.
fn rest(gateway: &Gateway, connection: &Connection) -> Duration {
    connection.deadline().since(gateway.peers.clock.now())
}

/// Whether the WebSocket library refused a frame for its size.
fn too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.to_string().contains("too long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_future<F: Future>(_: impl FnOnce(Arc<Gateway>, WebSocket, Option<Box<str>>) -> F) -> usize {
        size_of::<F>()
    }

    /// Ten thousand of them are there at once. What is rarely needed belongs on the heap, for as long as it is needed.
    #[test]
    fn an_idle_connection_is_small() {
        let (own, socket) = (size_of_future(serve), size_of::<WebSocket>());
        assert!(own < 1_600, "{own} bytes, of which {socket} for the socket");
    }
}
