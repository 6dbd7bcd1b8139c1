//! A gateway on a free port of this machine, and how the test makes things happen.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use contracts::{
    events::{Audience, Event, EventKind},
    messages::{messages_client::MessagesClient, messages_server::MessagesServer},
    servers::{servers_client::ServersClient, servers_server::ServersServer},
    users::{users_client::UsersClient, users_server::UsersServer},
};
use model::{ChannelId, EventId, ServerId, SessionId, Timestamp, UserId};
use platform::{
    auth::{Authenticator, RevokedSessions, TokenIssuer},
    bus::{EventBus, LocalBus},
    clock::{Clock, Ids},
    http, rpc,
    service::Context,
};
use serde_json::{Value, json};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    air::{Air, SharedBus, Voice},
    memory::Memory,
    peers::{Peers, SERVER, shown},
};

pub const ISSUER: &str = "http://beep.test";
/// Connections that a gateway takes.
pub const MOST_CONNECTIONS: usize = 40;

pub struct World {
    pub address: SocketAddr,
    /// The gateway's routes, without what stands around them.
    pub routes: axum::Router,
    pub peers: Peers,
    pub shutdown: CancellationToken,
    bus: Arc<LocalBus>,
    tokens: TokenIssuer,
    events: Arc<AtomicI64>,
    /// By which this gateway speaks to the others, if it is one of several.
    pub voice: Voice,
    air: Option<Air>,
    memory: Memory,
    /// How many milliseconds the gateway's clock is ahead.
    ahead: Arc<AtomicI64>,
    running: Vec<AbortHandle>,
    _database: platform::testing::TestDatabase,
}

/// What several gateways share.
struct Shared {
    peers: Peers,
    bus: Arc<LocalBus>,
    air: Option<Air>,
    memory: Memory,
    tokens: TokenIssuer,
    events: Arc<AtomicI64>,
}

impl Shared {
    fn new(air: Option<Air>, members: &[i64], channels: &[i64]) -> Self {
        let peers = Peers::default();
        peers.change(|tenant| {
            tenant.members = members.to_vec();
            tenant.channels = channels.to_vec();
        });
        Self {
            peers,
            bus: Arc::default(),
            air,
            memory: Memory::default(),
            tokens: TokenIssuer::ephemeral(ISSUER),
            events: Arc::new(AtomicI64::new(1)),
        }
    }
}

impl World {
    /// A gateway whose one server has these members and channels.
    pub async fn new(members: &[i64], channels: &[i64]) -> Self {
        Self::start(Shared::new(None, members, channels)).await
    }

    /// The same with a second gateway.
    pub async fn two(members: &[i64], channels: &[i64]) -> (Self, Self) {
        let first = Self::start(Shared::new(Some(Air::default()), members, channels)).await;
        let second = first.another().await;
        (first, second)
    }

    /// One more gateway beside this one.
    pub async fn another(&self) -> Self {
        Self::start(Shared {
            peers: self.peers.clone(),
            bus: Arc::clone(&self.bus),
            air: self.air.clone(),
            memory: self.memory.clone(),
            tokens: self.tokens.clone(),
            events: Arc::clone(&self.events),
        })
        .await
    }

    /// The gateway is no more, without a word.
    pub fn die(&self) {
        self.running.iter().for_each(AbortHandle::abort);
        self.voice.lose(true);
    }

    /// The bus keeps nothing any more.
    pub fn forget_everything(&self) {
        self.memory.break_down();
    }

    /// So much time passes for what the bus keeps.
    pub fn pass_on_the_bus(&self, time: Duration) {
        self.memory.pass(time);
    }

