//! How events are addressed on NATS: by family and by whom they concern, servers by shard, so that nobody takes what it does
//! not need.
//!
//! `beep.event.<family>.<concern>`: the family is `message` or `change`; the concern `server.<shard>`, `user`, `around` or
//! `services`.

use contracts::events::{Audience, Event, EventKind};
use model::ServerId;

/// In how many parts the events of servers are divided.
pub(super) const SHARDS: u32 = 64;

/// The subject of an event.
pub(super) fn of(event: &Event) -> String {
    let family = family(event.kind);
    match event.audience {
        Audience::Server { server_id } | Audience::Channel { server_id, .. } => {
            format!("beep.event.{family}.server.{}", shard(server_id))
        }
        Audience::User { .. } => format!("beep.event.{family}.user"),
        Audience::AroundUser { .. } => format!("beep.event.{family}.around"),
        Audience::Services => format!("beep.event.{family}.services"),
    }
}

/// All events, marks included.
pub(super) const ALL: &str = "beep.event.>";

/// Where marks stand among the events.
pub(super) const MARK: &str = "beep.event.mark";

/// The subject of a journal.
pub(super) fn journal(name: &str) -> String {
    format!("beep.journal.{name}")
}

/// What changes servers, users and sign-ins: all but the messages themselves.
pub(super) const CHANGES: &str = "beep.event.change.>";

/// The messages themselves.
pub(super) const MESSAGES: &str = "beep.event.message.>";

/// What does not concern a server as a whole: by one subject, since only what comes by the same keeps its order. That a sign-in
/// has ended must not arrive before what says why.
pub(super) const PERSONAL: &str = "beep.event.*.*";

/// Everything in the servers of a shard, in its order.
pub(super) fn of_shard(shard: u32) -> String {
    format!("beep.event.*.server.{shard}")
}

/// The subject of what instances of a service say to each other on a topic; `None` when that is no topic.
pub(super) fn between(topic: &str) -> Option<String> {
    let is_word = |word: &str| {
        let mut letters = word.bytes();
        !word.is_empty() && letters.all(|letter| letter.is_ascii_alphanumeric() || b"-_".contains(&letter))
    };
    topic.split('.').all(is_word).then(|| format!("beep.between.{topic}"))
}

/// The shard of a server. The low bits of a snowflake are nearly always the same: all bits are mixed.
pub(super) fn shard(server_id: ServerId) -> u32 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = server_id.0.cast_unsigned().wrapping_mul(GOLDEN) >> 32;
    u32::try_from(mixed % u64::from(SHARDS)).unwrap_or(0)
}

fn family(kind: EventKind) -> &'static str {
    match kind {
        EventKind::MessageCreated | EventKind::MessageUpdated | EventKind::MessageDeleted => "message",
        _ => "change",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::collections::HashMap;

    use model::{ChannelId, EventId, UserId};
    use serde_json::json;

    use super::*;

    #[test]
    fn servers_spread_over_the_shards() {
        let mut counts: HashMap<u32, u32> = HashMap::new();
        for millisecond in 0..6_400_i64 {
            *counts.entry(shard(ServerId(millisecond << 22 | 1 << 12))).or_default() += 1;
        }
        assert_eq!(counts.len(), 64);
        assert!(counts.values().all(|count| (50..150).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_topic_is_words_and_reaches_no_other() {
        assert_eq!(between("presence").as_deref(), Some("beep.between.presence"));
        assert_eq!(
            between("session.0af-9_z").as_deref(),
            Some("beep.between.session.0af-9_z")
        );
        for topic in ["", ".", "a..b", "a.", ".a", "*", "a.>", "a b", "a\r\nPUB b 0", "\u{e9}"] {
            assert_eq!(between(topic), None, "{topic:?}");
        }
    }

    #[test]
    fn what_one_listens_to_covers_what_is_published() {
        let event = |kind, audience| of(&Event::new(EventId(1), kind, audience, &json!({})).unwrap());
        let (server_id, channel_id, user_id) = (ServerId(7), ChannelId(8), UserId(9));
        let shard = shard(server_id);
        let message = event(EventKind::MessageCreated, Audience::Channel { server_id, channel_id });
        assert_eq!(message, format!("beep.event.message.server.{shard}"));
        assert_eq!(of_shard(shard), message.replace("message", "*"));
        let change = event(EventKind::ChannelCreated, Audience::Channel { server_id, channel_id });
        assert_eq!(of_shard(shard), change.replace("change", "*"));
        assert!(change.starts_with(CHANGES.trim_end_matches('>')));
        assert!(message.starts_with(MESSAGES.trim_end_matches('>')));
        // A star is one word.
        let covers = |pattern: &str, subject: &str| {
            let (pattern, subject) = (pattern.split('.'), subject.split('.'));
            pattern.clone().count() == subject.clone().count()
                && pattern.zip(subject).all(|(star, word)| star == "*" || star == word)
        };
        for other in [&message, &change, MARK] {
            assert!(!covers(PERSONAL, other), "{other}");
        }
        for audience in [
            Audience::User { user_id },
            Audience::AroundUser { user_id },
            Audience::Services,
        ] {
            let subject = event(EventKind::UserUpdated, audience);
            assert!(covers(PERSONAL, &subject), "{subject}");
        }
    }
}
