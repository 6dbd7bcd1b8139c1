//! The Beep that is measured: the release build, started on a free port with a database of its own.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{Bench, http::Connection, pgbench};

const PATIENCE: Duration = Duration::from_secs(30);

/// What Beep keeps its data in.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// A file.
    Sqlite,
    /// A server, by the address at which databases may be created.
    Postgres(String),
}

impl Database {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// A running Beep; it ends with this value.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    _data: TempDir,
}

impl Program {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(bench: &Bench, database: &Database) -> anyhow::Result<Self> {
        let data = TempDir::new()?;
        let address = free_address()?;
        let mut command = Command::new(&bench.binary);
        command
            .args(["serve", "--listen", &address.to_string(), "--data-dir"])
            .arg(data.path())
            .env("BEEP_RATE_LIMIT__ENABLED", "false")
            .env("BEEP_TELEMETRY__LOG_LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        if let Database::Postgres(server) = database {
            command.args(["--database-url", &pgbench::create_database(server).await?]);
        }
        let child = command.spawn().context("Beep does not start")?;
        let program = Self {
            address,
            child,
            _data: data,
        };
        program.wait_until_ready().await?;
        Ok(program)
    }

    async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Ok(mut connection) = Connection::open(self.address).await
                && matches!(connection.get("/readyz", None).await, Ok(answer) if answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("Beep was not ready within {} s", PATIENCE.as_secs())
    }

    /// Memory of the process that is in use, in bytes.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        let id = self.child.id().context("Beep has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes: u64 = line
            .and_then(|line| line.split_whitespace().next())
            .context("the system tells no memory")?
            .parse()?;
        Ok(kilobytes * 1024)
    }

    /// Ends it and waits for that.
    pub(crate) async fn end(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

/// An address that nobody listens at.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