    /// So much time passes for the gateway.
    pub fn pass(&self, time: Duration) {
        self.ahead
            .fetch_add(time.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }

    async fn start(shared: Shared) -> Self {
        let Shared {
            peers,
            bus,
            air,
            memory,
            tokens,
            events,
        } = shared;
        let voice = air.clone().map(Voice::new).unwrap_or_default();
        let own_bus: Arc<dyn EventBus> = match &air {
            None => Arc::clone(&bus) as _,
            Some(_) => Arc::new(SharedBus {
                events: Arc::clone(&bus),
                voice: voice.clone(),
                memory: memory.clone(),
            }),
        };
        let ahead = Arc::new(AtomicI64::new(0));
        let (told, machine) = (Arc::clone(&ahead), Clock::system());
        let clock =
            Clock::from_fn(move || Timestamp::from_millis(machine.now().as_millis() + told.load(Ordering::SeqCst)));
        let shutdown = CancellationToken::new();
        let database = platform::testing::sqlite();
        let context = Context {
            db: database.db.clone(),
            bus: own_bus,
            ids: Ids::new(clock.clone(), 1),
            clock: clock.clone(),
            shutdown: shutdown.clone(),
        };
        let authenticator = Authenticator::new(ISSUER, &tokens.jwks(), RevokedSessions::default());
        let wired = gateway::wire(gateway::Needs {
            context,
            users: UsersClient::new(rpc::in_process(UsersServer::new(peers.clone()))),
            servers: ServersClient::new(rpc::in_process(ServersServer::new(peers.clone()))),
            messages: MessagesClient::new(rpc::in_process(MessagesServer::new(peers.clone()))),
            authenticator: authenticator.clone(),
            settings: gateway::Settings {
                heartbeat_interval: Duration::from_secs(30),
                resume_window: Duration::from_mins(1),
                max_connections: MOST_CONNECTIONS,
                public_url: ISSUER.to_owned(),
            },
        })
        .await
        .unwrap();
        let tasks = wired.tasks.into_iter();
        let mut running: Vec<_> = tasks.map(|task| tokio::spawn(task.work).abort_handle()).collect();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let public = wired.public;
        let router = http::public(
            public.clone(),
            &http::HttpSettings::for_public_url(ISSUER),
            authenticator,
            clock,
        );
        let serving = http::serve(listener, router, shutdown.clone(), Duration::from_secs(2));
        running.push(tokio::spawn(serving).abort_handle());
        Self {
            address,
            routes: public,
            peers,
            shutdown,
            bus,
            tokens,
            events,
            voice,
            air,
            memory,
            ahead,
            running,
            _database: database,
        }
    }

    pub fn token(&self, user: i64, sign_in: i64) -> String {
        self.tokens
            .issue(UserId(user), SessionId(sign_in), Clock::system().now())
            .unwrap()
            .0
    }

    fn event(&self, kind: EventKind, audience: Audience, data: &Value) -> Event {
        let id = EventId(self.events.fetch_add(1, Ordering::Relaxed));
        Event::new(id, kind, audience, data).unwrap()
    }

    pub async fn tell(&self, event: Event) {
        let event = Arc::new(event);
        self.memory.add(Some(Arc::clone(&event)));
        self.bus.publish(event).await.unwrap();
    }

    /// Someone wrote `content` in the channel.
    pub async fn message(&self, channel: i64, content: &str) {
        let audience = Audience::Channel {
            server_id: ServerId(SERVER),
            channel_id: ChannelId(channel),
        };
        self.tell(self.event(EventKind::MessageCreated, audience, &json!({ "content": content })))
            .await;
    }

    /// Message `seq` of the channel was written, and its event comes now.
    pub async fn numbered(&self, kind: EventKind, channel: i64, seq: i64) {
        self.tell(self.numbered_event(kind, channel, seq)).await;
    }

    fn numbered_event(&self, kind: EventKind, channel: i64, seq: i64) -> Event {
        let audience = Audience::Channel {
            server_id: ServerId(SERVER),
            channel_id: ChannelId(channel),
        };
        let event = self.event(kind, audience, &json!({ "seq": seq }));
        Event {
            seq: Some(seq),
            ..event
        }
    }

    /// These messages were written. Their events come in this order, and are kept in the opposite one, most of them late.
    pub async fn numbered_out_of_step(&self, channel: i64, seqs: &[i64]) {
        let event = |seq: &i64| Arc::new(self.numbered_event(EventKind::MessageCreated, channel, *seq));
        let events: Vec<_> = seqs.iter().map(event).collect();
        let mut kept = events.iter().rev();
        self.memory.add(kept.next().map(Arc::clone));
        for told in &events {
            self.bus.publish(Arc::clone(told)).await.unwrap();
        }
        for kept in kept {
            tokio::time::sleep(Duration::from_millis(3)).await;
            self.memory.add(Some(Arc::clone(kept)));
        }
    }

    /// A channel was deleted.
    /// Somebody begins to write in a channel.
    pub async fn typing(&self, channel: i64) {
        let audience = Audience::Channel {
            server_id: ServerId(SERVER),
            channel_id: ChannelId(channel),
        };
        let data = json!({ "channel_id": channel.to_string() });
        self.tell(self.event(EventKind::TypingStarted, audience, &data)).await;
    }

    pub async fn channel_deleted(&self, channel: i64, version: i64) {
        self.channel_event(EventKind::ChannelDeleted, channel, version).await;
    }

    /// Something happened to a channel.
    pub async fn channel_event(&self, kind: EventKind, channel: i64, version: i64) {
        let audience = Audience::Channel {
            server_id: ServerId(SERVER),
            channel_id: ChannelId(channel),
        };
        let event = self.event(kind, audience, &shown(channel));
        self.tell(Event {
            tenant_version: Some(version),
            ..event
        })
        .await;
    }

    /// Something changed in the server.
    pub async fn server_event(&self, kind: EventKind, about: Option<i64>, version: i64) {
        let event = self.event(
            kind,
            Audience::Server {
                server_id: ServerId(SERVER),
            },
            &json!({ "server_id": SERVER.to_string() }),
        );
        self.tell(Event {
            tenant_version: Some(version),
            user_id: about.map(UserId),
            ..event
        })
        .await;
    }

    /// A member changed, joined or left; told as the servers service tells it.
    pub async fn member_event(&self, kind: EventKind, user: i64, version: i64) {
        let left = json!({ "server_id": SERVER.to_string(), "user_id": user.to_string() });
        let data = self.peers.member(user).unwrap_or(left);
        let server_id = ServerId(SERVER);
        let event = self.event(kind, Audience::Server { server_id }, &data);
        self.tell(Event {
            tenant_version: Some(version),
            user_id: Some(UserId(user)),
            ..event
        })
        .await;
    }

    /// A role is no more.
    pub async fn role_deleted(&self, role: i64, version: i64) {
        let data = json!({ "id": role.to_string(), "server_id": SERVER.to_string() });
        let server_id = ServerId(SERVER);
        let event = self.event(EventKind::RoleDeleted, Audience::Server { server_id }, &data);
        self.tell(Event {
            tenant_version: Some(version),
            ..event
        })
        .await;
    }

    /// The user gained or lost the server.
    pub async fn user_event(&self, kind: EventKind, user: i64, version: i64) {
        let event = self.event(
            kind,
            Audience::User { user_id: UserId(user) },
            &json!({ "id": SERVER.to_string() }),
        );
        self.tell(Event {
            tenant_version: Some(version),
            user_id: Some(UserId(user)),
            ..event
        })
        .await;
    }

    /// The user changed their profile: those around them are told `data`.
    pub async fn profile_changed(&self, user: i64, data: &Value) {
        let audience = Audience::AroundUser { user_id: UserId(user) };
        self.tell(self.event(EventKind::UserUpdated, audience, data)).await;
    }

    /// A sign-in was ended.
    pub async fn revoke(&self, user: i64, sign_in: i64) {
        let event = self.event(EventKind::SessionRevoked, Audience::Services, &Value::Null);
        self.tell(Event {
            user_id: Some(UserId(user)),
            session_id: Some(SessionId(sign_in)),
            ..event
        })
        .await;
    }
}
