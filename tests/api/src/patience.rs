//! Waiting for something by looking again and again, with a deadline.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(5);

/// What `look` finds; fails when it has found nothing within `limit`.
pub async fn until<T>(limit: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {} ms: {what}", limit.as_millis());
        sleep(PAUSE).await;
    }
}
