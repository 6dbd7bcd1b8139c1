//! The other shape of Beep: every service a process of its own, NATS between them, the edge in front.

use std::{net::SocketAddr, sync::Mutex};

use super::{Beep, Database, Part, Setup, database, folder::Folder, ports, process::Launch};

/// The processes, one for each service, in the order in which they are started.
const PROCESSES: [&str; 6] = ["storage", "users", "servers", "messages", "gateway", "edge"];

/// The event bus among the parts.
pub const NATS: &str = "nats";

impl Setup {
    /// Starts every service as a process of its own on a new database in PostgreSQL, and waits until all are ready.
    pub async fn start_apart(self) -> Beep {
        let folder = Folder::new();
        let url = match &self.database_url {
            Some(url) => url.clone(),
            None => database::create().await,
        };
        let nats = ports::free();
        let places: Vec<(SocketAddr, SocketAddr)> = PROCESSES.iter().map(|_| (ports::free(), ports::free())).collect();
        let settings = self.settings_of(&url, nats, &places);
        let mut parts = vec![Part {
            name: NATS,
            address: nats,
            launch: Launch {
                program: Some("nats-server"),
                arguments: ["--addr", "127.0.0.1", "--port", &nats.port().to_string()]
                    .map(str::to_owned)
                    .to_vec(),
                settings: Vec::new(),
                log: folder.path().join("nats.log"),
            },
            process: Mutex::new(None),
        }];
        for (name, (public, internal)) in PROCESSES.into_iter().zip(&places) {
            let data = folder.path().join(name).display().to_string();
            let mut settings = settings.clone();
            settings.push(("BEEP_INTERNAL__LISTEN".to_owned(), internal.to_string()));
            let arguments = [
                "serve",
                "--target",
                name,
                "--listen",
                &public.to_string(),
                "--data-dir",
                &data,
            ];
            parts.push(Part {
                name,
                address: *public,
                launch: Launch {
                    program: None,
                    arguments: arguments.map(str::to_owned).to_vec(),
                    settings,
                    log: folder.path().join(format!("{name}.log")),
                },
                process: Mutex::new(None),
            });
        }
        let edge = parts.last().expect("the edge").address;
        let beep = Beep {
            address: edge,
            database: Database::Postgres,
            database_url: url,
            parts,
            folder,
        };
        beep.start_all().await;
        beep
    }

    /// What all processes are told.
    fn settings_of(&self, url: &str, nats: SocketAddr, places: &[(SocketAddr, SocketAddr)]) -> Vec<(String, String)> {
        let edge = places.last().expect("the edge").0;
        let mut settings = vec![
            ("BEEP_RATE_LIMIT__ENABLED".to_owned(), "false".to_owned()),
            ("BEEP_DATABASE__URL".to_owned(), url.to_owned()),
            // Several processes share what one has to itself.
            ("BEEP_DATABASE__POOL_SIZE".to_owned(), "6".to_owned()),
            ("BEEP_PUBLIC_URL".to_owned(), format!("http://{edge}")),
            ("BEEP_INTERNAL__EVENTS".to_owned(), format!("nats://{nats}")),
            ("BEEP_HTTP__TRUSTED_PROXIES".to_owned(), "127.0.0.1".to_owned()),
        ];
        for (service, (public, internal)) in PROCESSES.into_iter().zip(places) {
            let name = service.to_uppercase();
            settings.push((
                format!("BEEP_INTERNAL__{name}_SECRET"),
                format!("{:032x}", number_for(service)),
            ));
            if service != "edge" {
                settings.push((format!("BEEP_EDGE__{name}"), format!("http://{public}")));
            }
            if !["gateway", "edge"].contains(&service) {
                settings.push((format!("BEEP_PEERS__{name}"), format!("http://{internal}")));
            }
        }
        settings.extend(self.settings.iter().cloned());
        settings
    }
}

/// A number that differs from service to service and from run to run.
fn number_for(service: &str) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(service)
}
