//! The Beep that is measured: the release build, started on a free port with a database of its own.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use platform::db::Db;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{Bench, http::Connection, pgbench};

/// It may have much to index when it starts.
const PATIENCE: Duration = Duration::from_mins(5);
/// Processes that `scripts/apart` starts behind the edge; the port of each is one above the last.
const SERVICES: u16 = 7;

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

/// What a Beep leaves behind when it ends, for the next.
pub(crate) struct Ground {
    /// Where it listens: access tokens are good there.
    address: SocketAddr,
    data: TempDir,
    /// Its database, as `--database-url` takes it.
    url: String,
}

impl Ground {
    /// A new database.
    pub(crate) async fn new(database: &Database) -> anyhow::Result<Self> {
        let data = TempDir::new()?;
        let url = match database {
            Database::Sqlite => format!("sqlite://{}", data.path().join("beep.db").display()),
            Database::Postgres(server) => pgbench::create_database(server).await?,
        };
        let address = free_address()?;
        Ok(Self { address, data, url })
    }

    /// The database, while no Beep runs on it.
    pub(crate) fn open(&self) -> anyhow::Result<Db> {
        Ok(Db::open(&self.url, 1)?)
    }
}

/// A running Beep; it ends with this value.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    /// What is asked to end it, since it has processes of its own.
    group: Option<Group>,
    ground: Ground,
}

/// The group of the processes that `scripts/apart` started. They are asked to stop with this value.
struct Group(u32);

impl Drop for Group {
    fn drop(&mut self) {
        let ask = ["-s", "TERM", &self.0.to_string()];
        // Nothing can be done for processes that are gone already.
        let _ = std::process::Command::new("kill")
            .args(ask)
            .stderr(Stdio::null())
            .status();
    }
}

impl Program {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(bench: &Bench, database: &Database) -> anyhow::Result<Self> {
        Self::start_on(bench, Ground::new(database).await?).await
    }

    /// Starts it on what another left.
    pub(crate) async fn start_on(bench: &Bench, ground: Ground) -> anyhow::Result<Self> {
        let address = ground.address;
        let mut command = Command::new(&bench.binary);
        command
            .args(["serve", "--listen", &address.to_string(), "--database-url", &ground.url])
            .arg("--data-dir")
            .arg(ground.data.path())
            .env("BEEP_RATE_LIMIT__ENABLED", "false")
            .env("BEEP_TELEMETRY__LOG_LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let child = command.spawn().context("Beep does not start")?;
        let program = Self {
            address,
            child,
            group: None,
            ground,
        };
        wait_until_ready(program.address).await?;
        Ok(program)
    }

    /// Starts every service as a process of its own, two of `messages` and two of the gateway, with NATS and the edge, over a
    /// new database of `server`, and waits until all are ready. Traces go to `collector`.
    pub(crate) async fn start_apart(bench: &Bench, server: &str, collector: Option<&str>) -> anyhow::Result<Self> {
        let data = TempDir::new()?;
        let address = address_with_room()?;
        let mut command = Command::new("scripts/apart");
        command
            .arg("--inside")
            .env("BEEP_TEST_BINARY", std::path::absolute(&bench.binary)?)
            .env("BEEP_TEST_POSTGRES_URL", server)
            .env("BEEP_TEST_PORT", address.port().to_string())
            .env("BEEP_TEST_DATA", data.path())
            .env("BEEP_RATE_LIMIT__ENABLED", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        if let Some(endpoint) = collector {
            command.env("BEEP_TELEMETRY__OTLP_ENDPOINT", endpoint);
        }
        let child = command.spawn().context("scripts/apart does not start")?;
        let group = child.id().map(Group);
        let program = Self {
            address,
            child,
            group,
            ground: Ground {
                address,
                data,
                url: server.to_owned(),
            },
        };
        // The edge starts last.
        wait_until_ready(program.address).await?;
        Ok(program)
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
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        self.leave().await.map(|_| ())
    }

    /// The same, and answers what it leaves.
    pub(crate) async fn leave(mut self) -> anyhow::Result<Ground> {
        if let Some(group) = self.group.take() {
            drop(group);
            tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        } else {
            self.child.kill().await?;
        }
        Ok(self.ground)
    }
}

/// Waits until the process at the address says that it is ready.
async fn wait_until_ready(address: SocketAddr) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(mut connection) = Connection::open(address).await
            && matches!(connection.get("/readyz", None).await, Ok(answer) if answer.status == 200)
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    bail!("Beep was not ready within {} s", PATIENCE.as_secs())
}

/// An address at which nobody listens, nor at those that `scripts/apart` counts from it.
fn address_with_room() -> anyhow::Result<SocketAddr> {
    /// Below the ports that the system gives away by itself.
    const LOWEST: u16 = 20_000;
    const NATS: u16 = 500;
    const INTERNAL: u16 = 1_000;
    let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let all_free = |port: &u16| {
        let processes = (0..=SERVICES).flat_map(|offset| [offset, INTERNAL + offset]);
        processes.chain([NATS]).all(|offset| is_free(port + offset))
    };
    let port = (LOWEST..LOWEST + NATS)
        .step_by(usize::from(SERVICES) + 1)
        .find(all_free)
        .context("no free ports")?;
    Ok((Ipv4Addr::LOCALHOST, port).into())
}

/// An address that nobody listens at.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
