//! How Beep stops: first it says that it is going and serves on, so that whoever sends requests turns away; then it closes the
//! door and finishes what is in flight.

use std::time::Duration;

use platform::http::Readiness;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::starting::Door;

/// What happens when Beep is told to stop.
pub(super) struct Stopping {
    pub(super) door: Door,
    pub(super) readiness: Readiness,
    /// How long requests are still taken.
    pub(super) drain: Duration,
    /// Cancelled when the door is to be closed.
    pub(super) shutdown: CancellationToken,
}

impl Stopping {
    /// Stops when the system or the person at the keyboard asks for it; at once when they ask again.
    pub(super) fn on_signal(self) -> anyhow::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            either(&mut terminate, &mut interrupt).await;
            tracing::info!("Beep was told to stop");
            self.stop(either(&mut terminate, &mut interrupt)).await;
        });
        Ok(())
    }

    async fn stop(self, again: impl Future<Output = ()>) {
        self.readiness.drain();
        // Nobody sends requests to a Beep that has not opened yet.
        if self.door.is_open() {
            tokio::select! {
                () = tokio::time::sleep(self.drain) => {}
                () = again => {}
            }
        }
        self.shutdown.cancel();
    }
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use axum::Router;
    use tokio::time::Instant;

    use super::*;

    const DRAIN: Duration = Duration::from_secs(2);

    /// How long it takes, by a clock that only goes on when there is nothing else to do.
    async fn stops_after(door: Door, again: impl Future<Output = ()>) -> Duration {
        let (readiness, shutdown, begun) = (Readiness::default(), CancellationToken::new(), Instant::now());
        let stopping = Stopping {
            door,
            readiness: readiness.clone(),
            drain: DRAIN,
            shutdown: shutdown.clone(),
        };
        let told = async {
            readiness.draining().await;
            begun.elapsed()
        };
        let (told, ()) = tokio::join!(told, stopping.stop(again));
        assert!(told.is_zero() && shutdown.is_cancelled());
        begun.elapsed()
    }

    fn open() -> Door {
        let door = Door::default();
        door.open(Router::new());
        door
    }

    #[tokio::test(start_paused = true)]
    async fn the_door_stays_open_while_others_turn_away() {
        assert!(stops_after(open(), pending()).await >= DRAIN);
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_twice_is_obeyed_at_once_and_so_is_who_asks_before_anybody_was_let_in() {
        assert!(stops_after(open(), ready(())).await.is_zero());
        assert!(stops_after(Door::default(), pending()).await.is_zero());
    }
}
