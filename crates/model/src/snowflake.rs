//! Snowflakes: 64-bit ids that sort by the time they were made and are unique across nodes.
//!
//! Layout from the high bits: 1 zero, 41 bits of milliseconds since 2024-01-01 UTC (until 2093), 10 bits of node,
//! 12 bits of sequence within the millisecond.

use crate::Timestamp;

/// 2024-01-01T00:00:00Z in milliseconds of the Unix epoch.
pub const EPOCH_MS: i64 = 1_704_067_200_000;
/// How many nodes may make ids at the same time.
pub const NODES: u16 = 1 << NODE_BITS;
const NODE_BITS: u32 = 10;
const SEQUENCE_BITS: u32 = 12;
const SEQUENCE_MASK: i64 = (1 << SEQUENCE_BITS) - 1;

/// Makes ids for one node. The caller passes the time, so that this is a pure state machine.
///
/// A clock that steps back never repeats an id: the generator counts on from the last id it made.
#[derive(Debug)]
pub struct Generator {
    node: i64,
    last_tick: i64,
    sequence: i64,
}

impl Generator {
    /// A generator for `node`, which must be below [`NODES`] and leased to this process alone.
    ///
    /// # Panics
    /// When `node` is not below [`NODES`]: a wrong node number would collide with another's ids.
    #[must_use]
    pub fn new(node: u16) -> Self {
        assert!(node < NODES, "node {node} is not below {NODES}");
        Self {
            node: i64::from(node),
            last_tick: 0,
            sequence: 0,
        }
    }

    /// Goes on under another node number.
    ///
    /// # Panics
    /// As [`Generator::new`].
    pub fn set_node(&mut self, node: u16) {
        assert!(node < NODES, "node {node} is not below {NODES}");
        self.node = i64::from(node);
    }

    /// The next id at `now`; strictly greater than every one before from this generator.
    pub fn next(&mut self, now: Timestamp) -> i64 {
        let tick = (now.as_millis() - EPOCH_MS).max(1);
        if tick > self.last_tick {
            self.last_tick = tick;
            self.sequence = 0;
        } else if self.sequence == SEQUENCE_MASK {
            // More than 4,096 ids in a millisecond, or a clock that stands: borrow from the next millisecond.
            self.last_tick += 1;
            self.sequence = 0;
        } else {
            self.sequence += 1;
        }
        (self.last_tick << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | self.sequence
    }
}

/// When the id was made, as far as its maker's clock was right.
#[must_use]
pub const fn time_of(id: i64) -> Timestamp {
    Timestamp::from_millis((id >> (NODE_BITS + SEQUENCE_BITS)) + EPOCH_MS)
}

/// The lowest id of that time.
#[must_use]
pub fn first_of(time: Timestamp) -> i64 {
    let shift = NODE_BITS + SEQUENCE_BITS;
    time.as_millis().saturating_sub(EPOCH_MS).clamp(0, i64::MAX >> shift) << shift
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strictly_increasing_whatever_the_clock_does(times in prop::collection::vec(EPOCH_MS..EPOCH_MS + 50, 1..6_000)) {
            let mut generator = Generator::new(7);
            let mut last = 0;
            for time in times {
                let id = generator.next(Timestamp::from_millis(time));
                prop_assert!(id > last);
                last = id;
            }
        }

        #[test]
        fn two_nodes_never_collide(a in 0..NODES, b in 0..NODES, at in EPOCH_MS..EPOCH_MS * 2) {
            prop_assume!(a != b);
            let now = Timestamp::from_millis(at);
            prop_assert_ne!(Generator::new(a).next(now), Generator::new(b).next(now));
        }
    }

    #[test]
    fn the_time_is_in_the_id() {
        let now = Timestamp::from_millis(EPOCH_MS + 123_456_789);
        assert_eq!(time_of(Generator::new(3).next(now)), now);
    }
}
