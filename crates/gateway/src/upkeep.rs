//! What passes with time: sessions that nobody resumed end, and users whose connections ended are shown as gone.

use std::{collections::HashSet, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::Gateway;

const EVERY: Duration = Duration::from_secs(1);
/// When a gateway shuts down, its clients come back spread over this time.
const RECONNECT_SPREAD_MS: u64 = 3_000;
/// The same as a duration.
pub(crate) const RECONNECT_SPREAD: Duration = Duration::from_millis(RECONNECT_SPREAD_MS);
/// How long the farewell may take.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);

/// When a client is to come back: another time for each.
pub(crate) fn reconnect_after_ms() -> u64 {
    rand::random::<u64>() % RECONNECT_SPREAD_MS
}

/// Runs until the process shuts down, and takes leave of all clients then. `end` is cancelled after the last.
pub(crate) async fn run(gateway: Gateway, end: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while gateway.shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        let now = gateway.peers.clock.now();
        let mut gone = HashSet::new();
        for session in gateway.sessions.all() {
            session.forget_known(now);
            let Some(detached_at) = session.detached_at() else {
                continue;
            };
            if session.is_elsewhere() {
                continue;
            }
            if session.is_lost() || now.since(detached_at) >= gateway.settings.resume_window {
                gateway.end(&session);
            } else if gone.insert(session.user_id) {
                gateway.presences.refresh(session.user_id, now);
            }
        }
        metrics::gauge!("gateway_sessions").set(u32::try_from(gateway.sessions.count()).unwrap_or(u32::MAX));
    }
    for session in gateway.sessions.all() {
        session.drain(reconnect_after_ms());
    }
    let all = u32::try_from(gateway.settings.max_connections).unwrap_or(u32::MAX);
    // Who has not read the farewell by then is cut off.
    let _ = tokio::time::timeout(FAREWELL_WITHIN, gateway.connections.acquire_many(all)).await;
    end.cancel();
}
