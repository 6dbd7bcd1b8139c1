//! What operators see of Beep.

use serde::Deserialize;

use super::setting::{SettingType, section};

section! {
    /// What operators see of Beep. Logs go to standard output.
    Telemetry in "telemetry." {
        /// The least severe events that are logged.
        log_level: LogLevel = Fixed("info");
        /// How events are written: `json` for machines (an object on each line), `text` for people.
        log_format: LogFormat = Fixed("json");
    }
}

/// How severe an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What an operator must act on.
    Error,
    /// What an operator should look at.
    Warn,
    /// What happened, in few words.
    Info,
    /// What a developer of Beep needs to find a fault.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The name, as filters of `tracing` take it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl SettingType for LogLevel {
    const FORM: &'static str = "error, warn, info, debug or trace";
    fn show(&self) -> String {
        self.as_str().to_owned()
    }
}

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For machines: an object on each line.
    Json,
    /// For people.
    Text,
}

impl SettingType for LogFormat {
    const FORM: &'static str = "json or text";
    fn show(&self) -> String {
        match self {
            Self::Json => "json".to_owned(),
            Self::Text => "text".to_owned(),
        }
    }
}
