//! The same Beep in one process and as services apart, side by side, on the same `PostgreSQL`.

use load::collector::Collector;

use super::{creates, delivery, way};
use crate::{
    Bench,
    program::{Database, Program},
    report::Report,
};

const ONE: &str = "one process";
const APART: &str = "services apart";
const TRACED: &str = "services apart, traced";

/// Measures sends and deliveries on both shapes, and where the time goes between services.
pub(crate) async fn run(bench: &Bench, server: &str, report: &mut Report) -> anyhow::Result<()> {
    let database = Database::Postgres(server.to_owned());
    // Each measure begins with a new Beep: what one left behind does not weigh on the next.
    let program = Program::start(bench, &database).await?;
    delivery::to_readers(bench, &program, ONE, report).await?;
    program.end().await?;
    let program = Program::start_apart(bench, server, None).await?;
    delivery::to_readers(bench, &program, APART, report).await?;
    program.end().await?;

    let program = Program::start(bench, &database).await?;
    creates::by_senders(bench, &program, ONE, report).await?;
    program.end().await?;
    let program = Program::start_apart(bench, server, None).await?;
    creates::by_senders(bench, &program, APART, report).await?;
    program.end().await?;

    let collector = Collector::start().await?;
    let program = Program::start_apart(bench, server, Some(&collector.endpoint)).await?;
    delivery::to_readers(bench, &program, TRACED, report).await?;
    let traces = collector.traces().await;
    program.end().await?;
    way::report(&traces, delivery::messages(bench), report)
}
