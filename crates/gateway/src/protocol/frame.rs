//! Frames: one JSON object each, in text.

use contracts::events::Event;
use model::{ChannelId, ServerId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::{CloseCode, Screen, key};

/// What a user wishes to show, or shows, of their presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceStatus {
    /// There.
    Online,
    /// Signed in, but not at the screen.
    Away,
    /// There, and not to be disturbed.
    DoNotDisturb,
    /// Wishes to be taken for not connected. Only ever a wish: others see `offline`.
    Invisible,
    /// Not connected. Never a wish.
    Offline,
}

impl PresenceStatus {
    /// What others see of this wish.
    #[must_use]
    pub const fn shown(self) -> Self {
        match self {
            Self::Invisible => Self::Offline,
            other => other,
        }
    }

    /// The wish of that name, as the users service keeps it; `online` for anything else.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "away" => Self::Away,
            "do_not_disturb" => Self::DoNotDisturb,
            "invisible" => Self::Invisible,
            _ => Self::Online,
        }
    }
}

/// A frame from a client.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum ClientFrame {
    /// Begins a session.
    Identify {
        /// An access token; the browser's cookie when absent.
        token: Option<String>,
    },
    /// Takes a session up again.
    Resume {
        /// An access token; the browser's cookie when absent.
        token: Option<String>,
        /// From `ready`.
        session_id: String,
        /// The last event that arrived.
        seq: u64,
    },
    /// Says that the client lives and what it has.
    Heartbeat {
        /// The last event that arrived.
        #[serde(default)]
        seq: Option<u64>,
    },
    /// Says what is on screen, so that presences and members are sent.
    Subscribe(Screen),
    /// Wishes a presence.
    Presence {
        /// What to show.
        status: PresenceStatus,
    },
}

impl ClientFrame {
    /// Reads a frame of at most [`model::limits::GATEWAY_FRAME_BYTES`].
    pub fn parse(text: &str) -> Result<Self, CloseCode> {
        #[derive(Deserialize)]
        struct Operation<'a> {
            #[serde(borrow)]
            op: std::borrow::Cow<'a, str>,
        }
        let operation: Operation<'_> = serde_json::from_str(text).map_err(|_| CloseCode::MalformedFrame)?;
        if !matches!(
            &*operation.op,
            "identify" | "resume" | "heartbeat" | "subscribe" | "presence"
        ) {
            return Err(CloseCode::UnknownOperation);
        }
        serde_json::from_str(text).map_err(|_| CloseCode::MalformedFrame)
    }
}

/// A frame to a client that is not an event: it has no number and is not sent again on resume.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame.
    Hello {
        /// How often a heartbeat is expected.
        heartbeat_interval_ms: u64,
    },
    /// The answer to a heartbeat.
    HeartbeatAck,
    /// The session goes on; what was missed follows.
    Resumed {
        /// The last event that the client has.
        seq: u64,
    },
    /// There is no such session (any more): identify on the same connection.
    InvalidSession {
        /// Why.
        reason: &'static str,
    },
    /// Connect again and resume, after a pause that differs from client to client.
    Reconnect {
        /// The pause.
        after_ms: u64,
    },
    /// The answer to `subscribe`.
    Subscribed {
        /// The server on screen.
        server_id: Option<ServerId>,
        /// The channel whose members are told from now on; none without `member_ranges`, or when it is not in sight.
        channel_id: Option<ChannelId>,
        /// The members who are not offline: all of the server, or with `member_ranges` those of `user_ids`.
        presences: Vec<Presence>,
    },
    /// A frame was understood and not followed; the connection goes on.
    Error {
        /// Stable.
        code: &'static str,
        /// For people.
        detail: &'static str,
    },
}

/// What one user shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Presence {
    /// The user.
    pub user_id: UserId,
    /// Never `invisible`.
    pub status: PresenceStatus,
}

