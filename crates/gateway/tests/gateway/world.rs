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
use model::{ChannelId, EventId, ServerId, SessionId, UserId};
use platform::{
    auth::{Authenticator, RevokedSessions, TokenIssuer},
    bus::{EventBus, LocalBus},
    clock::{Clock, Ids},
    http, rpc,
    service::Context,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::peers::{Peers, SERVER};

pub const ISSUER: &str = "http://beep.test";

pub struct World {
    pub address: SocketAddr,
    pub peers: Peers,
    pub shutdown: CancellationToken,
    bus: Arc<LocalBus>,
    tokens: TokenIssuer,
    events: AtomicI64,
    _database: platform::testing::TestDatabase,
}

impl World {
    /// A gateway whose one server has these members and channels.
    pub async fn new(members: &[i64], channels: &[i64]) -> Self {
        let peers = Peers::default();
        peers.change(|tenant| {
            tenant.members = members.to_vec();
            tenant.channels = channels.to_vec();
        });
        let (bus, clock, shutdown) = (Arc::new(LocalBus::default()), Clock::system(), CancellationToken::new());
        let database = platform::testing::sqlite();
        let context = Context {
            db: database.db.clone(),
            bus: Arc::clone(&bus) as Arc<dyn EventBus>,
            ids: Ids::new(clock.clone(), 1),
            clock: clock.clone(),
            shutdown: shutdown.clone(),
        };
        let tokens = TokenIssuer::ephemeral(ISSUER);
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
                max_connections: 100,
                public_url: ISSUER.to_owned(),
            },
        })
        .await
        .unwrap();
        for task in wired.tasks {
            tokio::spawn(task.work);
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = http::public(
            wired.public,
            &http::HttpSettings::for_public_url(ISSUER),
            authenticator,
            clock,
        );
        tokio::spawn(http::serve(listener, router, shutdown.clone(), Duration::from_secs(2)));
        Self {
            address,
            peers,
            shutdown,
            bus,
            tokens,
            events: AtomicI64::new(1),
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
        self.bus.publish(Arc::new(event)).await.unwrap();
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
        let audience = Audience::Channel {
            server_id: ServerId(SERVER),
            channel_id: ChannelId(channel),
        };
        let event = self.event(kind, audience, &json!({ "seq": seq }));
        self.tell(Event {
            seq: Some(seq),
            ..event
        })
        .await;
    }

    /// A channel was deleted.
    pub async fn channel_deleted(&self, channel: i64, version: i64) {
        let audience = Audience::Channel {
            server_id: ServerId(SERVER),
            channel_id: ChannelId(channel),
        };
        let event = self.event(
            EventKind::ChannelDeleted,
            audience,
            &json!({ "id": channel.to_string() }),
        );
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
