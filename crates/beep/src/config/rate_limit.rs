//! How much one person or one address may ask for.

use super::{problem::Invalid, setting::section};

section! {
    /// How much one person or one address may ask for before it is told to wait (429 with `Retry-After`).
    RateLimit in "rate_limit." {
        /// Whether requests are limited at all. Turn it off for measurements only.
        enabled: bool = Fixed("true");
        /// How many requests a second a signed-in user may make in the long run.
        requests_per_second_per_user: u32 = Fixed("20"), 1..=1_000_000;
        /// How many requests a signed-in user may make at once after a pause.
        burst_per_user: u32 = Fixed("60"), 1..=1_000_000;
        /// How many requests a second an address may make in the long run.
        requests_per_second_per_address: u32 = Fixed("50"), 1..=1_000_000;
        /// How many requests an address may make at once after a pause.
        burst_per_address: u32 = Fixed("200"), 1..=1_000_000;
        /// How many messages a user may write in ten seconds.
        messages_per_ten_seconds_per_user: u32 = Fixed("20"), 1..=1_000_000;
        /// How many searches of messages a user may make in ten seconds.
        searches_per_ten_seconds_per_user: u32 = Fixed("40"), 1..=1_000_000;
    }
}

impl RateLimit {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        for (burst, rate, key, other) in [
            (
                self.burst_per_user,
                self.requests_per_second_per_user,
                "rate_limit.burst_per_user",
                "rate_limit.requests_per_second_per_user",
            ),
            (
                self.burst_per_address,
                self.requests_per_second_per_address,
                "rate_limit.burst_per_address",
                "rate_limit.requests_per_second_per_address",
            ),
        ] {
            if burst < rate {
                return Err(Invalid::new(key, format!("must not be below {other}, which is {rate}")));
            }
        }
        Ok(())
    }
}
