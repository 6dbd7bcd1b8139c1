//! Writing to a connection: what waits for it, many frames in one write.

use std::{
    pin::pin,
    task::{Poll, ready},
    time::Duration,
};

use axum::extract::ws::{Message, WebSocket};
use futures::{SinkExt, future::poll_fn};
use tokio::time::Instant;

use super::serve::Seat;
use crate::{
    protocol::{CloseCode, ServerFrame},
    session::Batch,
};

/// Events that are written together at most, before the client is listened to again.
const EVENTS_AT_ONCE: usize = 128;
/// How long a write may take before the client counts as too slow.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// How long it may take once the session has ended for good: to write what is under way, and then what waited.
const LAST_WORDS_WITHIN: Duration = Duration::from_millis(400);

/// The client has gone.
pub(super) struct Gone;

/// Writes one frame at once.
pub(super) async fn say(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), Gone> {
    let sent = tokio::time::timeout(WRITE_WITHIN, socket.send(Message::Text(frame.encode().into()))).await;
    matches!(sent, Ok(Ok(()))).then_some(()).ok_or(Gone)
}

/// Sends all that waits. `Some(None)`: go on; `Some(code)`: close; `None`: the client has gone.
pub(super) async fn send_waiting(socket: &mut WebSocket, seat: &Seat) -> Option<Option<CloseCode>> {
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
        let mut again = events.len() == EVENTS_AT_ONCE;
        if !(control.is_empty() && events.is_empty()) {
            let frames = control
                .into_iter()
                .chain(events.into_iter().map(|(seq, event)| event.frame(seq)));
            let within = closing.map_or(WRITE_WITHIN, |_| LAST_WORDS_WITHIN);
            match write(socket, seat, frames, within).await {
                Ok(news) => again |= news,
                Err(Some(code)) => return Some(Some(closing.unwrap_or(code))),
                Err(None) => return None,
            }
        }
        if closing.is_some() {
            return Some(closing);
        }
        if !again {
            return Some(None);
        }
    }
}

/// Writes frames together: one write of many frames costs a sixth of many writes (`performance.md`). Answers whether there
/// was news meanwhile; the error says with which code to close, if the client has not gone.
async fn write(
    socket: &mut WebSocket,
    seat: &Seat,
    frames: impl Iterator<Item = String>,
    within: Duration,
) -> Result<bool, Option<CloseCode>> {
    let mut frames = frames.peekable();
    // All of them go into one buffer, which the library empties when it is full.
    let writing = poll_fn(move |context| {
        while frames.peek().is_some() {
            ready!(socket.poll_ready_unpin(context))?;
            if let Some(frame) = frames.next() {
                socket.start_send_unpin(Message::Text(frame.into()))?;
            }
        }
        socket.poll_flush_unpin(context)
    });
    let mut writing = pin!(writing);
    // A write that is done at once needs no timer.
    match poll_fn(|context| Poll::Ready(writing.as_mut().poll(context))).await {
        Poll::Ready(done) => done.map(|()| false).map_err(|_| None),
        Poll::Pending => Box::pin(wait(writing, seat, within)).await,
    }
}

/// Waits for a write that could not be done at once.
async fn wait(
    mut writing: impl Future<Output = Result<(), axum::Error>> + Unpin,
    seat: &Seat,
    within: Duration,
) -> Result<bool, Option<CloseCode>> {
    let mut news = false;
    let mut late = CloseCode::TooSlow;
    let mut deadline = pin!(tokio::time::sleep(within));
    loop {
        tokio::select! {
            done = &mut writing => return done.map(|()| news).map_err(|_| None),
            () = &mut deadline => return Err(Some(late)),
            () = poll_fn(|context| seat.session.poll_woken(seat.number, context)) => {
                news = true;
                match seat.session.closing(seat.number) {
                    None => {}
                    Some(code) if code.ends_session() && (late == code || within <= LAST_WORDS_WITHIN) => {}
                    // What is under way was said before. It is not cut off at once, since more may follow that says why.
                    Some(code) if code.ends_session() => {
                        late = code;
                        deadline.as_mut().reset(Instant::now() + LAST_WORDS_WITHIN);
                    }
                    Some(_) => return Err(Some(CloseCode::TooSlow)),
                }
            }
        }
    }
}
