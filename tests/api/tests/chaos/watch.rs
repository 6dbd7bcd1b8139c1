//! How long a channel was silent while something was broken: what people notice of it.

use std::time::Duration;

use tokio::{
    task::JoinHandle,
    time::{Instant, interval},
};
use tokio_util::sync::CancellationToken;

use crate::crowd::Crowd;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(20);

/// Looks at all channels until it is told to end.
pub(crate) struct Watch {
    stop: CancellationToken,
    looking: JoinHandle<Duration>,
}

impl Watch {
    pub(crate) fn begin(crowd: &Crowd) -> Self {
        let stop = CancellationToken::new();
        let (stopped, histories) = (stop.clone(), crowd.histories());
        let looking = tokio::spawn(async move {
            let mut ticks = interval(EVERY);
            let mut seen: Vec<(usize, Instant)> = histories.iter().map(|_| (0, Instant::now())).collect();
            let mut longest = Duration::ZERO;
            while stopped.run_until_cancelled(ticks.tick()).await.is_some() {
                for ((count, since), history) in seen.iter_mut().zip(&histories) {
                    let now = history.acknowledged();
                    if now != *count {
                        (*count, *since) = (now, Instant::now());
                    }
                    longest = longest.max(since.elapsed());
                }
            }
            longest
        });
        Self { stop, looking }
    }

    /// The longest time in which nothing was acknowledged in some channel.
    pub(crate) async fn end(self) -> Duration {
        self.stop.cancel();
        self.looking.await.unwrap()
    }
}
