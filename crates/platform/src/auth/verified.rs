//! Tokens that were verified and are shown again: their signature is checked once, their time always.

use std::time::Duration;

use model::Timestamp;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::AuthError;

/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 5;

/// What a token says, and when it is valid. Times are in seconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verified<B> {
    /// Who bears it.
    pub(super) bearer: B,
    pub(super) not_before: i64,
    pub(super) expires: i64,
}

impl<B> Verified<B> {
    /// The bearer, if the token is valid at `now`.
    fn at(self, now: Timestamp) -> Result<B, AuthError> {
        let seconds = now.as_millis().div_euclid(1_000);
        if seconds >= self.expires.saturating_add(LEEWAY) {
            Err(AuthError::Expired)
        } else if seconds < self.not_before.saturating_sub(LEEWAY) {
            Err(AuthError::NotYetValid)
        } else {
            Ok(self.bearer)
        }
    }
}

/// The tokens that were verified.
pub(super) struct VerifiedTokens<B> {
    longest: usize,
    /// By the token's hash, so that no token lies in memory longer than its request.
    verified: Cache<[u8; 32], Verified<B>>,
}

impl<B: Copy + Send + Sync + 'static> VerifiedTokens<B> {
    /// At most so many, each for so long. A token of more than `longest` bytes is not looked at.
    pub(super) fn new(longest: usize, entries: u64, lifetime: Duration) -> Self {
        let verified = Cache::builder().max_capacity(entries).time_to_live(lifetime).build();
        Self { longest, verified }
    }

    /// Who bears the token at `now`. `check` looks at everything about it that does not change with time.
    pub(super) fn bearer(
        &self,
        token: &str,
        now: Timestamp,
        check: impl FnOnce() -> Result<Verified<B>, AuthError>,
    ) -> Result<B, AuthError> {
        if token.len() > self.longest {
            return Err(AuthError::Malformed);
        }
        let hash: [u8; 32] = Sha256::digest(token).into();
        let verified = if let Some(verified) = self.verified.get(&hash) {
            verified
        } else {
            let verified = check()?;
            self.verified.insert(hash, verified);
            verified
        };
        verified.at(now)
    }
}
