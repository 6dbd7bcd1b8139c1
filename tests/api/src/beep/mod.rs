//! A started Beep. A test gets an address and parts that it may stop, kill and start again; how many processes answer
//! behind the address is nothing that it needs to know.

mod apart;
mod certificates;
mod database;
mod disk;
mod folder;
mod network;
mod passage;
mod ports;
mod process;
mod shape;
mod shared;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Mutex,
    time::Duration,
};

pub use apart::NATS;
use certificates::Certificates;
pub use certificates::{Shown, foreign_server};
pub use database::{Database, Postgres};
pub use disk::SmallDisk;
use folder::Folder;
pub use network::{HERE, HOST, Network};
pub use passage::Passage;
pub use ports::free as free_address;
use process::{Launch, Process};
use shape::Instances;
pub use shape::Shape;
pub use shared::{Shared, shared};

use crate::patience;

/// How long a part may take to become ready. A debug build on a busy machine takes its time.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// How a Beep is to be started.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    settings: Vec<(String, String)>,
    data_folder: Option<PathBuf>,
    database_url: Option<String>,
    instances: Instances,
    network: Option<Network>,
    https: bool,
    open_files: Option<u32>,
    address: Option<SocketAddr>,
}

impl Setup {
    /// With this setting, by its environment variable without `BEEP_`: `GATEWAY__HEARTBEAT_INTERVAL_SECONDS`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((format!("BEEP_{name}"), value.to_owned()));
        self
    }

    /// Where an account is erased as soon as somebody asks for it.
    #[must_use]
    pub fn without_grace(self) -> Self {
        self.with("IDENTITY__DELETION_GRACE_DAYS", "0")
    }

    /// With previews of links, which may lead to 127.0.0.1.
    #[must_use]
    pub fn with_previews(self) -> Self {
        self.with("MESSAGES__LINK_PREVIEWS", "true")
            .with("MESSAGES__PREVIEW_ALLOWED_NETWORKS", "127.0.0.1")
    }

    /// With its data in this folder, which outlives it.
    #[must_use]
    pub fn in_folder(mut self, folder: PathBuf) -> Self {
        self.data_folder = Some(folder);
        self
    }

    /// Where so many open files are granted to each process that does not ask for more.
    #[must_use]
    pub fn with_open_files(mut self, number: u32) -> Self {
        self.open_files = Some(number);
        self
    }

    /// On this database instead of a new one.
    #[must_use]
    pub fn on(mut self, database_url: &str) -> Self {
        self.database_url = Some(database_url.to_owned());
        self
    }

    /// Where one process answers, instead of at a free address.
    #[must_use]
    pub fn at(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// With its public listener speaking HTTPS, when it is one process. Tests speak to it as to any other.
    #[must_use]
    pub fn with_https(mut self) -> Self {
        self.https = true;
        self
    }

    /// Starts it, in the shape that the tests are told, and waits until it is ready. Whoever asks for a folder gets one
    /// process.
    pub async fn start(self, database: Database) -> Beep {
        match Shape::told() {
            Shape::Apart if self.data_folder.is_none() => self.start_apart().await,
            _ => self.start_together(database).await,
        }
    }

    /// Starts one process with everything in it, and waits until it is ready.
    pub async fn start_together(self, database: Database) -> Beep {
        let folder = Folder::new();
        let data_folder = self.data_folder.unwrap_or_else(|| folder.path().join("data"));
        let address = self.address.unwrap_or_else(ports::free);
        let mut arguments = vec![
            "serve".to_owned(),
            "--listen".to_owned(),
            address.to_string(),
            "--data-dir".to_owned(),
            data_folder.display().to_string(),
        ];
        let url = match (self.database_url, database) {
            (Some(url), _) => Some(url),
            (None, Database::Sqlite) => None,
            (None, Database::Postgres) => Some(database::create().await),
        };
        if let Some(url) = &url {
            arguments.extend(["--database-url".to_owned(), url.clone()]);
        }
        // Tests reach nothing but this machine, whatever links they write.
        let mut settings = vec![
            ("BEEP_RATE_LIMIT__ENABLED".to_owned(), "false".to_owned()),
            ("BEEP_MESSAGES__LINK_PREVIEWS".to_owned(), "false".to_owned()),
        ];
        let certificates = self
            .https
            .then(|| Certificates::new(folder.path(), &[Ipv4Addr::LOCALHOST.into()].into()));
        if let Some(certificates) = &certificates {
            settings.extend(certificates.settings("HTTP", false));
        }
        let passage = certificates
            .as_ref()
            .map(|certificates| Passage::to(address, certificates.client(Shown::Nothing)));
        settings.extend(self.settings);
        let launch = Launch {
            program: None,
            arguments,
            settings,
            open_files: self.open_files,
            namespace: None,
            log: folder.path().join("beep.log"),
        };
        let database_url = url.unwrap_or_else(|| format!("sqlite://{}", data_folder.join("beep.db").display()));
        let part = Part {
            name: "beep".to_owned(),
            service: "beep",
            address,
            passage,
            launch,
            process: Mutex::new(None),
        };
        let beep = Beep {
            address: part.entrance(),
            database,
            database_url,
            parts: vec![part],
            certificates,
            folder,
        };
        beep.start_all().await;
        beep
    }
}

