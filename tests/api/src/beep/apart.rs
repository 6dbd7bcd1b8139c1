//! The other shape of Beep: every service a process of its own, or several, with NATS between them and the edge in front.

use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
    sync::Mutex,
};

use super::{
    Beep, Certificates, Database, Network, Part, Passage, Setup, Shown, database, folder::Folder, ports,
    process::Launch,
};

/// The event bus among the parts.
pub const NATS: &str = "nats";

/// One process of Beep.
struct Instance {
    name: String,
    service: &'static str,
    /// Where it answers requests.
    public: SocketAddr,
    /// Where it takes the others' calls.
    internal: SocketAddr,
}

impl Setup {
    /// With so many instances of a service, when services are apart.
    #[must_use]
    pub fn with_instances(mut self, service: &str, number: usize) -> Self {
        self.instances.set(service, number);
        self
    }

    /// With every part at an address of its own in this network, when services are apart.
    #[must_use]
    pub fn in_network(mut self, network: &Network) -> Self {
        self.network = Some(network.clone());
        self
    }

    /// Starts every service as a process of its own on a new database in PostgreSQL, and waits until all are ready.
    pub async fn start_apart(self) -> Beep {
        let folder = Folder::new();
        let url = match &self.database_url {
            Some(url) => url.clone(),
            None => database::create().await,
        };
        let instances = self.instances();
        let nats = self.nats(&folder);
        let addresses = instances.iter().map(|instance| instance.public.ip()).collect();
        let certificates = Certificates::new(folder.path(), &addresses);
        let mut settings = self.settings_of(&url, nats.address, &instances, &folder);
        settings.extend(certificates.settings("INTERNAL", true));
        let edge = instances.last().expect("an edge").public;
        let mut parts = vec![nats];
        let part = |instance| self.part(instance, &settings, &certificates, &folder);
        parts.extend(instances.iter().map(part));
        let beep = Beep {
            address: edge,
            database: Database::Postgres,
            database_url: url,
            parts,
            certificates: Some(certificates),
            folder,
        };
        beep.start_all().await;
        beep
    }

    /// The processes in the order in which they are started. An instance has the name of its service, with a number where
    /// there are several.
    fn instances(&self) -> Vec<Instance> {
        let services = self.instances.all().into_iter();
        let names = services.flat_map(|(service, number)| {
            (1..=number).map(move |which| match number {
                1 => (service, service.to_owned()),
                _ => (service, format!("{service}-{which}")),
            })
        });
        let instance = |(service, name): (&'static str, String)| {
            let (public, internal) = match &self.network {
                None => (ports::free(), ports::free()),
                Some(network) => {
                    let address = network.join(&name);
                    (SocketAddr::from((address, 8080)), SocketAddr::from((address, 9080)))
                }
            };
            Instance {
                name,
                service,
                public,
                internal,
            }
        };
        names.map(instance).collect()
    }

    /// What all processes are told.
    fn settings_of(
        &self,
        url: &str,
        nats: SocketAddr,
        instances: &[Instance],
        folder: &Folder,
    ) -> Vec<(String, String)> {
        let edge = instances.last().expect("an edge").public;
        let edges = instances.iter().filter(|instance| instance.service == "edge");
        let proxies: BTreeSet<String> = edges.map(|edge| edge.public.ip().to_string()).collect();
        let proxies: Vec<String> = proxies.into_iter().collect();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut settings: Vec<(String, String)> = [
            ("RATE_LIMIT__ENABLED", "false".to_owned()),
            ("MESSAGES__LINK_PREVIEWS", "false".to_owned()),
            ("DATABASE__URL", url.to_owned()),
            // Several processes share what one has to itself.
            ("DATABASE__POOL_SIZE", "6".to_owned()),
            ("PUBLIC_URL", public_url(edge)),
            ("INTERNAL__EVENTS", format!("nats://{nats}")),
            ("HTTP__TRUSTED_PROXIES", proxies.join(",")),
            // What instances of one service share.
            ("IDENTITY__SIGNING_KEY", path("signing-key.pem")),
            ("IDENTITY__INSTANCE_KEY", path("instance-key")),
            ("STORAGE__DIRECTORY", path("files")),
        ]
        .map(|(name, value)| (format!("BEEP_{name}"), value))
        .into();
        let mut places: HashMap<&str, (Vec<String>, Vec<String>)> = HashMap::new();
        for instance in instances {
            let (public, internal) = places.entry(instance.service).or_default();
            public.push(format!("https://{}", instance.public));
            internal.push(format!("https://{}", instance.internal));
        }
        for (service, (public, internal)) in places {
            let name = service.to_uppercase();
            let secret = format!("{:032x}", number_for(service));
            settings.push((format!("BEEP_INTERNAL__{name}_SECRET"), secret));
            if service != "edge" {
                settings.push((format!("BEEP_EDGE__{name}"), public.join(",")));
            }
            if !["search", "gateway", "edge"].contains(&service) {
                settings.push((format!("BEEP_PEERS__{name}"), internal.join(",")));
            }
        }
        settings.extend(self.settings.iter().cloned());
        settings
    }

    /// The event bus, which keeps what it must in a folder of its own.
    fn nats(&self, folder: &Folder) -> Part {
        let address = match &self.network {
            None => ports::free(),
            Some(network) => SocketAddr::from((network.join(NATS), 4222)),
        };
        let host = address.ip().to_string();
        let store = folder.path().join(NATS).display().to_string();
        let port = address.port().to_string();
        let arguments = ["--addr", &host, "--port", &port, "--jetstream", "--store_dir", &store];
        Part {
            name: NATS.to_owned(),
            service: NATS,
            address,
            passage: None,
            launch: Launch {
                program: Some("nats-server"),
                arguments: arguments.map(str::to_owned).to_vec(),
                settings: Vec::new(),
                open_files: None,
                namespace: self.network.as_ref().map(|_| NATS.to_owned()),
                log: folder.path().join("nats.log"),
            },
            process: Mutex::new(None),
        }
    }

    fn part(
        &self,
        instance: &Instance,
        settings: &[(String, String)],
        certificates: &Certificates,
        folder: &Folder,
    ) -> Part {
        let data = folder.path().join(&instance.name).display().to_string();
        let mut settings = settings.to_vec();
        // Browsers come to the edge, and only the edge to the others.
        let is_behind = instance.service != "edge";
        if is_behind {
            settings.extend(certificates.settings("HTTP", true));
        }
        settings.push(("BEEP_INTERNAL__LISTEN".to_owned(), instance.internal.to_string()));
        let listen = instance.public.to_string();
        let arguments = [
            "serve",
            "--target",
            instance.service,
            "--listen",
            &listen,
            "--data-dir",
            &data,
        ];
        Part {
            name: instance.name.clone(),
            service: instance.service,
            address: instance.public,
            passage: is_behind.then(|| Passage::to(instance.public, certificates.client(Shown::Ours))),
            launch: Launch {
                program: None,
                arguments: arguments.map(str::to_owned).to_vec(),
                settings,
                open_files: self.open_files,
                namespace: self.network.as_ref().map(|_| instance.name.clone()),
                log: folder.path().join(format!("{}.log", instance.name)),
            },
            process: Mutex::new(None),
        }
    }
}

/// A number that differs from service to service and from run to run.
fn number_for(service: &str) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(service)
}

/// Where browsers find Beep: by a name where there is one, since they ask for passkeys there alone.
fn public_url(edge: SocketAddr) -> String {
    if edge.ip().is_loopback() {
        format!("http://localhost:{}", edge.port())
    } else {
        format!("http://{edge}")
    }
}
