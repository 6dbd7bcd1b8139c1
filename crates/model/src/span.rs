//! Spans of time that moderators choose, checked once at the border.

use crate::{Invalid, Timestamp, limits};

/// How long a member waits between two messages in a channel; zero is no slow mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SlowMode(u32);

impl SlowMode {
    /// So many seconds.
    ///
    /// # Errors
    /// [`Invalid::OutOfRange`] beyond [`limits::SLOW_MODE_SECONDS_MAX`], or below zero.
    pub fn from_seconds(seconds: i64) -> Result<Self, Invalid> {
        u32::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds <= limits::SLOW_MODE_SECONDS_MAX)
            .map(Self)
            .ok_or(Invalid::OutOfRange)
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

/// The end of a time-out that begins `now`.
///
/// # Errors
/// [`Invalid::OutOfRange`] when that is not in the future, or further away than [`limits::TIME_OUT_MAX`].
pub fn time_out_until(now: Timestamp, until: Timestamp) -> Result<Timestamp, Invalid> {
    if until > now && until <= now.plus(limits::TIME_OUT_MAX) {
        Ok(until)
    } else {
        Err(Invalid::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_mode_ends_at_six_hours() {
        assert_eq!(SlowMode::from_seconds(0), Ok(SlowMode::default()));
        assert_eq!(SlowMode::from_seconds(21_600).map(SlowMode::seconds), Ok(21_600));
        for bad in [-1, 21_601, i64::MAX, i64::MIN] {
            assert_eq!(SlowMode::from_seconds(bad), Err(Invalid::OutOfRange), "{bad}");
        }
    }

    #[test]
    fn a_time_out_ends_in_the_next_28_days() {
        let now = Timestamp::from_millis(1_000);
        let last = now.plus(limits::TIME_OUT_MAX);
        for good in [Timestamp::from_millis(1_001), last] {
            assert_eq!(time_out_until(now, good), Ok(good));
        }
        for bad in [
            now,
            Timestamp::from_millis(0),
            Timestamp::from_millis(last.as_millis() + 1),
        ] {
            assert_eq!(time_out_until(now, bad), Err(Invalid::OutOfRange), "{bad}");
        }
    }
}
