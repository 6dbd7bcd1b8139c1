//! So many in an hour, and no more.

use std::{collections::VecDeque, hash::Hash, time::Duration};

use model::Timestamp;
use moka::{Entry, ops::compute::Op, sync::Cache};

/// Over which time is counted.
const WINDOW: Duration = Duration::from_hours(1);
/// Keys that are remembered; the least used make room.
const CAPACITY: u64 = 100_000;

/// Counts by key, in bounded memory.
pub(crate) struct Allowance<K> {
    most: usize,
    counts: Cache<K, VecDeque<Timestamp>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> Allowance<K> {
    /// Allows `most` in an hour.
    pub(crate) fn of(most: usize) -> Self {
        Self {
            most,
            counts: Cache::builder().max_capacity(CAPACITY).time_to_idle(WINDOW).build(),
        }
    }

    /// Counts one more, or says how long to wait for it.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        let mut wait = None;
        let _ = self.counts.entry(key).and_compute_with(|entry| {
            let mut taken = entry.map(Entry::into_value).unwrap_or_default();
            taken.retain(|at| now.since(*at) < WINDOW);
            if let Some(first) = taken.front().filter(|_| taken.len() >= self.most) {
                wait = Some(WINDOW.saturating_sub(now.since(*first)));
                return Op::Nop;
            }
            taken.push_back(now);
            Op::Put(taken)
        });
        wait.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_in_each_hour() {
        let allowance = Allowance::of(2);
        let at = |minutes: u64| Timestamp::from_millis(1_800_000_000_000).plus(Duration::from_mins(minutes));
        let minutes = Duration::from_mins;
        assert_eq!(allowance.take("a", at(0)), Ok(()));
        assert_eq!(allowance.take("a", at(20)), Ok(()));
        assert_eq!(allowance.take("a", at(30)), Err(minutes(30)));
        assert_eq!(allowance.take("b", at(30)), Ok(()));
        assert_eq!(allowance.take("a", at(59)), Err(minutes(1)));
        assert_eq!(allowance.take("a", at(60)), Ok(()));
        assert_eq!(allowance.take("a", at(60)), Err(minutes(20)));
    }
}
