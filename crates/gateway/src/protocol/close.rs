//! Why a connection ends. The numbers and names are stable and part of the public API.

/// A close code of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// Something failed in Beep. Reconnect and resume.
    UnknownError = 4000,
    /// The frame has an `op` that there is not.
    UnknownOperation = 4001,
    /// The frame is not the JSON of its `op`.
    MalformedFrame = 4002,
    /// Something else came before `identify` or `resume`, or neither came in time.
    NotIdentified = 4003,
    /// The token is not valid, or the cookie came from a foreign page.
    AuthenticationFailed = 4004,
    /// A second `identify`.
    AlreadyIdentified = 4005,
    /// Too many frames.
    RateLimited = 4008,
    /// No heartbeat. Reconnect and resume.
    SessionTimedOut = 4009,
    /// The client does not read what it is sent. Reconnect and resume.
    TooSlow = 4010,
    /// A frame is larger than [`model::limits::GATEWAY_FRAME_BYTES`], or is not text.
    FrameTooLarge = 4011,
    /// This gateway shuts down. Reconnect and resume.
    Draining = 4012,
    /// The sign-in was ended: sign in again.
    SessionRevoked = 4013,
}

impl CloseCode {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The reason on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownError => "unknown_error",
            Self::UnknownOperation => "unknown_operation",
            Self::MalformedFrame => "malformed_frame",
            Self::NotIdentified => "not_identified",
            Self::AuthenticationFailed => "authentication_failed",
            Self::AlreadyIdentified => "already_identified",
            Self::RateLimited => "rate_limited",
            Self::SessionTimedOut => "session_timed_out",
            Self::TooSlow => "too_slow",
            Self::FrameTooLarge => "frame_too_large",
            Self::Draining => "draining",
            Self::SessionRevoked => "session_revoked",
        }
    }

    /// Whether the session ends with the connection, so that nothing is left to resume.
    #[must_use]
    pub const fn ends_session(self) -> bool {
        matches!(self, Self::SessionRevoked)
    }
}
