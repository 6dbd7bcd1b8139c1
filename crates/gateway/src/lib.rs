//! The gateway: WebSocket sessions, fan-out of events to those who may see them, presence.
//!
//! It owns no table. What it shows comes from its peers (`users`, `servers`) and from the event bus; who may see what is
//! decided at the moment of delivery, by the same function as everywhere ([`contracts::permissions`]).
//!
//! - [`protocol`]: frames, close codes and the state machine of a connection, without any socket;
//! - [`session`]: what a client has been told and is still to be told, across connections;
//! - `hub`: a task for each server, which hands events on in order;
//! - `around`: changes of users, told to those who share a server with them;
//! - `dispatch`: from the bus to hubs and sessions;
//! - [`handover`]: how a session goes on at another gateway;
//! - [`members`]: who sees a channel, in order;
//! - `identify`: how a session begins;
//! - `presence`: who shows what;
//! - `online`: how many do, for those outside;
//! - `socket`: the WebSocket itself.

mod around;
mod dispatch;
pub mod handover;
mod hub;
mod identify;
pub mod members;
mod online;
mod presence;
pub mod protocol;
pub mod session;
mod socket;
mod upkeep;

use std::{sync::Arc, time::Duration};

use contracts::{
    messages::messages_client::MessagesClient, servers::servers_client::ServersClient, users::users_client::UsersClient,
};
use platform::{
    auth::Authenticator,
    bus::Topics,
    clock::Clock,
    rpc::Peer,
    service::{Context, Task, Wired, WiringError},
};
use tokio_util::sync::CancellationToken;

use self::{
    around::Around,
    handover::Handover,
    hub::Hubs,
    online::Tally,
    presence::{Presences, Table},
    session::Sessions,
};

/// How the gateway behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How often clients send a heartbeat.
    pub heartbeat_interval: Duration,
    /// How long a session without a connection can be resumed.
    pub resume_window: Duration,
    /// Connections at the same time; more are refused.
    pub max_connections: usize,
    /// Where browsers find Beep: their `Origin` must be this, or the host they ask.
    pub public_url: String,
}

/// What the gateway needs.
pub struct Needs {
    /// What every service is given.
    pub context: Context,
    /// Accounts, for `ready`.
    pub users: UsersClient<Peer>,
    /// Tenants and memberships.
    pub servers: ServersClient<Peer>,
    /// The messages that an event should have told of, and did not.
    pub messages: MessagesClient<Peer>,
    /// Verifies access tokens.
    pub authenticator: Authenticator,
    /// How it behaves.
    pub settings: Settings,
}

/// Whom hubs and sessions ask.
#[derive(Clone)]
struct Peers {
    users: UsersClient<Peer>,
    servers: ServersClient<Peer>,
    messages: MessagesClient<Peer>,
    clock: Clock,
}

/// The running gateway. Cheap to clone.
#[derive(Clone)]
struct Gateway {
    peers: Peers,
    sessions: Sessions,
    hubs: Hubs,
    presences: Presences,
    around: Around,
    handover: Option<Handover>,
    authenticator: Authenticator,
    settings: Arc<Settings>,
    connections: Arc<tokio::sync::Semaphore>,
    shutdown: CancellationToken,
}

/// Wires the gateway. It begins to listen to the bus at once, so that no event after this is missed.
pub async fn wire(needs: Needs) -> Result<Wired<()>, WiringError> {
    let Needs {
        context,
        users,
        servers,
        messages,
        authenticator,
        settings,
    } = needs;
    let peers = Peers {
        users,
        servers,
        messages,
        clock: context.clock.clone(),
    };
    let sessions = Sessions::default();
    let subscription = context.bus.subscribe(Topics::Chosen).await?;
    let table = Table::default();
    let (handover, handing_over) =
        Handover::new(&*context.bus, settings.resume_window, &sessions, &context.clock).unzip();
    let journal = handover.as_ref().map(|handover| Arc::clone(&handover.journal));
    let tally = Tally::default();
    let hubs = Hubs::new(
        peers.clone(),
        subscription.interest(),
        table.clone(),
        tally.clone(),
        journal,
    );
    let reports = online::report(tally, peers.servers.clone(), context.shutdown.clone());
    let gateway = Gateway {
        presences: Presences::new(sessions.clone(), table.clone()),
        around: Around::default(),
        peers,
        sessions,
        hubs,
        handover,
        authenticator,
        connections: Arc::new(tokio::sync::Semaphore::new(settings.max_connections)),
        settings: Arc::new(settings),
        shutdown: context.shutdown.clone(),
    };
    // When the last connection has ended.
    let end = CancellationToken::new();
    let mut tasks = vec![
        Task::new("gateway", dispatch::run(gateway.clone(), subscription)),
        Task::new("gateway", upkeep::run(gateway.clone(), end.clone())),
        Task::new("gateway", around::run(gateway.clone(), end.clone())),
        Task::new("gateway", reports),
    ];
    if let (Some(handover), Some(work)) = (&gateway.handover, handing_over) {
        tasks.push(Task::new("gateway", work.run(end.clone())));
        if let Some(asked) = handover.listen().await {
            tasks.push(Task::new("gateway", handover::answer(gateway.clone(), asked, end)));
        }
    }
    if let Some(channel) = context.bus.backchannel() {
        let exchange = presence::exchange(table, channel, context.clock, context.shutdown);
        tasks.push(Task::new("gateway", exchange));
    }
    let (public, _) = socket::router().with_state(Arc::new(gateway)).split_for_parts();
    Ok(Wired {
        public,
        peer: (),
        tasks,
    })
}

/// The contract of the public route.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    socket::router().into_openapi()
}

impl Gateway {
    /// Ends a session for good: nothing reaches it any more, and others see that its user has gone.
    fn end(&self, session: &Arc<session::Session>) {
        if let Some(handover) = &self.handover {
            handover.journal.ended(Arc::clone(session));
        }
        self.forget(session);
    }

    /// The session is not here any more.
    fn forget(&self, session: &Arc<session::Session>) {
        // It may have been ended while it began, and be seated since: that must end, too.
        self.sessions.remove(session);
        for server_id in session.servers() {
            self.hubs
                .tell_running(server_id, hub::Command::Detach(Arc::clone(session)));
        }
        self.presences.refresh(session.user_id, self.peers.clock.now());
    }
}
