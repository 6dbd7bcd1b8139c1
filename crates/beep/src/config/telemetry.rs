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
        /// Where traces are sent, by OTLP over gRPC, such as `http://collector:4317`; nowhere when it is empty. With
        /// `https` the collector shows a certificate of an authority that this system believes.
        otlp_endpoint: CollectorUrl = Fixed("");
        /// How many of a hundred traces are recorded. All services should have the same.
        traced_percent: u32 = Fixed("100"), 0..=100;
    }
}

/// Where traces are collected, or nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CollectorUrl(String);

impl TryFrom<String> for CollectorUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = text.trim();
        let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        if url.is_empty() || host.is_some_and(|host| !host.is_empty() && url.parse::<axum::http::Uri>().is_ok()) {
            Ok(Self(url.to_owned()))
        } else {
            Err("no such address")
        }
    }
}

impl CollectorUrl {
    /// The address, if there is one.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        Some(&*self.0).filter(|url| !url.is_empty())
    }
}

impl SettingType for CollectorUrl {
    const FORM: &'static str = "an address such as http://collector:4317";
    fn show(&self) -> String {
        self.get().unwrap_or("(none)").to_owned()
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
