//! Logs of the present thread, caught for tests.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::subscriber::DefaultGuard;

use super::{LogFormat, TelemetrySettings, start::subscriber};

/// The bytes that were written.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// Catches what this thread logs while the guard lives.
    pub(crate) fn record(format: LogFormat) -> (Self, DefaultGuard) {
        let captured = Self::default();
        let writer = captured.clone();
        let settings = TelemetrySettings {
            level: "info".into(),
            format,
            service: "be\"ep".into(),
        };
        let subscriber = subscriber(&settings, move || writer.clone()).unwrap();
        (captured, tracing::subscriber::set_default(subscriber))
    }

    /// What was logged so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
