//! Starts the logs of a process.

use std::{io, panic};

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt};

use super::{json_lines::JsonLines, output::Output};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object per line, for machines.
    #[default]
    Json,
    /// Text for people.
    Text,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct TelemetrySettings {
    /// The least level that is logged, or directives of `tracing`: `info`, `info,platform=debug`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
    /// The name of the running service, in every line.
    pub service: String,
}

/// Why logs cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level is none that `tracing` knows.
    #[error("`{0}` is not a log level or a list of log directives")]
    Level(String),
    /// Logs were started before in this process.
    #[error("logs were started before")]
    Started,
    /// The thread that writes cannot start.
    #[error("the thread that writes logs cannot start")]
    Thread(#[from] io::Error),
}

/// Writes what is left of the logs when it is dropped; kept until the process ends.
#[must_use = "the last lines are lost when it is dropped early"]
#[derive(Debug)]
pub struct TelemetryGuard(Output);

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Sends this process's logs to standard output, panics included. Once per process.
pub fn init(settings: &TelemetrySettings) -> Result<TelemetryGuard, TelemetryError> {
    init_on(settings, io::stdout())
}

/// The same for a command that says something of its own on standard output: sends them to standard error.
pub fn init_beside(settings: &TelemetrySettings) -> Result<TelemetryGuard, TelemetryError> {
    init_on(settings, io::stderr())
}

fn init_on(
    settings: &TelemetrySettings,
    target: impl io::Write + Send + 'static,
) -> Result<TelemetryGuard, TelemetryError> {
    let output = Output::start(target)?;
    let subscriber = subscriber(settings, output.clone())?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| TelemetryError::Started)?;
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let reason = panic.payload_as_str().unwrap_or("of no text");
        tracing::error!(panic.place = place, panic.reason = reason, "a panic: a mistake in Beep");
    }));
    Ok(TelemetryGuard(output))
}

/// The subscriber that writes to `writer`.
pub(super) fn subscriber(
    settings: &TelemetrySettings,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
) -> Result<Box<dyn Subscriber + Send + Sync>, TelemetryError> {
    let filter = EnvFilter::try_new(&settings.level).map_err(|_| TelemetryError::Level(settings.level.clone()))?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    Ok(match settings.format {
        LogFormat::Json => Box::new(registry.with(layer.event_format(JsonLines::new(&settings.service)))),
        LogFormat::Text => Box::new(registry.with(layer.with_ansi(false).compact())),
    })
}
