//! What the operating system knows of this process, read from `/proc` when somebody asks.

use std::fs;

/// A clock tick of `/proc/self/stat`: a hundredth of a second on every Linux that Beep runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// A look at the process. What the system does not tell is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Process {
    pub(super) resident_bytes: Option<f64>,
    pub(super) threads: Option<f64>,
    pub(super) open_files: Option<f64>,
    pub(super) cpu_seconds: Option<f64>,
}

impl Process {
    pub(super) fn look() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let open_files = fs::read_dir("/proc/self/fd")
            .ok()
            .and_then(|files| u32::try_from(files.count()).ok());
        Self {
            resident_bytes: status_number(&status, "VmRSS:").map(|kibibytes| kibibytes * 1024.0),
            threads: status_number(&status, "Threads:"),
            open_files: open_files.map(f64::from),
            cpu_seconds: cpu_seconds(&stat),
        }
    }

    /// Hands what was seen to the metrics.
    pub(super) fn record(self) {
        let gauge = |name: &'static str, value: Option<f64>| {
            if let Some(value) = value {
                metrics::gauge!(name).set(value);
            }
        };
        gauge("process_resident_memory_bytes", self.resident_bytes);
        gauge("process_threads", self.threads);
        gauge("process_open_fds", self.open_files);
        gauge("process_cpu_seconds_total", self.cpu_seconds);
    }
}

fn status_number(status: &str, name: &str) -> Option<f64> {
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

/// Fields 14 and 15 of `/proc/self/stat`, counted after the command's name, which may contain anything but ends at `)`.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let mut after_name = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = after_name.next()?.parse().ok()?;
    let system: f64 = after_name.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn this_process_is_seen() {
        let process = Process::look();
        assert!(process.resident_bytes.unwrap() > 100_000.0);
        assert!(process.threads.unwrap() >= 1.0 && process.open_files.unwrap() >= 3.0);
        assert!(process.cpu_seconds.unwrap() >= 0.0);
    }

    #[test]
    fn a_name_with_blanks_and_brackets_does_not_shift_the_fields() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 250 150 0 0";
        assert_eq!(cpu_seconds(stat), Some(4.0));
        assert_eq!(cpu_seconds("nonsense"), None);
    }
}
