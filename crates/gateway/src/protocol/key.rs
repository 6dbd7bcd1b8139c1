//! By what gateways know an event that each of them hears of by itself.

use contracts::events::{Audience, Event, EventKind};
use model::ChannelId;

/// Keys of messages have this bit, which ids of events have not.
const MESSAGE: u64 = 1 << 63;

/// The key of an event. A message that was sent is known by its number, since a gateway may have it without its event.
#[must_use]
pub fn of(event: &Event) -> u64 {
    match (event.kind, event.audience, event.seq) {
        (EventKind::MessageCreated, Audience::Channel { channel_id, .. }, Some(seq)) => of_message(channel_id, seq),
        _ => event.id.0.cast_unsigned(),
    }
}

/// The key of the message with this number in its channel.
#[must_use]
pub fn of_message(channel_id: ChannelId, seq: i64) -> u64 {
    // All bits of both, mixed as by SplitMix64: equal keys of different messages are not to be expected.
    let mut mixed = channel_id.0.cast_unsigned() ^ seq.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) | MESSAGE
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn messages_have_keys_of_their_own() {
        let mut keys = HashSet::new();
        for channel in 0..100_i64 {
            for seq in 1..1_000 {
                let key = of_message(ChannelId(channel << 22 | 1 << 12), seq);
                assert!(key & MESSAGE != 0);
                assert!(keys.insert(key));
            }
        }
    }
}
