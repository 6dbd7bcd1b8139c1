//! What passes with time: sessions that nobody resumed end, and users whose connections ended are shown as gone.

use std::{collections::HashSet, time::Duration};

use crate::Gateway;

const EVERY: Duration = Duration::from_secs(1);

/// Runs until the process shuts down.
pub(crate) async fn run(gateway: Gateway) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while gateway.shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        let now = gateway.peers.clock.now();
        let mut gone = HashSet::new();
        for session in gateway.sessions.all() {
            let Some(detached_at) = session.detached_at() else {
                continue;
            };
            if session.is_lost() || now.since(detached_at) >= gateway.settings.resume_window {
                gateway.end(&session);
            } else if gone.insert(session.user_id) {
                gateway.presences.refresh(session.user_id, now);
            }
        }
        metrics::gauge!("gateway_sessions").set(u32::try_from(gateway.sessions.count()).unwrap_or(u32::MAX));
    }
}
