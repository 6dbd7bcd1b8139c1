//! How often one user may search.

use std::{num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use model::UserId;

use crate::error::SearchError;

const WINDOW: Duration = Duration::from_secs(10);
/// Users whose recent searches are counted; beyond, those who have been quiet are forgotten.
const COUNTED: usize = 50_000;

/// The limit; without one when it was set to 0.
pub(crate) struct SearchingLimit(Option<DefaultKeyedRateLimiter<UserId>>);

impl SearchingLimit {
    pub(crate) fn new(per_ten_seconds: u32) -> Self {
        let quota = NonZeroU32::new(per_ten_seconds)
            .and_then(|count| Quota::with_period(WINDOW / count.get()).map(|quota| quota.allow_burst(count)));
        Self(quota.map(RateLimiter::keyed))
    }

    /// Counts a search; refuses one too many.
    pub(crate) fn count(&self, user_id: UserId) -> Result<(), SearchError> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        if limiter.len() > COUNTED {
            limiter.retain_recent();
        }
        let now = governor::clock::DefaultClock::default().now();
        limiter
            .check_key(&user_id)
            .map_err(|until| SearchError::SearchingTooFast(until.wait_time_from(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_told_to_wait_and_others_are_not() {
        let limit = SearchingLimit::new(3);
        for _ in 0..3 {
            assert!(limit.count(UserId(1)).is_ok());
        }
        assert!(matches!(limit.count(UserId(1)), Err(SearchError::SearchingTooFast(wait)) if wait <= WINDOW));
        assert!(limit.count(UserId(2)).is_ok());
        assert!((0..1_000).all(|_| SearchingLimit::new(0).count(UserId(1)).is_ok()));
    }
}
