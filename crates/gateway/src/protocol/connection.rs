//! The state machine of one connection: frames and time go in, actions come out. It knows no socket and no clock.

use std::time::Duration;

use model::{Timestamp, limits};

use super::{ClientFrame, CloseCode, PresenceStatus, Screen};

/// How long a client may take to identify.
const IDENTIFY_WITHIN: Duration = Duration::from_secs(15);
/// The window of [`limits::GATEWAY_FRAMES_PER_TEN_SECONDS`].
const RATE_WINDOW: Duration = Duration::from_secs(10);

/// What the connection must do.
pub enum Action {
    /// Begin a session for the holder of the token, or of the cookie.
    Identify {
        /// The access token that the frame carried.
        token: Option<String>,
    },
    /// Take a session up again.
    Resume {
        /// The access token that the frame carried.
        token: Option<String>,
        /// Which session.
        session_id: String,
        /// The last event that the client has.
        seq: u64,
    },
    /// Forget what the client has, up to this number, and answer the heartbeat.
    Heartbeat {
        /// The last event that the client has.
        seq: Option<u64>,
    },
    /// Tell what is on screen.
    Subscribe(Screen),
    /// Show this presence.
    SetPresence(PresenceStatus),
    /// End the connection.
    Close(CloseCode),
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    identified: bool,
    alive_until: Timestamp,
    heartbeat_within: Duration,
    window_began: Timestamp,
    frames_in_window: u32,
}

impl Connection {
    /// A connection that was accepted at `now`, with heartbeats expected every `heartbeat_interval`.
    #[must_use]
    pub fn new(now: Timestamp, heartbeat_interval: Duration) -> Self {
        Self {
            identified: false,
            alive_until: now.plus(IDENTIFY_WITHIN),
            heartbeat_within: heartbeat_interval + heartbeat_interval / 2,
            window_began: now,
            frames_in_window: 0,
        }
    }

    /// A text frame arrived.
    pub fn on_frame(&mut self, text: &str, now: Timestamp) -> Action {
        if now.since(self.window_began) >= RATE_WINDOW {
            self.window_began = now;
            self.frames_in_window = 0;
        }
        self.frames_in_window += 1;
        if self.frames_in_window > limits::GATEWAY_FRAMES_PER_TEN_SECONDS {
            return Action::Close(CloseCode::RateLimited);
        }
        match ClientFrame::parse(text) {
            Err(code) => Action::Close(code),
            Ok(ClientFrame::Identify { .. } | ClientFrame::Resume { .. }) if self.identified => {
                Action::Close(CloseCode::AlreadyIdentified)
            }
            Ok(ClientFrame::Identify { token }) => Action::Identify { token },
            Ok(ClientFrame::Resume { token, session_id, seq }) => Action::Resume { token, session_id, seq },
            Ok(_) if !self.identified => Action::Close(CloseCode::NotIdentified),
            Ok(ClientFrame::Heartbeat { seq }) => {
                self.alive_until = now.plus(self.heartbeat_within);
                Action::Heartbeat { seq }
            }
            Ok(ClientFrame::Subscribe(screen)) => Action::Subscribe(screen),
            Ok(ClientFrame::Presence {
                status: PresenceStatus::Offline,
            }) => Action::Close(CloseCode::MalformedFrame),
            Ok(ClientFrame::Presence { status }) => Action::SetPresence(status),
        }
    }

    /// The session began or goes on.
    pub fn on_session(&mut self, now: Timestamp) {
        self.identified = true;
        self.alive_until = now.plus(self.heartbeat_within);
    }

    /// When to call [`Connection::on_time`] next.
    #[must_use]
    pub const fn deadline(&self) -> Timestamp {
        self.alive_until
    }

    /// Time has passed.
    #[must_use]
    pub fn on_time(&self, now: Timestamp) -> Option<CloseCode> {
        match (now >= self.alive_until, self.identified) {
            (false, _) => None,
            (true, true) => Some(CloseCode::SessionTimedOut),
            (true, false) => Some(CloseCode::NotIdentified),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const INTERVAL: Duration = Duration::from_secs(30);

    fn after(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn identified() -> Connection {
        let mut connection = Connection::new(START, INTERVAL);
        connection.on_session(START);
        connection
    }

    #[test]
    fn nothing_before_identify() {
        for text in [
            r#"{"op":"heartbeat"}"#,
            r#"{"op":"subscribe","server_id":"1"}"#,
            r#"{"op":"presence","status":"away"}"#,
        ] {
            let action = Connection::new(START, INTERVAL).on_frame(text, START);
            assert!(matches!(action, Action::Close(CloseCode::NotIdentified)), "{text}");
        }
        assert_eq!(Connection::new(START, INTERVAL).on_time(after(14)), None);
        assert_eq!(
            Connection::new(START, INTERVAL).on_time(after(15)),
            Some(CloseCode::NotIdentified)
        );
    }

    #[test]
    fn identify_once() {
        let mut connection = identified();
        for text in [
            r#"{"op":"identify","token":"x"}"#,
            r#"{"op":"resume","session_id":"x","seq":1}"#,
        ] {
            assert!(
                matches!(
                    connection.on_frame(text, START),
                    Action::Close(CloseCode::AlreadyIdentified)
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn a_heartbeat_keeps_alive() {
        let mut connection = identified();
        assert_eq!(connection.on_time(after(44)), None);
        assert!(matches!(
            connection.on_frame(r#"{"op":"heartbeat","seq":3}"#, after(40)),
            Action::Heartbeat { seq: Some(3) }
        ));
        assert_eq!(connection.on_time(after(84)), None);
        assert_eq!(connection.on_time(after(85)), Some(CloseCode::SessionTimedOut));
    }

    #[test]
    fn a_flood_is_cut_and_a_calm_client_is_not() {
        let mut connection = identified();
        for _ in 0..limits::GATEWAY_FRAMES_PER_TEN_SECONDS {
            assert!(matches!(
                connection.on_frame(r#"{"op":"heartbeat"}"#, after(1)),
                Action::Heartbeat { .. }
            ));
        }
        assert!(matches!(
            connection.on_frame(r#"{"op":"heartbeat"}"#, after(2)),
            Action::Close(CloseCode::RateLimited)
        ));
        assert!(matches!(
            connection.on_frame(r#"{"op":"heartbeat"}"#, after(20)),
            Action::Heartbeat { .. }
        ));
    }

    #[test]
    fn offline_is_not_a_wish() {
        let action = identified().on_frame(r#"{"op":"presence","status":"offline"}"#, START);
        assert!(matches!(action, Action::Close(CloseCode::MalformedFrame)));
    }
}