/// A process of a Beep.
struct Part {
    name: String,
    /// What it is an instance of.
    service: &'static str,
    /// Where it answers `/readyz`.
    address: SocketAddr,
    /// There is one where it speaks TLS there.
    passage: Option<Passage>,
    launch: Launch,
    process: Mutex<Option<Process>>,
}

impl Part {
    /// Where tests reach it without TLS.
    fn entrance(&self) -> SocketAddr {
        self.passage.as_ref().map_or(self.address, |passage| passage.address)
    }
}

/// A started Beep. Everything that belongs to it ends with this value.
pub struct Beep {
    /// Where clients find it.
    pub address: SocketAddr,
    /// What it keeps its data in.
    pub database: Database,
    /// The address of its database.
    pub database_url: String,
    parts: Vec<Part>,
    certificates: Option<Certificates>,
    folder: Folder,
}

impl Beep {
    /// Starts a Beep with nothing set.
    pub async fn start(database: Database) -> Self {
        Setup::default().start(database).await
    }

    /// The names of its parts.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.parts.iter().map(|part| part.name.as_str()).collect()
    }

    /// The names of its own processes: all parts but NATS.
    #[must_use]
    pub fn processes(&self) -> Vec<&str> {
        self.parts().into_iter().filter(|name| *name != NATS).collect()
    }

    /// The names of the instances of a service.
    #[must_use]
    pub fn instances_of(&self, service: &str) -> Vec<&str> {
        let instances = self.parts.iter().filter(|part| part.service == service);
        instances.map(|part| part.name.as_str()).collect()
    }

    /// Where a part answers requests by itself; if it does so with TLS, a passage to it.
    #[must_use]
    pub fn address_of(&self, name: &str) -> SocketAddr {
        self.part(name).entrance()
    }

    /// Where a part listens, with TLS or without.
    #[must_use]
    pub fn listens_at(&self, name: &str) -> SocketAddr {
        self.part(name).address
    }

    /// A way to a part that speaks TLS, for a client who shows this.
    #[must_use]
    pub fn passage_to(&self, name: &str, shows: Shown) -> Passage {
        let certificates = self.certificates.as_ref().expect("parts that speak TLS");
        Passage::to(self.part(name).address, certificates.client(shows))
    }

    /// What a part is told by the variable of this name.
    #[must_use]
    pub fn told(&self, name: &str, variable: &str) -> Option<&str> {
        let settings = self.part(name).launch.settings.iter();
        let mut told = settings.rev().filter(|(told, _)| told == variable);
        told.next().map(|(_, value)| value.as_str())
    }

    /// A way to where a part takes the calls of the others.
    #[must_use]
    pub fn passage_inside(&self, name: &str, shows: Shown) -> Passage {
        let listens = self.told(name, "BEEP_INTERNAL__LISTEN").and_then(|at| at.parse().ok());
        let certificates = self.certificates.as_ref().expect("parts that speak TLS");
        Passage::to(listens.expect("where it listens"), certificates.client(shows))
    }

    /// The base of its public URLs.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What its processes have logged.
    #[must_use]
    pub fn log(&self) -> String {
        let logs = self.parts.iter().map(|part| {
            let bytes = std::fs::read(&part.launch.log).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        logs.collect()
    }

    fn part(&self, name: &str) -> &Part {
        self.parts
            .iter()
            .find(|part| part.name == name)
            .expect("a part of that name")
    }

    /// Another command of the program than to serve, as an administrator gives it beside this part: `search rebuild`.
    #[must_use]
    pub fn command(&self, name: &str, words: &[&str]) -> std::process::Command {
        process::command(&self.part(name).launch, words)
    }

    /// Kills a part as `kill -9` does: it gets no chance to finish anything.
    pub fn kill(&self, name: &str) {
        let process = self.part(name).process.lock().unwrap().take();
        process.expect("the part runs").kill();
    }

    /// Asks a part to stop, as service managers do (SIGTERM), and answers with its exit code. `None`: a signal ended it.
    pub async fn stop(&self, name: &str) -> Option<i32> {
        let process = self.part(name).process.lock().unwrap().take();
        process.expect("the part runs").stop().await
    }

    /// Lets a part stand still, as if its machine had; it keeps its connections (SIGSTOP).
    pub fn pause(&self, name: &str) {
        self.signal(name, "STOP");
    }

    /// Lets a part that stands still go on.
    pub fn unpause(&self, name: &str) {
        self.signal(name, "CONT");
    }

    /// Sends a part a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str, signal: &str) {
        let process = self.part(name).process.lock().unwrap();
        process.as_ref().expect("the part runs").signal(signal);
    }

    /// Starts a part that was killed or stopped again, on the same address and data, and waits until it is ready.
    pub async fn restart(&self, name: &str) {
        self.launch(name);
        self.wait_until_ready(name).await;
    }

    /// Starts a part without waiting for it.
    pub fn launch(&self, name: &str) {
        let part = self.part(name);
        let mut process = part.process.lock().unwrap();
        assert!(process.is_none(), "{name} runs already");
        *process = Some(Process::start(&part.launch));
    }

    async fn start_all(&self) {
        for name in self.parts() {
            self.launch(name);
        }
        for name in self.parts() {
            self.wait_until_ready(name).await;
        }
    }

    /// Waits until the part says that it is ready.
    pub async fn wait_until_ready(&self, name: &str) {
        if name == NATS {
            return self.wait_until_connectable(name).await;
        }
        let part = self.part(name);
        let url = format!("http://{}/readyz", part.entrance());
        let client = reqwest::Client::new();
        patience::until(READY_WITHIN, &format!("{name} is ready"), async || {
            if let Some(process) = part.process.lock().unwrap().as_mut() {
                process.assert_alive();
            }
            let answer = client.get(&url).send().await.ok()?;
            (answer.status() == 200).then_some(())
        })
        .await;
    }

    async fn wait_until_connectable(&self, name: &str) {
        let address = self.part(name).address;
        patience::until(READY_WITHIN, &format!("{name} takes connections"), async || {
            tokio::net::TcpStream::connect(address).await.ok()
        })
        .await;
    }

    /// Shows the ends of the logs; for tests that fail.
    fn show_logs(&self) {
        for part in &self.parts {
            let text = std::fs::read(&part.launch.log).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            // A line for each request would bury what matters.
            let lines: Vec<&str> = text
                .lines()
                .filter(|line| !line.contains(r#""kind":"access""#))
                .collect();
            let from = lines.len().saturating_sub(20);
            eprintln!("--- the last lines of {} on {:?}:", part.name, self.database);
            for line in &lines[from..] {
                eprintln!("{}", line.chars().take(400).collect::<String>());
            }
        }
    }
}

impl Drop for Beep {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.show_logs();
        }
        for part in &self.parts {
            part.process.lock().ok().and_then(|mut process| process.take());
        }
        self.folder.remove();
    }
}
