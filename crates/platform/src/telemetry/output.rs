//! Where log lines go: a thread that writes them in batches, so that no request waits for a slow terminal or pipe.

use std::{
    io::{self, BufWriter, Write},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait to be written. What comes when it is full is dropped and counted.
const QUEUE: usize = 16 * 1024;
/// How long the end of the process waits for the last lines.
const FLUSH: Duration = Duration::from_secs(2);

enum Item {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// The queue of the writing thread.
#[derive(Clone)]
pub(super) struct Output(SyncSender<Item>);

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Output")
    }
}

impl Output {
    /// Starts the thread that writes to `target`.
    pub(super) fn start(target: impl Write + Send + 'static) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("logs".to_owned())
            .spawn(move || write_all(&receiver, BufWriter::new(target)))?;
        Ok(Self(sender))
    }

    /// Returns when all lines up to now are written, or after two seconds.
    pub(super) fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.0.send(Item::Flush(done)).is_ok() {
            // A target that does not take the lines must not keep the process alive.
            let _ = written.recv_timeout(FLUSH);
        }
    }
}

fn write_all(queue: &Receiver<Item>, mut target: BufWriter<impl Write>) {
    // Errors have nowhere to go: the log itself is what fails.
    while let Ok(first) = queue.recv() {
        let mut next = Some(first);
        while let Some(item) = next {
            match item {
                Item::Line(line) => drop(target.write_all(&line)),
                Item::Flush(done) => {
                    let _ = target.flush();
                    let _ = done.try_send(());
                }
            }
            next = queue.try_recv().ok();
        }
        let _ = target.flush();
    }
}

/// Takes one line, which the formatter hands over whole.
pub(super) struct Line<'a>(&'a Output);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.0.try_send(Item::Line(line.to_vec())).is_err() {
            metrics::counter!("log_lines_dropped_total").increment(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Slow(Arc<Mutex<Vec<u8>>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn flushed_lines_are_written_in_order() {
        let target = Slow::default();
        let output = Output::start(target.clone()).unwrap();
        for number in 0..1_000 {
            output
                .make_writer()
                .write_all(format!("{number}\n").as_bytes())
                .unwrap();
        }
        output.flush();
        let text = String::from_utf8(target.0.lock().unwrap().clone()).unwrap();
        assert!(
            text.lines().map(|line| line.parse::<u32>().unwrap()).eq(0..1_000),
            "{text}"
        );
    }

    #[test]
    fn a_target_that_takes_nothing_holds_nobody_up() {
        let target = Slow::default();
        let stuck = target.0.lock().unwrap();
        let output = Output::start(target.clone()).unwrap();
        let line = [b'x'; 1_024];
        for _ in 0..QUEUE * 2 {
            output.make_writer().write_all(&line).unwrap();
        }
        drop(stuck);
    }
}
