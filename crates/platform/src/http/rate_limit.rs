//! Limits of requests, by user or by address (draft-ietf-httpapi-ratelimit-headers).

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use model::UserId;

use super::{
    Problem,
    settings::{RateLimit, RateLimits},
};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// After how many requests the idle keys are dropped.
const SHRINK_EVERY: u32 = 8_192;

/// Whom a request is counted for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counted {
    User(UserId),
    Address(IpAddr),
}

/// The limits of an instance.
pub(crate) struct RateLimiters {
    user: Option<Limiter<UserId>>,
    address: Option<Limiter<IpAddr>>,
}

impl RateLimiters {
    pub(crate) fn new(limits: &RateLimits) -> Self {
        Self {
            user: limits.user.map(|limit| Limiter::new("user", limit)),
            address: limits.address.map(|limit| Limiter::new("address", limit)),
        }
    }

    /// Counts one request. `None` where nothing is limited.
    pub(crate) fn count(&self, whom: Counted) -> Option<Verdict> {
        match whom {
            Counted::User(user) => self.user.as_ref().map(|limiter| limiter.count(&user)),
            Counted::Address(address) => self.address.as_ref().map(|limiter| limiter.count(&address)),
        }
    }
}

/// What a limit says to one request.
pub(crate) struct Verdict {
    limit: HeaderValue,
    policy: HeaderValue,
    /// How long to wait, when the request is one too many.
    pub(crate) wait: Option<Duration>,
}

impl Verdict {
    /// Tells the client where it stands.
    pub(crate) fn add_to(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit);
        headers.insert(POLICY, self.policy);
    }
}

/// The answer to one request too many.
pub(crate) fn refusal(wait: Duration) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many requests. Wait a little.",
    )
    .with_retry_after(wait)
}

struct Limiter<K: Hash + Eq + Clone> {
    name: &'static str,
    requests: NonZeroU32,
    /// The time in which one request is made up for.
    period: Duration,
    policy: HeaderValue,
    states: DefaultKeyedRateLimiter<K, StateInformationMiddleware>,
    until_shrink: AtomicU32,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(name: &'static str, RateLimit { requests, window }: RateLimit) -> Self {
        let period = (window / requests.get()).max(Duration::from_nanos(1));
        // The period is not zero, so there always is a quota.
        let quota = Quota::with_period(period)
            .unwrap_or_else(|| Quota::per_second(requests))
            .allow_burst(requests);
        let policy = HeaderValue::try_from(format!("\"{name}\";q={requests};w={}", seconds(window)));
        Self {
            name,
            requests,
            period,
            policy: policy.unwrap_or(HeaderValue::from_static("")),
            states: RateLimiter::keyed(quota).with_middleware(),
            until_shrink: AtomicU32::new(SHRINK_EVERY),
        }
    }

    fn count(&self, key: &K) -> Verdict {
        self.shrink_now_and_then();
        let (left, wait) = match self.states.check_key(key) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(not_until) => (0, Some(not_until.wait_time_from(DefaultClock::default().now()))),
        };
        let whole_again = self.period * self.requests.get().saturating_sub(left);
        let limit = HeaderValue::try_from(format!("\"{}\";r={left};t={}", self.name, seconds(whole_again)));
        Verdict {
            limit: limit.unwrap_or(HeaderValue::from_static("")),
            policy: self.policy.clone(),
            wait,
        }
    }

    /// Keys whose allowance is whole again are as good as new ones and are forgotten. Between two shrinks at most
    /// [`SHRINK_EVERY`] keys are added, and a key stays for one window: this bounds the memory.
    fn shrink_now_and_then(&self) {
        if self.until_shrink.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.until_shrink.store(SHRINK_EVERY, Ordering::Relaxed);
            self.states.retain_recent();
        }
    }
}

/// Whole seconds, rounded up.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
#[path = "rate_limit_tests.rs"]
mod tests;
