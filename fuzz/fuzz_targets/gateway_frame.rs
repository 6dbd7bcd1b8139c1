//! Frames from a client of the gateway, one after the other, through the state machine of a connection.
#![no_main]

use std::time::Duration;

use gateway::protocol::{Action, Connection};
use libfuzzer_sys::fuzz_target;
use model::Timestamp;

fuzz_target!(|data: &[u8]| {
    let mut now = Timestamp::from_millis(1_800_000_000_000);
    let mut connection = Connection::new(now, Duration::from_secs(30));
    for frame in data.split(|byte| *byte == b'\n') {
        let Ok(text) = std::str::from_utf8(frame) else { continue };
        now = now.plus(Duration::from_millis(text.len() as u64 * 7));
        match connection.on_frame(text, now) {
            Action::Close(_) => return,
            Action::Identify { .. } | Action::Resume { .. } => connection.on_session(now),
            _ => {}
        }
        let _ = connection.on_time(now);
    }
});
