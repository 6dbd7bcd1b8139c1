//! Builds every service of this process on one database, one bus and one another.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::Router;
use contracts::{
    servers::servers_client::ServersClient,
    storage::storage_client::StorageClient,
    users::{ListEndedSignInsRequest, users_client::UsersClient},
};
use model::{SessionId, Timestamp};
use platform::{
    auth::{Authenticator, RevokedSessions, TokenIssuer},
    bus::{Delivery, LocalBus, Subscription, Topics},
    clock::{Clock, Ids},
    db::Db,
    http::Readiness,
    objects::LocalObjects,
    rpc,
    service::{Context, Task},
};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// The node number of a process that is alone with its database.
const NODE: u16 = 1;
/// How often ended sign-ins are forgotten whose tokens have expired.
const FORGET_EVERY: Duration = Duration::from_mins(5);

/// All services, wired.
pub(crate) struct Services {
    /// The public routes of all services.
    pub(crate) public: Router,
    /// What goes on in the background.
    pub(crate) tasks: Vec<Task>,
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

/// Wires all services. The database is migrated on the way.
pub(crate) async fn wire(
    config: &Config,
    db: Db,
    public_url: &str,
    shutdown: CancellationToken,
) -> anyhow::Result<Services> {
    wire_at(Clock::system(), config, db, public_url, shutdown).await
}

/// The same with another clock than the machine's.
pub(crate) async fn wire_at(
    clock: Clock,
    config: &Config,
    db: Db,
    public_url: &str,
    shutdown: CancellationToken,
) -> anyhow::Result<Services> {
    let bus = Arc::new(LocalBus::default());
    let context = Context {
        db,
        bus,
        ids: Ids::new(clock.clone(), NODE),
        clock: clock.clone(),
        shutdown,
    };
    let lifetime = Duration::from_secs(config.identity.access_token_seconds.into());
    let key = config.general.data_dir.join("signing-key.pem");
    let tokens =
        TokenIssuer::open(&key, public_url, lifetime).with_context(|| format!("{}: no signing key", key.display()))?;
    let authenticator = Authenticator::new(public_url, &tokens.jwks(), RevokedSessions::default());

    let objects = LocalObjects::open(&config.storage.directory).with_context(|| {
        format!(
            "storage.directory = {}: cannot be used",
            config.storage.directory.display()
        )
    })?;
    let storage = storage::wire(storage::Needs { objects });
    let users = users::wire(users::Needs {
        context: context.clone(),
        storage: StorageClient::new(rpc::in_process(storage.peer)),
        tokens,
        settings: users::Settings {
            public_url: public_url.to_owned(),
            registration_open: config.identity.registration_open,
            refresh_token_lifetime: Duration::from_hours(24 * u64::from(config.identity.refresh_token_days)),
            password_hash_concurrency: config.identity.password_hash_concurrency,
        },
    })
    .await?;
    let users_client = UsersClient::new(rpc::in_process(users.peer));
    refuse_ended_sign_ins(&users_client, &authenticator, clock.now()).await?;
    let servers = servers::wire(servers::Needs {
        context: context.clone(),
        users: users_client.clone(),
    })
    .await?;
    let servers_client = ServersClient::new(rpc::in_process(servers.peer));
    let limits = &config.rate_limit;
    let messages = messages::wire(messages::Needs {
        context: context.clone(),
        users: users_client.clone(),
        servers: servers_client.clone(),
        settings: messages::Settings {
            messages_per_ten_seconds_per_user: if limits.enabled {
                limits.messages_per_ten_seconds_per_user
            } else {
                0
            },
        },
    })
    .await?;
    let gateway = gateway::wire(gateway::Needs {
        context: context.clone(),
        users: users_client,
        servers: servers_client,
        authenticator: authenticator.clone(),
        settings: gateway::Settings {
            heartbeat_interval: Duration::from_secs(config.gateway.heartbeat_interval_seconds.into()),
            resume_window: Duration::from_secs(config.gateway.resume_window_seconds.into()),
            max_connections: config.gateway.max_connections,
            public_url: public_url.to_owned(),
        },
    })
    .await?;
    // Listens before the door opens, so that no sign-in ends unnoticed.
    let ended = context.bus.subscribe(Topics::Changes).await?;

    let public = [
        storage.public,
        users.public,
        servers.public,
        messages.public,
        gateway.public,
    ];
    let mut tasks = vec![Task::new(
        "platform",
        follow_revocations(context, ended, authenticator.clone()),
    )];
    for more in [storage.tasks, users.tasks, servers.tasks, messages.tasks, gateway.tasks] {
        tasks.extend(more);
    }
    Ok(Services {
        public: public.into_iter().fold(Router::new(), Router::merge),
        tasks,
        authenticator,
        clock,
    })
}

/// Refuses the tokens of sign-ins that were ended before this process began to listen for it.
async fn refuse_ended_sign_ins(
    users: &UsersClient<rpc::Peer>,
    authenticator: &Authenticator,
    now: Timestamp,
) -> anyhow::Result<()> {
    let asked = users.clone().list_ended_sign_ins(ListEndedSignInsRequest {}).await;
    let ended = asked.context("the ended sign-ins are not known")?.into_inner();
    for id in ended.session_ids {
        authenticator.revoked().revoke(SessionId(id), now);
    }
    Ok(())
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

/// Refuses the tokens of sign-ins that have ended, on every route, as soon as the event of it arrives.
async fn follow_revocations(context: Context, mut events: Subscription, authenticator: Authenticator) {
    let mut forget = tokio::time::interval(FORGET_EVERY);
    loop {
        tokio::select! {
            () = context.shutdown.cancelled() => return,
            _ = forget.tick() => authenticator.revoked().forget_expired(context.clock.now()),
            delivery = events.next() => match delivery {
                None => return,
                Some(Delivery::Event(event)) => {
                    if let Some(session_id) = event.session_id {
                        authenticator.revoked().revoke(session_id, context.clock.now());
                    }
                }
                Some(Delivery::Lost) => tracing::warn!("events were lost; an ended sign-in may be valid until its token expires"),
            },
        }
    }
}
