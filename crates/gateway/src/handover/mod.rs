//! Going on with a session that another gateway had (T12): a client that lost its gateway gets exactly what it missed from
//! the next one, or is told to start anew.
//!
//! - [`journal`], [`entry`], [`scribe`]: each gateway writes down what its sessions are given, before it is sent. The bus
//!   keeps that for some minutes, as it keeps the events themselves;
//! - [`ledger`], [`follow`]: another gateway reads from it what a client has, whatever became of the gateway that wrote it;
//! - [`window`], [`heard`]: the events of the last minutes, of which it is told what the client lacks;
//! - [`adopt`]: how the session goes on here; [`release`]: how it ends where it was.

mod adopt;
mod entry;
mod follow;
mod heard;
mod journal;
mod ledger;
mod release;
mod scribe;
mod window;

use std::{sync::Arc, time::Duration};

use platform::{
    bus::{Backchannel, EventBus, Recent},
    clock::Clock,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub use self::journal::Journal;
use self::{follow::Ledgers, scribe::Scribe, window::Window};
pub(crate) use self::{ledger::Known, release::answer, window::Happened};
use crate::session::Sessions;

/// How much longer than sessions wait for their clients things are kept: for gateways that are behind.
const KEPT_BEYOND: Duration = Duration::from_mins(1);
/// How often it is seen to that things are kept.
const PREPARE_EVERY: Duration = Duration::from_millis(500);
/// Sessions that are taken over at the same time; more wait.
const AT_ONCE: usize = 64;

/// What a gateway that is not alone has for it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handover {
    pub(crate) journal: Arc<Journal>,
    channel: Arc<dyn Backchannel>,
    ledgers: Ledgers,
    window: Window,
    turns: Arc<Semaphore>,
}

/// The work of it in the background.
pub(crate) struct Work {
    scribe: Scribe,
    recent: Arc<dyn Recent>,
}

impl Handover {
    /// `None` on a bus within one process, where a gateway is alone.
    pub(crate) fn new(
        bus: &dyn EventBus,
        resume_window: Duration,
        sessions: &Sessions,
        clock: &Clock,
    ) -> Option<(Self, Work)> {
        let kept_for = resume_window + KEPT_BEYOND;
        let (channel, recent) = (bus.backchannel()?, bus.recent(kept_for)?);
        let journal = Journal::new(rand::random());
        let work = Work {
            scribe: Scribe::new(
                Arc::clone(&journal),
                Arc::clone(&recent),
                sessions.clone(),
                clock.clone(),
            ),
            recent: Arc::clone(&recent),
        };
        let handover = Self {
            ledgers: Ledgers::new(Arc::clone(&recent)),
            window: Window::new(recent, kept_for, clock.clone()),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            journal,
            channel,
        };
        Some((handover, work))
    }
}

impl Work {
    /// Runs until `end`.
    pub(crate) async fn run(self, end: CancellationToken) {
        tokio::join!(self.scribe.run(end.clone()), keep(self.recent, end));
    }
}

/// Sees to it that things are kept, also by a server that was started anew.
async fn keep(recent: Arc<dyn Recent>, end: CancellationToken) {
    let mut ticks = tokio::time::interval(PREPARE_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failed = false;
    while end.run_until_cancelled(ticks.tick()).await.is_some() {
        match recent.prepare().await {
            Ok(()) => failed = false,
            Err(error) => {
                if !std::mem::replace(&mut failed, true) {
                    tracing::warn!(
                        error.detail = %error,
                        "NATS keeps nothing (it needs JetStream): sessions cannot go on at another gateway"
                    );
                }
            }
        }
    }
}

/// What a session is called that begins at this gateway: by the gateway's number, and by nothing that could be guessed.
pub(crate) fn session_id(journal: Option<&Arc<Journal>>) -> Box<str> {
    let secret = rand::random::<u128>();
    match journal {
        Some(journal) => format!("{:016x}{secret:032x}", journal.writer()),
        None => format!("{secret:032x}"),
    }
    .into_boxed_str()
}

/// The gateway at which a session began.
fn origin(session_id: &str) -> Option<u64> {
    let is_one = session_id.len() == 48 && session_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one
        .then(|| u64::from_str_radix(session_id.get(..16)?, 16).ok())
        .flatten()
}

/// The journal of the sessions that began at a gateway.
fn journal_name(origin: u64) -> String {
    format!("{origin:016x}")
}

/// Where a gateway is asked.
fn topic(gateway: u64) -> String {
    format!("gateway.{gateway:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_tells_where_it_began() {
        for writer in [0, 7, u64::MAX] {
            let id = session_id(Some(&Journal::new(writer)));
            assert_eq!(origin(&id), Some(writer));
        }
        for strange in ["", "x", &session_id(None), &"g".repeat(48), &"é".repeat(24)] {
            assert_eq!(origin(strange), None, "{strange}");
        }
    }
}
