//! From starting the program on an empty data directory to its first `200` of `/readyz`.

use std::time::Instant;

use crate::{
    Bench,
    program::{Database, Program},
    report::{Report, milliseconds},
};

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let mut taken = Vec::new();
    for _ in 0..bench.extent.starts {
        let begun = Instant::now();
        let program = Program::start(bench, &Database::Sqlite).await?;
        taken.push(begun.elapsed());
        program.end().await?;
    }
    taken.sort_unstable();
    report.add(
        "start to /readyz, median",
        "Beep on SQLite",
        milliseconds(taken[taken.len() / 2]),
        "ms",
    );
    Ok(())
}
