//! Builds the services of this process on one database, one bus and their peers, here and elsewhere.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use axum::Router;
use contracts::{
    calls::Service, messages::messages_client::MessagesClient, servers::servers_client::ServersClient,
    storage::storage_client::StorageClient, users::users_client::UsersClient,
};
use platform::{
    auth::{Authenticator, InstanceKey},
    bus::{EventBus, LocalBus, NatsBus, Topics},
    clock::{Clock, Ids},
    db::{Db, NodeLease},
    http::{Readiness, internal::InternalRoutes},
    outbound::Outbound,
    rpc::Admission,
    service::{Context, Task, Wired},
    tls::Tls,
};
use tokio_util::sync::CancellationToken;

use super::{
    documentation::contracts,
    identity::{Endings, Identity},
    keycloak,
    objects::open_objects,
    peers::Peers,
};
use crate::config::{Config, Encryption, EventsUrl, PreviewNetwork};

/// How long an upload may stand still before it is broken off.
const UPLOAD_PACE: Duration = Duration::from_secs(30);

/// The services of this process, wired.
pub(crate) struct Services {
    /// The public routes.
    pub(crate) public: Router,
    /// What other processes may call here, and who gets in; `None` when all services are in this process.
    pub(crate) internal: Option<(InternalRoutes, Admission)>,
    /// How processes show each other who they are, if they do.
    pub(crate) tls: Option<Tls>,
    /// What goes on in the background.
    pub(crate) tasks: Vec<Task>,
    /// To be read when the tasks run, before anybody is let in.
    pub(crate) endings: Endings,
    /// Verifies access tokens.
    pub(crate) authenticator: Authenticator,
    /// Tells the time.
    pub(crate) clock: Clock,
}

/// Opens the database of the configuration, creating the data directory when it is missing.
pub(crate) fn open_database(config: &Config) -> anyhow::Result<Db> {
    let directory = &config.general.data_dir;
    create_private_directory(directory)
        .with_context(|| format!("data_dir = {}: cannot be created", directory.display()))?;
    Db::open(config.database.url.expose(), config.database.pool_size)
        .context("database.url: the database cannot be opened")
}

