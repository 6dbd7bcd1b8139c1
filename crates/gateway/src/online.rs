//! How many members of each server are online, told to the servers service, which shows it to those who are outside.
//!
//! A hub knows who is connected to any gateway and not invisible; whenever that number changes it is noted here, and every
//! few seconds what has changed is reported: however many come and go, a server is in one report once. A gateway says
//! something at least so often that it is not thought dead.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use contracts::servers::{OnlineCount, ReportOnlineRequest, servers_client::ServersClient};
use model::ServerId;
use platform::rpc::Peer;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often changes are reported.
const EVERY: Duration = Duration::from_secs(3);
/// How often something is reported, even if nothing has changed.
const BEAT_EVERY: Duration = Duration::from_secs(10);
/// How many servers one report tells of.
const AT_ONCE: usize = 1_000;

/// The counts of all hubs. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Shared>);

#[derive(Default)]
struct Shared {
    counts: Mutex<Counts>,
    hubs: AtomicU64,
}

#[derive(Default)]
struct Counts {
    /// The hub that counts, and how many it counts.
    online: BTreeMap<ServerId, (u64, u32)>,
    /// What is still to be reported.
    changed: BTreeSet<ServerId>,
}

/// One hub's count; it counts nobody any more when this ends.
pub(crate) struct Counter {
    tally: Tally,
    server_id: ServerId,
    /// A new hub takes over from one that is about to end.
    hub: u64,
    count: u32,
}

impl Tally {
    /// For a new hub of the server.
    pub(crate) fn counter(&self, server_id: ServerId) -> Counter {
        Counter {
            tally: self.clone(),
            server_id,
            hub: self.0.hubs.fetch_add(1, Ordering::Relaxed),
            count: 0,
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what is to be reported: no more than one report tells.
    fn take(&self) -> Vec<OnlineCount> {
        let mut counts = self.counts();
        let mut taken = Vec::new();
        while taken.len() < AT_ONCE
            && let Some(server_id) = counts.changed.pop_first()
        {
            taken.push(OnlineCount {
                server_id: server_id.0,
                online: counts.online.get(&server_id).map_or(0, |(_, count)| *count),
            });
        }
        taken
    }

    /// What was taken could not be reported: it is to be reported as it is by then.
    fn put_back(&self, taken: &[OnlineCount]) {
        let servers = taken.iter().map(|count| ServerId(count.server_id));
        self.counts().changed.extend(servers);
    }

    /// Everything is to be reported, and nothing that is nothing.
    fn begin_anew(&self) {
        let mut counts = self.counts();
        counts.changed = counts.online.keys().copied().collect();
    }
}

impl Counter {
    /// So many are online now.
    pub(crate) fn set(&mut self, online: usize) {
        let count = u32::try_from(online).unwrap_or(u32::MAX);
        if count == self.count {
            return;
        }
        self.count = count;
        let mut counts = self.tally.counts();
        if count > 0 {
            counts.online.insert(self.server_id, (self.hub, count));
        } else {
            counts.online.remove(&self.server_id);
        }
        counts.changed.insert(self.server_id);
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        let mut counts = self.tally.counts();
        if counts
            .online
            .get(&self.server_id)
            .is_some_and(|(hub, _)| *hub == self.hub)
        {
            counts.online.remove(&self.server_id);
            counts.changed.insert(self.server_id);
        }
    }
}

/// Reports until the process shuts down.
pub(crate) async fn report(tally: Tally, servers: ServersClient<Peer>, shutdown: CancellationToken) {
    let mut reporter = Reporter {
        gateway_id: rand::random(),
        begins: true,
        reported_at: None,
        is_mute: false,
        tally,
        servers,
    };
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        if shutdown.run_until_cancelled(reporter.report()).await.is_none() {
            return;
        }
    }
}

struct Reporter {
    gateway_id: i64,
    /// Whether nothing that was said before is known.
    begins: bool,
    reported_at: Option<Instant>,
    is_mute: bool,
    tally: Tally,
    servers: ServersClient<Peer>,
}

impl Reporter {
    /// Reports what has changed, in as many calls as it takes.
    async fn report(&mut self) {
        loop {
            if self.begins {
                self.tally.begin_anew();
            }
            let counts = self.tally.take();
            let is_silent = self.reported_at.is_none_or(|at| at.elapsed() >= BEAT_EVERY);
            if counts.is_empty() && !is_silent && !self.begins {
                return;
            }
            let is_last = counts.len() < AT_ONCE;
            let request = ReportOnlineRequest {
                gateway_id: self.gateway_id,
                begins: self.begins,
                counts: counts.clone(),
            };
            match self.servers.report_online(request).await {
                Ok(answer) => {
                    self.is_mute = false;
                    self.reported_at = Some(Instant::now());
                    let kept = answer.into_inner().kept;
                    let began = self.begins;
                    self.begins = !kept;
                    if began && !kept || kept && is_last {
                        return;
                    }
                }
                Err(status) => {
                    self.tally.put_back(&counts);
                    if !self.is_mute {
                        tracing::warn!(error.detail = %status, "it cannot be reported how many are online");
                    }
                    self.is_mute = true;
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: ServerId = ServerId(7);

    fn taken(tally: &Tally) -> Vec<(i64, u32)> {
        let taken = tally.take();
        taken.iter().map(|count| (count.server_id, count.online)).collect()
    }

    #[test]
    fn however_often_it_changes_the_last_is_reported_once() {
        let tally = Tally::default();
        let mut counter = tally.counter(SERVER);
        for online in [1, 2, 3, 2] {
            counter.set(online);
        }
        assert_eq!(taken(&tally), [(7, 2)]);
        counter.set(2);
        assert_eq!(taken(&tally), []);
        drop(counter);
        assert_eq!(taken(&tally), [(7, 0)]);
    }

    #[test]
    fn a_hub_that_ends_does_not_undo_what_the_next_counts() {
        let tally = Tally::default();
        let (mut old, mut new) = (tally.counter(SERVER), tally.counter(SERVER));
        old.set(1);
        new.set(2);
        drop(old);
        assert_eq!(taken(&tally), [(7, 2)]);
    }

    #[test]
    fn what_could_not_be_reported_is_as_it_is_by_then() {
        let tally = Tally::default();
        let mut counter = tally.counter(SERVER);
        counter.set(1);
        let lost = tally.take();
        counter.set(5);
        tally.put_back(&lost);
        assert_eq!(taken(&tally), [(7, 5)]);
        tally.begin_anew();
        assert_eq!(taken(&tally), [(7, 5)]);
    }

    #[test]
    fn a_report_is_bounded() {
        let tally = Tally::default();
        let mut counters: Vec<Counter> = (0..1_500).map(|id| tally.counter(ServerId(id))).collect();
        counters.iter_mut().for_each(|counter| counter.set(1));
        assert_eq!(taken(&tally).len(), AT_ONCE);
        assert_eq!(taken(&tally).len(), 500);
    }
}