impl ServerFrame {
    /// The answer to a `subscribe` that shows nothing.
    #[must_use]
    pub const fn nothing_subscribed() -> Self {
        Self::Subscribed {
            server_id: None,
            channel_id: None,
            presences: Vec::new(),
        }
    }

    /// The frame's text.
    #[must_use]
    pub fn encode(&self) -> String {
        // Plain data of our own: writing it as JSON cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An event encoded once for everyone: only the number differs from session to session.
#[derive(Debug)]
pub struct EncodedEvent {
    tail: Box<str>,
    key: Option<u64>,
    handed_on: Timestamp,
}

impl EncodedEvent {
    /// Encodes `data`, which must be JSON, as an event of type `name` that only this gateway knows.
    #[must_use]
    pub fn new(name: &str, data: &str, now: Timestamp) -> Self {
        Self {
            tail: format!(r#","type":"{name}","data":{data}}}"#).into_boxed_str(),
            key: None,
            handed_on: now,
        }
    }

    /// Encodes an event from the bus.
    #[must_use]
    pub fn of(event: &Event, now: Timestamp) -> Self {
        Self::new(event.kind.name(), event.data.get(), now).known_as(key::of(event))
    }

    /// The same event under the key by which all gateways know it.
    #[must_use]
    pub fn known_as(self, key: u64) -> Self {
        Self { key: Some(key), ..self }
    }

    /// By what all gateways know it; `None` when the others do not.
    #[must_use]
    pub const fn key(&self) -> Option<u64> {
        self.key
    }

    /// When it was handed on.
    #[must_use]
    pub const fn handed_on(&self) -> Timestamp {
        self.handed_on
    }

    /// The frame of this event with its number in the session.
    #[must_use]
    pub fn frame(&self, seq: u64) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(self.tail.len() + 48);
        // Writing to a String cannot fail.
        let _ = write!(text, r#"{{"op":"event","seq":{seq}"#);
        text.push_str(&self.tail);
        text
    }

    /// Bytes of a frame, the number aside.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.tail.len() + 24
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_event_frame_is_json_with_its_number() {
        let frame = EncodedEvent::new("message.created", r#"{"id":"1"}"#, Timestamp::from_millis(0)).frame(42);
        let json: serde_json::Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"op":"event","seq":42,"type":"message.created","data":{"id":"1"}})
        );
    }

    #[test]
    fn bad_frames_have_their_codes() {
        for (text, code) in [
            ("", CloseCode::MalformedFrame),
            ("[]", CloseCode::MalformedFrame),
            ("{\"op\":1}", CloseCode::MalformedFrame),
            ("{\"op\":\"fly\"}", CloseCode::UnknownOperation),
            ("{\"op\":\"resume\",\"session_id\":\"x\"}", CloseCode::MalformedFrame),
            (
                "{\"op\":\"resume\",\"session_id\":\"x\",\"seq\":-1}",
                CloseCode::MalformedFrame,
            ),
            ("{\"op\":\"heartbeat\",\"op\":\"heartbeat\"}", CloseCode::MalformedFrame),
            ("{\"op\":\"presence\",\"status\":\"gone\"}", CloseCode::MalformedFrame),
            ("{\"op\":\"subscribe\",\"server_id\":7}", CloseCode::MalformedFrame),
        ] {
            assert_eq!(ClientFrame::parse(text).err(), Some(code), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
            let _ = ClientFrame::parse(&text);
        }

        #[test]
        fn no_nearly_right_frame_makes_the_parser_panic(
            op in prop::sample::select(vec!["identify", "resume", "heartbeat", "subscribe", "presence"]),
            key in prop::sample::select(vec!["token", "session_id", "seq", "server_id", "status"]),
            value in prop::sample::select(vec!["null", "1e999", "-0", "18446744073709551616", "\"\\ud800\"", "[[[[]]]]", "{}", "\"\""]),
        ) {
            let _ = ClientFrame::parse(&format!(r#"{{"op":"{op}","{key}":{value}}}"#));
        }
    }
}
