//! What gateways tell each other of their users. Everything that an instance says of them is one numbered stream; who
//! notices that a number is missing asks for the whole.

use bytes::Bytes;
use model::{ServerId, UserId};
use serde::{Deserialize, Serialize};

use super::Wish;
use crate::protocol::PresenceStatus;

/// Where gateways speak about presence.
pub(super) const TOPIC: &str = "presence";

/// How much one message says at most, in the weight of [`Told`]: some hundred kilobytes, whatever users are members of.
pub(super) const MESSAGE_WEIGHT: usize = 4_000;

/// One run of one gateway: a number that it drew when it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Instance(pub(super) u64);

/// What an instance knows of one of its users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// Who.
    pub(super) user_id: UserId,
    /// What the user wishes to show.
    pub(super) wish: Wish,
    /// Whether the user is connected to this instance, or was a moment ago.
    pub(super) here: bool,
    /// Whose members may see it, each with the server's version at which the user was a member: nobody's, unless there
    /// is something to see.
    pub(super) servers: Vec<(ServerId, i64)>,
}

impl Told {
    /// How much of a message it takes.
    pub(super) fn weight(&self) -> usize {
        3 + self.servers.len()
    }

    /// What others see of it.
    pub(super) fn shown(wish: Wish, here: bool) -> PresenceStatus {
        if here {
            wish.status.shown()
        } else {
            PresenceStatus::Offline
        }
    }
}

/// What an instance says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub(super) enum Message {
    /// These users are now so, and those have gone.
    Changes {
        from: Instance,
        number: u64,
        users: Vec<Told>,
        gone: Vec<UserId>,
    },
    /// These are all users whose ids are larger than `after` and not larger than `up_to`; without them from the smallest
    /// and to the largest.
    Whole {
        from: Instance,
        number: u64,
        after: Option<UserId>,
        up_to: Option<UserId>,
        users: Vec<Told>,
    },
    /// The instance lives, and `number` was the last.
    Beat { from: Instance, number: u64 },
    /// Wants to be told the whole, by one or by all.
    Ask { from: Instance, of: Option<Instance> },
    /// The instance ends; its clients are about to connect elsewhere.
    Goodbye { from: Instance },
}

impl Message {
    /// The message's bytes.
    pub(super) fn encode(&self) -> Bytes {
        // Plain data of our own: writing it as JSON cannot fail.
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// Reads a message; `None` when it is none, or of a version of Beep that says something else.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Who says it.
    pub(super) const fn from(&self) -> Instance {
        match self {
            Self::Changes { from, .. }
            | Self::Whole { from, .. }
            | Self::Beat { from, .. }
            | Self::Ask { from, .. }
            | Self::Goodbye { from } => *from,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use model::limits;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_said() {
        let told = Told {
            user_id: UserId(i64::MAX),
            wish: Wish {
                at: i64::MAX,
                status: PresenceStatus::DoNotDisturb,
            },
            here: true,
            servers: vec![(ServerId(1), 7), (ServerId(i64::MAX), i64::MAX)],
        };
        let from = Instance(u64::MAX);
        for message in [
            Message::Changes {
                from,
                number: 1,
                users: vec![told.clone()],
                gone: vec![UserId(2)],
            },
            Message::Whole {
                from,
                number: 2,
                after: None,
                up_to: Some(UserId(3)),
                users: vec![told],
            },
            Message::Beat { from, number: 3 },
            Message::Ask { from, of: None },
            Message::Ask {
                from,
                of: Some(Instance(0)),
            },
            Message::Goodbye { from },
        ] {
            assert_eq!(Message::decode(&message.encode()), Some(message));
        }
    }

    #[test]
    fn a_full_message_is_well_below_what_the_bus_takes() {
        let told = Told {
            user_id: UserId(i64::MAX),
            wish: Wish {
                at: i64::MAX,
                status: PresenceStatus::DoNotDisturb,
            },
            here: true,
            servers: vec![(ServerId(i64::MAX), i64::MAX); limits::SERVERS_PER_USER],
        };
        for told in [
            Told {
                servers: Vec::new(),
                ..told.clone()
            },
            told,
        ] {
            let message = Message::Changes {
                from: Instance(u64::MAX),
                number: u64::MAX,
                users: vec![told.clone(); MESSAGE_WEIGHT / told.weight() + 1],
                gone: Vec::new(),
            };
            assert!(message.encode().len() < 500_000, "{}", message.encode().len());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Message::decode(&bytes);
        }

        #[test]
        fn no_nearly_right_message_makes_the_reader_panic(
            says in prop::sample::select(vec!["changes", "whole", "beat", "ask", "goodbye", "hello"]),
            key in prop::sample::select(vec!["number", "users", "gone", "after", "of"]),
            value in prop::sample::select(vec!["null", "-1", "1e999", "18446744073709551616", "[{}]", "[[]]", "\"1\"", "[\"x\"]"]),
        ) {
            let _ = Message::decode(format!(r#"{{"says":"{says}","from":1,"{key}":{value}}}"#).as_bytes());
        }
    }
}
