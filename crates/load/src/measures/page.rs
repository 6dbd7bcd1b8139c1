//! A page of fifty messages, anywhere in a long history.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    Bench,
    http::Connection,
    latency::Latencies,
    people::Meeting,
    program::{Database, Program},
    report::Report,
};

pub(crate) async fn run(bench: &Bench, database: &Database, report: &mut Report) -> anyhow::Result<()> {
    let program = Program::start(bench, database).await?;
    let meeting = Meeting::of(program.address, 1).await?;
    let (path, token) = (format!("{}/messages", meeting.channel_path), &meeting.tokens[0]);
    let ids = fill(&program, &path, token, bench.extent.history).await?;
    let latencies = read(bench, &program, &path, token, &ids).await?;
    report.add_latencies("page of 50", &format!("Beep on {}", database.name()), &latencies);
    program.end().await
}

/// Reads pages everywhere in the history.
pub(super) async fn read(
    bench: &Bench,
    program: &Program,
    path: &str,
    token: &str,
    ids: &[String],
) -> anyhow::Result<Latencies> {
    let mut connection = Connection::open(program.address).await?;
    let mut latencies = Latencies::new()?;
    let until = Instant::now() + Duration::from_secs(bench.extent.seconds);
    for before in everywhere(ids) {
        if Instant::now() >= until {
            break;
        }
        let begun = Instant::now();
        connection
            .get(&format!("{path}?limit=50&before={before}"), Some(token))
            .await?
            .json(200)?;
        latencies.add(begun.elapsed());
    }
    Ok(latencies)
}

/// The ids, again and again, in an order that leads everywhere: the stride is coprime to the number of messages.
pub(super) fn everywhere(ids: &[String]) -> impl Iterator<Item = &String> {
    (0..).map(|step: usize| &ids[step * 7_919 % ids.len()])
}

/// Writes the history and answers the ids of its messages.
async fn fill(program: &Program, path: &str, token: &str, amount: usize) -> anyhow::Result<Vec<String>> {
    const WRITERS: usize = 16;
    let writer = |writer: usize| async move {
        let mut connection = Connection::open(program.address).await?;
        let mut ids = Vec::new();
        for number in (writer..amount).step_by(WRITERS) {
            let body = json!({ "content": format!("Message {number} of a long and winding conversation.") });
            let message = connection.post(path, Some(token), &body.to_string()).await?.json(201)?;
            ids.push(message["id"].as_str().unwrap_or_default().to_owned());
        }
        anyhow::Ok(ids)
    };
    let written = futures::future::try_join_all((0..WRITERS).map(writer)).await?;
    Ok(written.concat())
}
