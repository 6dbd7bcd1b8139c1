//! How long things took.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Durations of one kind, in microseconds.
pub(crate) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(crate) fn new() -> anyhow::Result<Self> {
        // Up to a minute, to three digits.
        Ok(Self(Histogram::new_with_bounds(1, 60_000_000, 3)?))
    }

    pub(crate) fn add(&mut self, taken: Duration) {
        self.0
            .saturating_record(u64::try_from(taken.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn merge(&mut self, other: &Self) -> anyhow::Result<()> {
        Ok(self.0.add(&other.0)?)
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The duration that this part (0 to 1) of all did not exceed.
    pub(crate) fn at(&self, part: f64) -> Duration {
        Duration::from_micros(self.0.value_at_quantile(part))
    }
}
