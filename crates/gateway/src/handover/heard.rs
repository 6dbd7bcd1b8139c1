//! Which messages of a channel events have told of.

use std::collections::BTreeSet;

use model::{ChannelId, Timestamp};

/// So many numbers may be missing between two events; what is further apart is not taken together.
const LARGEST_HOLE: i64 = 2_000;

/// The numbers of a channel that recent events have told of: all from the first to the last but the holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) channel_id: ChannelId,
    pub(crate) first: i64,
    /// When the bus took the event of the first.
    pub(crate) first_at: Timestamp,
    pub(crate) last: i64,
    /// Events of these were lost, or are yet to come.
    pub(crate) holes: BTreeSet<i64>,
}

impl Heard {
    pub(super) const fn new(channel_id: ChannelId, seq: i64, at: Timestamp) -> Self {
        Self {
            channel_id,
            first: seq,
            first_at: at,
            last: seq,
            holes: BTreeSet::new(),
        }
    }

    /// An event told of this number.
    pub(super) fn hear(&mut self, seq: i64, at: Timestamp) {
        if seq - self.last > LARGEST_HOLE {
            *self = Self::new(self.channel_id, seq, at);
        } else if seq > self.last {
            self.holes.extend(self.last + 1..seq);
            self.last = seq;
        } else if seq >= self.first {
            self.holes.remove(&seq);
        } else if self.first - seq <= LARGEST_HOLE {
            self.holes.extend(seq + 1..self.first);
            (self.first, self.first_at) = (seq, at);
        }
    }

    /// Whether an event told of this number.
    pub(crate) fn includes(&self, seq: i64) -> bool {
        (self.first..=self.last).contains(&seq) && !self.holes.contains(&seq)
    }

    /// Numbers up to `last` that no event has told of, though it should have: those between, those after, and the one before
    /// the first, if the first is from after `since`.
    pub(crate) fn missing(&self, last: i64, since: Timestamp) -> impl Iterator<Item = i64> {
        let before = (self.first_at >= since && self.first > 1).then_some(self.first - 1);
        let between = self.holes.iter().copied().filter(move |seq| *seq <= last);
        before.into_iter().chain(between).chain(self.last + 1..=last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLY: Timestamp = Timestamp::from_millis(1_000);
    const LATE: Timestamp = Timestamp::from_millis(2_000);

    fn heard(seqs: &[i64]) -> Heard {
        let mut heard = Heard::new(ChannelId(1), seqs[0], EARLY);
        seqs[1..].iter().for_each(|seq| heard.hear(*seq, EARLY));
        heard
    }

    fn missing(heard: &Heard, last: i64, since: Timestamp) -> Vec<i64> {
        heard.missing(last, since).collect()
    }

    #[test]
    fn what_lies_between_and_after_is_missing() {
        let heard = heard(&[5, 8, 6, 10, 4]);
        assert_eq!(missing(&heard, 12, LATE), [7, 9, 11, 12]);
        assert_eq!(missing(&heard, 8, LATE), [7]);
        assert!(heard.includes(4) && heard.includes(10));
        assert!(!heard.includes(7) && !heard.includes(3) && !heard.includes(11));
    }

    #[test]
    fn the_one_before_the_first_may_be_missing_if_the_first_is_new() {
        assert_eq!(missing(&heard(&[5, 6]), 6, EARLY), [4]);
        assert_eq!(missing(&heard(&[5, 6]), 6, LATE), [0; 0]);
        assert_eq!(missing(&heard(&[1, 2]), 2, EARLY), [0; 0]);
    }

    #[test]
    fn what_is_far_apart_is_not_filled() {
        assert_eq!(missing(&heard(&[5, 5_000]), 5_000, LATE), [0; 0]);
        assert_eq!(missing(&heard(&[5_000, 5]), 5_000, LATE), [0; 0]);
    }
}
