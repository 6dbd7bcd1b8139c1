//! Metrics for Prometheus.

use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use super::process::Process;

/// The upper bounds of the buckets of every histogram, in seconds: from a cached answer to a time-out.
const BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// How often samples are moved into their buckets, so that they do not pile up when nobody asks for metrics.
const UPKEEP: Duration = Duration::from_secs(5);

static INSTALLED: Mutex<Option<Metrics>> = Mutex::new(None);

/// The metrics of this process, as Prometheus reads them.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Makes this process record metrics. The first call installs the recorder, later ones return the same.
    pub fn install() -> Result<Self, BuildError> {
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = &*installed {
            return Ok(metrics.clone());
        }
        let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
        let upkeep = handle.clone();
        let started = thread::Builder::new().name("metrics".to_owned()).spawn(move || {
            loop {
                thread::sleep(UPKEEP);
                upkeep.run_upkeep();
            }
        });
        if let Err(error) = started {
            tracing::error!(error.detail = %error, "metrics will pile up: their thread cannot start");
        }
        Ok(installed.insert(Self(handle)).clone())
    }

    /// All metrics in Prometheus's text format, with a fresh look at the process.
    #[must_use]
    pub fn render(&self) -> String {
        Process::look().record();
        self.0.render()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn rendered_with_buckets_and_the_process() {
        let metrics = Metrics::install().unwrap();
        Metrics::install().unwrap();
        ::metrics::counter!("test_things_total", "kind" => "a").increment(3);
        ::metrics::histogram!("test_seconds").record(0.003);
        let text = metrics.render();
        for expected in [
            "test_things_total{kind=\"a\"} 3",
            "test_seconds_bucket{le=\"0.005\"} 1",
            "test_seconds_bucket{le=\"0.0025\"} 0",
            "process_resident_memory_bytes ",
            "process_open_fds ",
        ] {
            assert!(text.contains(expected), "{expected} is missing:\n{text}");
        }
    }
}
