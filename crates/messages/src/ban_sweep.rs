//! Recent messages of a banned user are deleted, a few at a time, each told of.
//!
//! The event of the ban has them deleted at once, and once more when what was being sent meanwhile is stored. Should the
//! event be lost, or the process die in between, a sweep over the bans of the last days finds them. All delete the same
//! rows in the same way, and each row is told of by whoever deletes it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use contracts::{
    events::{EventKind, Sweep},
    servers::ListBansRequest,
};
use model::{ServerId, Timestamp, UserId};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{api::resource::MessageGone, error::MessagesError, service::Service, store::messages};

/// Messages that one transaction deletes: others write between two of them.
const AT_ONCE: i64 = 100;
/// Bans that one call asks for.
const PAGE: u32 = 200;
/// How long after its start, and after the end of the last sweep, the process sweeps.
const SWEEP_AFTER: (Duration, Duration) = (Duration::from_secs(15), Duration::from_hours(1));
/// How old bans are that a sweep still looks at.
const LOOKED_AT: Duration = Duration::from_hours(48);
/// How long after a ban a message may still be stored that was being sent when it was made.
const UNDER_WAY: Duration = Duration::from_secs(5);
/// Bans that wait to be followed; what is beyond is left to the sweep.
const WAITING: usize = 1_024;

/// Where bans are told. Cheap to clone.
#[derive(Clone)]
pub(crate) struct BanSweep(mpsc::Sender<Sweep>);

impl BanSweep {
    /// Where bans are told, and what [`work`] takes them from.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Sweep>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Has the messages deleted soon.
    pub(crate) fn tell(&self, sweep: Sweep) {
        if self.0.try_send(sweep).is_err() {
            tracing::info!(server.id = %sweep.server_id, "more was banned than can be followed; the sweep deletes it");
        }
    }
}

/// Follows bans and sweeps now and then, until the process shuts down.
pub(crate) async fn work(service: Arc<Service>, mut bans: mpsc::Receiver<Sweep>, shutdown: CancellationToken) {
    let mut next_sweep = Instant::now() + SWEEP_AFTER.0;
    let mut again: VecDeque<(Instant, Sweep)> = VecDeque::new();
    loop {
        let next_again = again.front().map_or(next_sweep, |(at, _)| (*at).min(next_sweep));
        let outcome = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            sweep = bans.recv() => {
                let Some(sweep) = sweep else { return };
                again.push_back((Instant::now() + UNDER_WAY, sweep));
                delete_all(&service, sweep).await
            }
            () = tokio::time::sleep_until(next_again) => {
                let now = Instant::now();
                if again.front().is_some_and(|(at, _)| *at <= now) {
                    match again.pop_front() {
                        Some((_, sweep)) => delete_all(&service, sweep).await,
                        None => Ok(()),
                    }
                } else {
                    let swept = shutdown.run_until_cancelled(sweep_recent(&service)).await;
                    next_sweep = Instant::now() + SWEEP_AFTER.1;
                    swept.unwrap_or(Ok(()))
                }
            }
        };
        if let Err(error) = outcome {
            tracing::error!(error.detail = %error, "messages of a banned user are still there; the next sweep deletes them");
        }
    }
}

/// Looks at the bans of the last days.
pub(crate) async fn sweep_recent(service: &Service) -> Result<(), MessagesError> {
    let mut request = ListBansRequest {
        since: service.clock.now().minus(LOOKED_AT).as_millis(),
        after_server_id: 0,
        after_user_id: 0,
        limit: PAGE,
    };
    loop {
        let bans = service.servers.clone().list_bans(request).await?.into_inner().bans;
        let Some(last) = bans.last() else { return Ok(()) };
        (request.after_server_id, request.after_user_id) = (last.server_id, last.user_id);
        for ban in bans {
            let sweep = Sweep {
                server_id: ServerId(ban.server_id),
                author_id: UserId(ban.user_id),
                since: Timestamp::from_millis(ban.delete_since),
                banned_at: Timestamp::from_millis(ban.created_at),
            };
            delete_all(service, sweep).await?;
        }
    }
}

/// Deletes the messages of one ban, those that were under way when it was made among them.
async fn delete_all(service: &Service, sweep: Sweep) -> Result<(), MessagesError> {
    let until = sweep.banned_at.plus(UNDER_WAY);
    loop {
        let mut tx = service.tenants.begin(sweep.server_id).await?;
        let mut gone = messages::remove_of_author(&mut tx, sweep.author_id, (sweep.since, until), AT_ONCE).await?;
        // The order in which changes of several channels are noted.
        gone.sort_unstable();
        service.forget(&mut tx, &gone).await?;
        for (channel_id, id, seq) in &gone {
            let data = MessageGone {
                id: *id,
                seq: *seq,
                server_id: sweep.server_id,
                channel_id: *channel_id,
            };
            service
                .tell(&mut tx, EventKind::MessageDeleted, (*channel_id, *seq), &data)
                .await?;
        }
        if gone.is_empty() {
            return Ok(());
        }
        tx.commit().await?;
    }
}

#[cfg(test)]
#[path = "ban_sweep_tests.rs"]
mod tests;
