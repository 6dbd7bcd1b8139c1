//! Durable message creations per second: each is answered 201 after its commit.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    Bench,
    http::Connection,
    latency::Latencies,
    people::Meeting,
    pgbench,
    program::{Database, Program},
    report::{Report, rate},
};

const SENDERS: [usize; 3] = [1, 16, 64];
const WARM_UP: Duration = Duration::from_secs(1);

pub(crate) async fn run(bench: &Bench, database: &Database, report: &mut Report) -> anyhow::Result<()> {
    let taken = Duration::from_secs(bench.extent.seconds);
    let program = Program::start(bench, database).await?;
    by_senders(bench, &program, &format!("Beep on {}", database.name()), report).await?;
    program.end().await?;
    if let Database::Postgres(server) = database {
        for clients in SENDERS {
            let found = pgbench::run(server, clients, taken).await?;
            let measure = format!("creates, {clients} senders");
            report.add(&measure, "pgbench", found.per_second, "/s");
            report.add(
                &format!("{measure}, average"),
                "pgbench",
                found.latency_average_ms,
                "ms",
            );
        }
    }
    Ok(())
}

/// Measures a running Beep with few and many senders.
pub(crate) async fn by_senders(
    bench: &Bench,
    program: &Program,
    subject: &str,
    report: &mut Report,
) -> anyhow::Result<()> {
    let taken = Duration::from_secs(bench.extent.seconds);
    let meeting = Arc::new(Meeting::of(program.address, SENDERS[2]).await?);
    for senders in SENDERS {
        send_for(program.address, &meeting, senders, WARM_UP).await?;
        let latencies = send_for(program.address, &meeting, senders, taken).await?;
        let measure = format!("creates, {senders} senders");
        report.add(&measure, subject, rate(latencies.count(), taken), "/s");
        report.add_latencies(&measure, subject, &latencies);
    }
    Ok(())
}

/// Each sender writes the next message when the one before is answered.
async fn send_for(
    address: SocketAddr,
    meeting: &Arc<Meeting>,
    senders: usize,
    taken: Duration,
) -> anyhow::Result<Latencies> {
    let mut tasks = JoinSet::new();
    let until = Instant::now() + taken;
    for number in 0..senders {
        let meeting = Arc::clone(meeting);
        tasks.spawn(async move {
            let path = format!("{}/messages", meeting.channel_path);
            let own = &meeting.tokens[number];
            let body =
                json!({ "content": "A message of usual length, as people write them all day long." }).to_string();
            let mut connection = Connection::open(address).await?;
            let mut latencies = Latencies::new()?;
            while Instant::now() < until {
                let begun = Instant::now();
                connection.post(&path, Some(own), &body).await?.json(201)?;
                latencies.add(begun.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut all = Latencies::new()?;
    while let Some(done) = tasks.join_next().await {
        all.merge(&done??)?;
    }
    Ok(all)
}
