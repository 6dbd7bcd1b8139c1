//! What ten thousand connections cost that are open and say nothing but that they live.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    Bench,
    live::subscriber::{self, Socket},
    people::Meeting,
    program::{Database, Program},
    report::{Report, number},
};

/// Within `model::limits::GATEWAY_SESSIONS_PER_USER`.
const CONNECTIONS_PER_PERSON: usize = 25;
const OPENED_AT_ONCE: usize = 64;
/// What the server holds only while somebody connects is gone after this.
const REST: Duration = Duration::from_secs(3);

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let program = Program::start(bench, &Database::Sqlite).await?;
    let people = bench.extent.connections.div_ceil(CONNECTIONS_PER_PERSON);
    let meeting = Arc::new(Meeting::of(program.address, people).await?);
    tokio::time::sleep(REST).await;
    let before = program.resident_bytes()?;
    let address = program.address;
    let mut sockets: Vec<Socket> = stream::iter(0..bench.extent.connections)
        .map(|index| {
            let meeting = Arc::clone(&meeting);
            async move { subscriber::identify(address, &meeting.tokens[index % meeting.tokens.len()]).await }
        })
        .buffer_unordered(OPENED_AT_ONCE)
        .try_collect()
        .await?;
    // As a client does after a while: what it has received need not be held for it any more.
    for socket in &mut sockets {
        subscriber::beat(socket).await?;
    }
    tokio::time::sleep(REST).await;
    let grown = program.resident_bytes()?.saturating_sub(before);
    // All of them are still there and alive.
    for socket in &mut sockets {
        subscriber::beat(socket).await?;
    }
    let connections = u64::try_from(sockets.len())?;
    report.add(
        &format!("memory per idle connection, {connections} of them"),
        "Beep on SQLite",
        number(grown) / 1024.0 / number(connections),
        "KiB",
    );
    program.end().await
}
