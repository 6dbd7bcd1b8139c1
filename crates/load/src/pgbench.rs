//! `pgbench` inserting the row of a message into the same `PostgreSQL`: the floor under creating a message.

use std::{
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::process::Command;

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The tables and indices of `crates/messages/migrations`, and one row as Beep writes it.
const TABLES: &str = include_str!("../../messages/migrations/V1__messages.sql");
const SCRIPT: &str = "\
\\set id random(1, 9000000000000000)
INSERT INTO messages (server_id, channel_id, id, seq, author_id, content, nonce, created_at)
VALUES (383586740662702080, 383586740662702081, :id, :id, 383586740662702082,
        'A message of usual length, as people write them all day long.', 'b-' || :id, 1795521600000);
";

/// What `pgbench` found out.
pub(crate) struct Found {
    pub(crate) per_second: f64,
    pub(crate) latency_average_ms: f64,
}

/// Creates a database beside the one of `server` and answers its address.
pub(crate) async fn create_database(server: &str) -> anyhow::Result<String> {
    let name = format!(
        "bench_{}_{}",
        std::process::id(),
        DATABASES.fetch_add(1, Ordering::Relaxed)
    );
    psql(server, &format!("CREATE DATABASE {name}")).await?;
    let (base, _) = server.rsplit_once('/').context("an address with a database")?;
    Ok(format!("{base}/{name}"))
}

/// Inserts for a while with so many clients.
pub(crate) async fn run(server: &str, clients: usize, taken: Duration) -> anyhow::Result<Found> {
    let database = create_database(server).await?;
    psql(&database, TABLES).await?;
    let folder = TempDir::new()?;
    let script = folder.path().join("insert.sql");
    std::fs::write(&script, SCRIPT)?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", taken.as_secs()))
        .arg("--file")
        .arg(&script)
        .arg(&database)
        .output()
        .await
        .context("pgbench does not start")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(Found {
        per_second: after(&text, "tps = ")?,
        latency_average_ms: after(&text, "latency average = ")?,
    })
}

/// The number that stands behind `label`.
fn after(text: &str, label: &str) -> anyhow::Result<f64> {
    let (_, rest) = text
        .split_once(label)
        .with_context(|| format!("pgbench says no {label}"))?;
    let digits = rest.split_whitespace().next().unwrap_or_default();
    digits.parse().with_context(|| format!("not a number: {digits}"))
}

async fn psql(database: &str, sql: &str) -> anyhow::Result<()> {
    let status = Command::new("psql")
        .args([
            "--quiet",
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            "--command",
            sql,
            database,
        ])
        .stdout(Stdio::null())
        .status()
        .await
        .context("psql does not start")?;
    if !status.success() {
        bail!("psql failed");
    }
    Ok(())
}
