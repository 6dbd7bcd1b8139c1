//! Databases: files, databases in the PostgreSQL of the test run, and PostgreSQL servers that a test may break.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
};

use tokio::process::Command;

use super::{Shape, SmallDisk, folder::Folder, network, ports};

/// What a Beep keeps its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Database {
    /// All kinds that can be tested here. Without `BEEP_TEST_POSTGRES_URL` that is SQLite alone: `make test` always
    /// sets it. Services apart are on PostgreSQL.
    #[must_use]
    pub fn all() -> Vec<Self> {
        match (Shape::told(), postgres_url()) {
            (Shape::Apart, _) => vec![Self::Postgres],
            (Shape::Together, Some(_)) => vec![Self::Sqlite, Self::Postgres],
            (Shape::Together, None) => vec![Self::Sqlite],
        }
    }
}

fn postgres_url() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment where PostgreSQL is"
    )]
    std::env::var("BEEP_TEST_POSTGRES_URL").ok()
}

/// A new database in the PostgreSQL of the test run. It goes when the server does.
pub(super) async fn create() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = postgres_url().expect("BEEP_TEST_POSTGRES_URL");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("beep_api_{}_{number}", std::process::id());
    let command = format!("CREATE DATABASE {name}");
    run(Command::new("psql").args([&server, "--quiet", "--command", &command])).await;
    let (base, _) = server.rsplit_once('/').expect("the name of a database");
    format!("{base}/{name}")
}

async fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().await.expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A PostgreSQL server of the test's own, which it may stop and kill. Commits reach the disk.
pub struct Postgres {
    folder: Folder,
    /// Where its data are.
    data: PathBuf,
    address: SocketAddr,
}

impl Postgres {
    /// Starts one. `None` where the tests run without PostgreSQL.
    pub async fn start() -> Option<Self> {
        Self::start_at(ports::free(), None).await
    }

    /// Starts one with its data on this disk.
    pub async fn start_on(disk: &SmallDisk) -> Option<Self> {
        Self::start_at(ports::free(), Some(disk)).await
    }

    /// Starts one at this address, which may be that of a network of the tests.
    pub async fn start_at(address: SocketAddr, disk: Option<&SmallDisk>) -> Option<Self> {
        postgres_url()?;
        let folder = Folder::new();
        let data = disk.map_or_else(|| folder.path(), SmallDisk::path).join("data");
        std::fs::create_dir(&data).unwrap();
        let server = Self { folder, data, address };
        // PostgreSQL refuses to run as root.
        if as_owner().is_some() {
            run(Command::new("chown")
                .arg("postgres")
                .arg(server.folder.path())
                .arg(&server.data))
            .await;
        }
        let options = [
            "--pgdata",
            &server.data(),
            "--username",
            "beep",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ];
        server
            .program("initdb", &[&options[..], &["--locale=C.UTF-8", "--no-sync"]].concat())
            .await;
        let rules = server.data.join("pg_hba.conf");
        let mut rules = std::fs::OpenOptions::new().append(true).open(rules).unwrap();
        writeln!(rules, "host all all {} trust", network::ALL).unwrap();
        server.launch().await;
        Some(server)
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://beep@{}/postgres", self.address)
    }

    fn data(&self) -> String {
        self.data.display().to_string()
    }

    /// Starts it again after [`Postgres::stop`].
    pub async fn launch(&self) {
        let sockets = self.folder.path().display().to_string();
        let (host, port) = (self.address.ip(), self.address.port());
        // Little room is needed for what it keeps twice: its disk may be small.
        let options =
            format!("-p {port} -c listen_addresses={host} -c max_wal_size=64MB -c min_wal_size=32MB -k {sockets}");
        let log = self.folder.path().join("server.log").display().to_string();
        let arguments = [
            "--pgdata",
            &self.data(),
            "--log",
            &log,
            "--options",
            &options,
            "--wait",
            "--silent",
            "start",
        ];
        self.program("pg_ctl", &arguments).await;
    }

    /// Stops it: `fast` ends connections in an orderly way, `immediate` is a crash.
    pub async fn stop(&self, mode: &str) {
        let mode = format!("--mode={mode}");
        self.program(
            "pg_ctl",
            &["--pgdata", &self.data(), &mode, "--wait", "--silent", "stop"],
        )
        .await;
    }

    /// Starts it again if it has ended by itself, as on a full disk.
    pub async fn launch_if_ended(&self) {
        let mut asking = Self::command("pg_ctl", self.folder.path());
        let asked = asking
            .args(["--pgdata", &self.data(), "status"])
            .output()
            .await
            .unwrap();
        if !asked.status.success() {
            self.launch().await;
        }
    }

    async fn program(&self, name: &str, arguments: &[&str]) {
        let mut command = Self::command(name, self.folder.path());
        command.args(arguments);
        // A server that stays must not keep the pipes of the test.
        let log = self.folder.path().join(format!("{name}.log"));
        let file = std::fs::File::create(&log).unwrap();
        let status = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .status()
            .await
            .unwrap();
        assert!(
            status.success(),
            "{name}: {}",
            std::fs::read_to_string(&log).unwrap_or_default()
        );
    }

    fn command(name: &str, folder: &Path) -> Command {
        let mut command = match as_owner() {
            None => Command::new(name),
            Some(owner) => {
                let mut command = Command::new("runuser");
                command.args(["--user", owner, "--"]).arg(name_in_path(name));
                command
            }
        };
        command.current_dir(folder);
        command
    }
}

/// The user that PostgreSQL runs as, when this one is root.
fn as_owner() -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    let own = std::fs::metadata("/proc/self").unwrap().uid();
    (own == 0).then_some("postgres")
}

/// `runuser` looks a program up in a path of its own.
fn name_in_path(name: &str) -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "programs are found by PATH")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.exists())
        .unwrap_or_else(|| panic!("{name} is missing: scripts/with-postgres puts it into PATH"))
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut command = Self::command("pg_ctl", self.folder.path()).into_std();
        let _ = command
            .args(["--pgdata", &self.data(), "--mode=immediate", "--silent", "stop"])
            .stderr(Stdio::null())
            .status();
        self.folder.remove();
    }
}
