//! What was done, and how long it took until all was well.

use std::{fmt, time::Duration};

/// One thing that broke.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) fault: String,
    /// From its beginning until it was mended.
    pub(crate) broken: Duration,
    /// The longest time in which nothing was acknowledged in some channel.
    pub(crate) longest_silence: Duration,
    /// From mending until messages sent afterwards were acknowledged in every channel.
    pub(crate) sends: Duration,
    /// From mending until everybody had everything that was acknowledged by then.
    pub(crate) agreed: Duration,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            fault,
            broken,
            longest_silence,
            sends,
            agreed,
        } = self;
        let seconds = |time: &Duration| format!("{:.2} s", time.as_secs_f64());
        write!(
            f,
            "{fault:<28} | broken {:>8} | longest silence {:>8} | sends after {:>8} | all agree after {:>8}",
            seconds(broken),
            seconds(longest_silence),
            seconds(sends),
            seconds(agreed)
        )
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn add(&mut self, row: Row) {
        self.0.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let worst = |time: fn(&Row) -> Duration| self.0.iter().map(time).max().unwrap_or_default().as_secs_f64();
        write!(
            f,
            "{} faults; the worst: silence {:.2} s, sends after {:.2} s, all agree after {:.2} s",
            self.0.len(),
            worst(|row| row.longest_silence),
            worst(|row| row.sends),
            worst(|row| row.agreed)
        )
    }
}
