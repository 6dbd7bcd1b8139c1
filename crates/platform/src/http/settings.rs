//! What operators decide about the public HTTP side.

use std::{num::NonZeroU32, time::Duration};

use http::Method;

use super::client_address::Network;

/// So many requests in so long a time; unused ones can be made up for in a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests.
    pub requests: NonZeroU32,
    /// In how long a time.
    pub window: Duration,
}

/// Limits of requests; `None` means without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateLimits {
    /// For each signed-in user.
    pub user: Option<RateLimit>,
    /// For each address (an IPv6 network of 64 bits counts as one) of those who are not signed in.
    pub address: Option<RateLimit>,
}

/// Routes whose bodies are files: larger than others, and as slow as the lines of those who send them. Whoever takes one sees
/// to it that something arrives all the time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Uploads {
    /// Their methods and paths, as they stand in the contract.
    pub routes: &'static [(Method, &'static str)],
    /// The largest body, in bytes.
    pub body_limit_bytes: usize,
    /// How long such a request may take until its answer begins.
    pub timeout: Duration,
}

impl Uploads {
    /// Whether requests of this method on this route are uploads.
    #[must_use]
    pub fn take(&self, method: &Method, route: &str) -> bool {
        self.routes
            .iter()
            .any(|upload| upload.0 == *method && upload.1 == route)
    }
}

/// The public HTTP side of an instance.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Where browsers find the instance, without a slash at the end.
    pub public_url: String,
    /// How long a request may take until its answer begins.
    pub request_timeout: Duration,
    /// The largest body of any request, in bytes; single routes have narrower limits.
    pub body_limit_bytes: usize,
    /// What holds instead for routes that take files.
    pub uploads: Uploads,
    /// How many requests are worked on at the same time; more are refused at once.
    pub concurrency: usize,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Limits of requests.
    pub rate_limits: RateLimits,
}

impl HttpSettings {
    /// The settings that suit most instances: 30 s, 9 MiB, 2,048 requests at once, no proxy, 150 requests in 3 s for a user and
    /// 60 in 10 s for an address.
    #[must_use]
    pub fn for_public_url(public_url: &str) -> Self {
        let limit = |requests, seconds| {
            NonZeroU32::new(requests).map(|requests| RateLimit {
                requests,
                window: Duration::from_secs(seconds),
            })
        };
        Self {
            public_url: public_url.trim_end_matches('/').to_owned(),
            request_timeout: Duration::from_secs(30),
            body_limit_bytes: 9 * 1024 * 1024,
            uploads: Uploads::default(),
            concurrency: 2_048,
            trusted_proxies: Vec::new(),
            rate_limits: RateLimits {
                user: limit(150, 3),
                address: limit(60, 10),
            },
        }
    }
}
