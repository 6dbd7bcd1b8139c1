//! The live connections of clients.

use super::{problem::Invalid, setting::section};

section! {
    /// The live connections of clients.
    Gateway in "gateway." {
        /// How often a client must show that it is there, in seconds.
        heartbeat_interval_seconds: u32 = Fixed("30"), 1..=600;
        /// How long a client that lost its connection may come back and get exactly what it missed, in seconds.
        resume_window_seconds: u32 = Fixed("120"), 1..=3600;
        /// How many clients may be connected at once.
        max_connections: usize = Fixed("20000"), 1..=10_000_000;
    }
}

impl Gateway {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        if self.resume_window_seconds < self.heartbeat_interval_seconds {
            let interval = self.heartbeat_interval_seconds;
            let detail = format!("must not be below gateway.heartbeat_interval_seconds, which is {interval}");
            return Err(Invalid::new("gateway.resume_window_seconds", detail));
        }
        Ok(())
    }
}