fn create_private_directory(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Whether any service of this process keeps tables.
pub(crate) fn needs_database(config: &Config) -> bool {
    let keeps = [Service::Users, Service::Servers, Service::Messages];
    config.services().iter().any(|service| keeps.contains(service))
}

/// Wires the services of this process. The database is migrated on the way.
pub(crate) async fn wire(
    config: &Config,
    db: Db,
    public_url: &str,
    readiness: &Readiness,
    shutdown: CancellationToken,
) -> anyhow::Result<Services> {
    wire_at(Clock::system(), config, db, public_url, readiness, shutdown).await
}

/// The same with another clock than the machine's.
pub(crate) async fn wire_at(
    clock: Clock,
    config: &Config,
    db: Db,
    public_url: &str,
    readiness: &Readiness,
    shutdown: CancellationToken,
) -> anyhow::Result<Services> {
    let mut tasks = Vec::new();
    let (ids, lease) = lease_ids(config, &db, &clock, &shutdown).await?;
    tasks.extend(lease);
    let (bus, hearing) = open_bus(config, readiness, &shutdown).await?;
    tasks.extend(hearing);
    let (tls, renewing) = if config.is_apart() {
        open_tls(config, Encryption::Internal, &shutdown).await?.unzip()
    } else {
        (None, None)
    };
    tasks.extend(renewing);
    let (identity, following) = Identity::open(config, public_url, &clock, tls.clone(), &shutdown).await?;
    tasks.extend(following);
    let context = Context {
        db,
        bus,
        ids,
        clock: clock.clone(),
        shutdown: shutdown.clone(),
    };
    // Listens before anything is read, so that no sign-in ends unnoticed.
    let ended = context.bus.subscribe(Topics::Changes).await?;
    let mut peers = Peers::new(config, &identity, tls.clone(), clock.clone(), shutdown.clone());
    let mut public = Router::new();
    for service in config.services() {
        let wired = Wiring {
            config,
            public_url,
            context: &context,
            identity: &identity,
            tls: tls.as_ref(),
            readiness,
        }
        .wire(service, &mut peers)
        .await
        .with_context(|| format!("the {} service cannot start", service.name()))?;
        public = public.merge(wired.public);
        tasks.extend(wired.tasks);
    }
    // Whoever is in this process learns of ended sign-ins; the first of them asks.
    let asks = config.services().first().copied().unwrap_or(Service::Users);
    let endings = Endings {
        users: UsersClient::new(peers.of(asks, Service::Users)),
        authenticator: identity.authenticator.clone(),
        bus: Arc::clone(&context.bus),
        clock: clock.clone(),
    };
    tasks.push(Task::new("platform", endings.clone().follow(ended, shutdown)));
    peers.add_checks(readiness);
    let mut internal = None;
    if config.is_apart() {
        if let Some(tokens) = identity.issuer.clone() {
            let secrets = Service::ALL
                .into_iter()
                .filter_map(|service| Some((service, config.secret_of(service)?.clone())))
                .collect();
            let issuer = users::ServiceIssuer {
                tokens,
                secrets,
                clock: clock.clone(),
            };
            peers.routes.add_plain(issuer.router());
        }
        let admission = Admission::new(public_url, &config.services(), &identity.keys, clock.clone());
        internal = Some((std::mem::take(&mut peers.routes), admission));
    }
    tasks.append(&mut peers.tasks);
    Ok(Services {
        public,
        internal,
        tls,
        tasks,
        endings,
        authenticator: identity.authenticator.clone(),
        clock,
    })
}

/// Ids under a node number of this process's own. A process without tables makes no ids that are kept.
async fn lease_ids(
    config: &Config,
    db: &Db,
    clock: &Clock,
    shutdown: &CancellationToken,
) -> anyhow::Result<(Ids, Option<Task>)> {
    if !needs_database(config) {
        return Ok((Ids::new(clock.clone(), 0), None));
    }
    let lease = NodeLease::take(db, clock).await.context("no node number can be had")?;
    let ids = Ids::new(clock.clone(), lease.node());
    let keeping = lease.keep(ids.clone(), shutdown.clone());
    Ok((ids, Some(Task::new("platform", keeping))))
}

/// Reads the files of the configuration for TLS, if it names any; with the task that reads them again.
pub(super) async fn open_tls(
    config: &Config,
    with: Encryption,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<(Tls, Task)>> {
    let Some(files) = config.tls_files(with) else {
        return Ok(None);
    };
    match Tls::open(files, shutdown.clone()).await {
        Ok(opened) => Ok(Some(opened)),
        Err(error) => bail!("{} = {error}", with.setting(error.kind)),
    }
}

async fn open_bus(
    config: &Config,
    readiness: &Readiness,
    shutdown: &CancellationToken,
) -> anyhow::Result<(Arc<dyn EventBus>, Option<Task>)> {
    let EventsUrl::Nats(url) = &config.internal.events else {
        return Ok((Arc::new(LocalBus::default()), None));
    };
    let names: Vec<_> = config.services().iter().map(|service| service.name()).collect();
    let bus = NatsBus::connect(url, &format!("beep {}", names.join(",")))
        .await
        .context("internal.events: NATS cannot be used")?;
    let asked = bus.clone();
    // Without it events wait, and nothing else: no reason to send requests elsewhere.
    readiness.add_notice("events", move || {
        let connected = asked.is_connected();
        async move {
            if connected {
                Ok(())
            } else {
                Err("NATS does not answer; events wait".to_owned())
            }
        }
    });
    let hearing = bus.keep_hearing(config.services(), shutdown.clone());
    Ok((Arc::new(bus), Some(Task::new("platform", hearing))))
}

/// What every service of this process is built from.
struct Wiring<'a> {
    config: &'a Config,
    public_url: &'a str,
    context: &'a Context,
    identity: &'a Identity,
    tls: Option<&'a Tls>,
    readiness: &'a Readiness,
}

impl Wiring<'_> {
    /// Wires one service and adds its calls to the peers.
    async fn wire(&self, service: Service, peers: &mut Peers<'_>) -> anyhow::Result<Wired<()>> {
        Ok(match service {
            Service::Storage => {
                let objects = open_objects(self.config, self.readiness).await?;
                let wired = storage::wire(storage::Needs { objects });
                peers.add(service, wired.peer);
                without_peer(wired.public, wired.tasks)
            }
            Service::Users => {
                if let Some(settings) = keycloak::settings(self.config, self.tls) {
                    keycloak::add_notice(self.readiness, &settings);
                }
                let wired = users::wire(self.users(peers)?).await?;
                peers.add(service, wired.peer);
                without_peer(wired.public, wired.tasks)
            }
            Service::Servers => {
                let needs = servers::Needs {
                    context: self.context.clone(),
                    users: UsersClient::new(peers.of(service, Service::Users)),
                    storage: StorageClient::new(peers.of(service, Service::Storage)),
                };
                let wired = servers::wire(needs).await?;
                peers.add(service, wired.peer);
                without_peer(wired.public, wired.tasks)
            }
            Service::Messages => {
                let wired = messages::wire(self.messages(peers)?).await?;
                peers.add(service, wired.peer);
                without_peer(wired.public, wired.tasks)
            }
            Service::Search => search::wire(self.search(peers)).await?,
            Service::Gateway => gateway::wire(self.gateway(peers)).await?,
            Service::Edge => self.edge()?,
        })
    }

    /// The front door to the services that are not in this process.
    fn edge(&self) -> anyhow::Result<Wired<()>> {
        let here = self.config.services();
        let pages = self.config.keycloak().map(|_| users::keycloak_paths());
        let pages = pages
            .into_iter()
            .flatten()
            .map(|path| (Service::Users, path.to_owned()));
        let routes: Vec<_> = public_paths()
            .chain(pages)
            .filter(|(service, _)| !here.contains(service))
            .collect();
        let addresses = routes
            .iter()
            .map(|(service, _)| (*service, self.config.public_addresses_of(*service).to_vec()))
            .collect();
        let wired = edge::wire(edge::Needs {
            routes,
            addresses,
            tls: self.tls.cloned(),
            settings: edge::Settings {
                request_timeout: Duration::from_secs(self.config.http.request_timeout_seconds),
                // A service that hangs must not take the room of the others.
                requests_of_each_service: self.config.http.concurrent_requests / 2,
                ..edge::Settings::default()
            },
            shutdown: self.context.shutdown.clone(),
        })?;
        // A service that is missing is told, and is no reason to send people to another edge, which lacks it, too.
        let upstreams = wired.upstreams;
        self.readiness.add_notice("services", move || {
            let missing = upstreams.check();
            async move { missing }
        });
        Ok(without_peer(wired.public, wired.tasks))
    }

    fn users(&self, peers: &mut Peers<'_>) -> anyhow::Result<users::Needs> {
        let identity = &self.config.identity;
        Ok(users::Needs {
            context: self.context.clone(),
            storage: StorageClient::new(peers.of(Service::Users, Service::Storage)),
            tokens: self.identity.issuer.clone().context("the issuer is elsewhere")?,
            key: InstanceKey::open(&identity.instance_key)
                .with_context(|| format!("{}: no secret of the instance", identity.instance_key.display()))?,
            settings: users::Settings {
                public_url: self.public_url.to_owned(),
                registration_open: identity.registration_open,
                refresh_token_lifetime: Duration::from_hours(24 * u64::from(identity.refresh_token_days)),
                password_hash_concurrency: identity.password_hash_concurrency,
                deletion_grace: Duration::from_hours(24 * u64::from(identity.deletion_grace_days)),
                keycloak: keycloak::settings(self.config, self.tls),
                mail: self.config.mail_sender()?,
            },
        })
    }

    fn messages(&self, peers: &mut Peers<'_>) -> anyhow::Result<messages::Needs> {
        let limits = &self.config.rate_limit;
        Ok(messages::Needs {
            context: self.context.clone(),
            users: UsersClient::new(peers.of(Service::Messages, Service::Users)),
            servers: ServersClient::new(peers.of(Service::Messages, Service::Servers)),
            storage: StorageClient::new(peers.of(Service::Messages, Service::Storage)),
            outbound: self.outbound()?,
            settings: messages::Settings {
                public_url: self.public_url.to_owned(),
                messages_per_ten_seconds_per_user: if limits.enabled {
                    limits.messages_per_ten_seconds_per_user
                } else {
                    0
                },
                files: super::file_limits(self.config),
                upload_pace: UPLOAD_PACE,
            },
        })
    }

    fn search(&self, peers: &mut Peers<'_>) -> search::Needs {
        let limits = &self.config.rate_limit;
        search::Needs {
            context: self.context.clone(),
            servers: ServersClient::new(peers.of(Service::Search, Service::Servers)),
            messages: MessagesClient::new(peers.of(Service::Search, Service::Messages)),
            settings: search::Settings {
                directory: self.config.search.directory.clone(),
                searches_per_ten_seconds_per_user: if limits.enabled {
                    limits.searches_per_ten_seconds_per_user
                } else {
                    0
                },
            },
        }
    }

    /// The way to what messages link to, if it is open.
    fn outbound(&self) -> anyhow::Result<Option<Outbound>> {
        let settings = &self.config.messages;
        if !settings.link_previews {
            return Ok(None);
        }
        let networks = &settings.preview_allowed_networks;
        let allowed = networks.iter().map(PreviewNetwork::network).collect();
        // Sites tell by it who looks, and whom to ask about it.
        let user_agent = format!(
            "Mozilla/5.0 (compatible; BeepBot/{}; +{})",
            env!("CARGO_PKG_VERSION"),
            self.public_url
        );
        Ok(Some(
            Outbound::new(&user_agent, allowed).context("links cannot be looked at")?,
        ))
    }

    fn gateway(&self, peers: &mut Peers<'_>) -> gateway::Needs {
        let settings = &self.config.gateway;
        gateway::Needs {
            context: self.context.clone(),
            users: UsersClient::new(peers.of(Service::Gateway, Service::Users)),
            servers: ServersClient::new(peers.of(Service::Gateway, Service::Servers)),
            messages: MessagesClient::new(peers.of(Service::Gateway, Service::Messages)),
            authenticator: self.identity.authenticator.clone(),
            settings: gateway::Settings {
                heartbeat_interval: Duration::from_secs(settings.heartbeat_interval_seconds.into()),
                resume_window: Duration::from_secs(settings.resume_window_seconds.into()),
                max_connections: settings.max_connections,
                public_url: self.public_url.to_owned(),
            },
        }
    }
}

/// Every public path and the service that answers it.
fn public_paths() -> impl Iterator<Item = (Service, String)> {
    let described = contracts().into_iter().flat_map(|(name, contract)| {
        let service = Service::from_name(name);
        let paths: Vec<String> = contract.paths.paths.into_keys().collect();
        paths.into_iter().filter_map(move |path| Some((service?, path)))
    });
    // What standards describe.
    let others = [
        (Service::Users, "/.well-known/openid-configuration"),
        (Service::Users, platform::auth::KEYS_PATH),
    ];
    described.chain(others.map(|(service, path)| (service, path.to_owned())))
}

fn without_peer(public: Router, tasks: Vec<Task>) -> Wired<()> {
    Wired {
        public,
        peer: (),
        tasks,
    }
}

/// What `/readyz` asks.
pub(crate) fn add_checks(readiness: &Readiness, db: &Db) {
    let db = db.clone();
    readiness.add("database", move || {
        let db = db.clone();
        async move {
            db.ping().await.map_err(|_| "the database does not answer".to_owned())?;
            let refused = |error| format!("the database cannot be written: {error}");
            db.check_writes().await.map_err(refused)
        }
    });
}
