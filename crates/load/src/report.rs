//! What was measured, as a table for people and as JSON for programs.

use std::{io::Write, path::Path, time::Duration};

use serde::Serialize;

use crate::latency::Latencies;

/// One measured value.
#[derive(Debug, Serialize)]
struct Entry {
    measure: String,
    subject: String,
    value: f64,
    unit: &'static str,
}

/// All measured values, in order; each is printed as soon as it is known.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    quick: bool,
    entries: Vec<Entry>,
}

impl Report {
    pub(crate) fn new(quick: bool) -> Self {
        say(&format!("{:<46} {:<28} {:>12}", "measure", "subject", "value"));
        Self {
            quick,
            entries: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, measure: &str, subject: &str, value: f64, unit: &'static str) {
        let digits = if value < 100.0 { 2 } else { 0 };
        say(&format!("{measure:<46} {subject:<28} {value:>12.digits$} {unit}"));
        self.entries.push(Entry {
            measure: measure.to_owned(),
            subject: subject.to_owned(),
            value,
            unit,
        });
    }

    /// The median and the 99th of a hundred.
    pub(crate) fn add_latencies(&mut self, measure: &str, subject: &str, latencies: &Latencies) {
        self.add(
            &format!("{measure}, p50"),
            subject,
            milliseconds(latencies.at(0.5)),
            "ms",
        );
        self.add(
            &format!("{measure}, p99"),
            subject,
            milliseconds(latencies.at(0.99)),
            "ms",
        );
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_string_pretty(self)?)?;
        say(&format!("written to {}", path.display()));
        Ok(())
    }
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// How many a second.
pub(crate) fn rate(count: u64, taken: Duration) -> f64 {
    number(count) / taken.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "what is counted here is far below 2^52")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}

/// Prints a line. A reader who has gone away is no reason to stop measuring.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
