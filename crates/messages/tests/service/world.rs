//! The service on a database of its own, with people who write.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::Router;
use contracts::{
    events::{Audience, Event, EventKind},
    messages::messages_server::MessagesServer,
    servers::{servers_client::ServersClient, servers_server::ServersServer},
    storage::{storage_client::StorageClient, storage_server::StorageServer},
    users::{users_client::UsersClient, users_server::UsersServer},
};
use futures::future::{BoxFuture, FutureExt};
use model::{ChannelId, EventId, ServerId, Timestamp, UserId, limits::UPLOAD_LARGE_PART_BYTES};
use platform::{
    bus::{EventBus, LocalBus},
    clock::{Clock, Ids},
    db::Db,
    http::testing::{Actor, App},
    outbound::{Names, Outbound},
    rpc,
    service::Context,
    testing::{self, Listener, TestDatabase},
};
use serde_json::{Value, json};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    peers::{Peers, SERVER},
    storage::Storage,
};

/// The largest file here, in bytes: more than two parts.
pub(crate) const FILE_BYTES: u64 = 7_000_000;

/// The service, wired.
pub(crate) struct World {
    pub(crate) kind: &'static str,
    pub(crate) app: App,
    /// What peers call.
    pub(crate) server: MessagesServer<messages::Calls>,
    pub(crate) peers: Peers,
    pub(crate) storage: Storage,
    pub(crate) db: Db,
    bus: Arc<LocalBus>,
    context: Context,
    nodes: AtomicI64,
    /// How far the clock was moved, in milliseconds.
    moved: Arc<AtomicI64>,
    /// What the first instance does in the background.
    tasks: Vec<AbortHandle>,
    markers: AtomicI64,
    listener: Listener,
    shutdown: CancellationToken,
    _database: TestDatabase,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A world on each kind of database.
pub(crate) async fn worlds() -> Vec<World> {
    let mut all = Vec::new();
    for database in testing::databases().await {
        all.push(world(database).await);
    }
    all
}

async fn world(database: TestDatabase) -> World {
    let (bus, shutdown, clock) = (Arc::new(LocalBus::default()), CancellationToken::new(), Clock::system());
    let moved = Arc::new(AtomicI64::new(0));
    let by = Arc::clone(&moved);
    let clock = Clock::from_fn(move || Timestamp::from_millis(clock.now().as_millis() + by.load(Ordering::SeqCst)));
    let context = Context {
        db: database.db.clone(),
        bus: Arc::clone(&bus) as Arc<dyn EventBus>,
        ids: Ids::new(clock.clone(), 1),
        clock: clock.clone(),
        shutdown: shutdown.clone(),
    };
    let peers = Peers::new();
    let storage = Storage {
        peers: peers.clone(),
        ..Storage::default()
    };
    let (routes, server, tasks) = wire(&context, (&peers, &storage), Some(outbound(&peers)), 0).await;
    World {
        kind: database.kind,
        app: App::new(routes, &messages::contract(), App::issuer(), clock),
        server,
        peers,
        storage,
        db: database.db.clone(),
        listener: Listener::on(&bus).await,
        bus,
        context,
        nodes: AtomicI64::new(2),
        moved,
        tasks,
        markers: AtomicI64::new(1),
        shutdown,
        _database: database,
    }
}

async fn wire(
    context: &Context,
    (peers, storage): (&Peers, &Storage),
    outbound: Option<Outbound>,
    messages_per_ten_seconds: u32,
) -> (Router, MessagesServer<messages::Calls>, Vec<AbortHandle>) {
    let wired = messages::wire(messages::Needs {
        context: context.clone(),
        users: UsersClient::new(rpc::in_process(UsersServer::new(peers.clone()))),
        servers: ServersClient::new(rpc::in_process(ServersServer::new(peers.clone()))),
        storage: StorageClient::new(rpc::in_process(
            StorageServer::new(storage.clone()).max_decoding_message_size(UPLOAD_LARGE_PART_BYTES + 1_024),
        )),
        outbound,
        settings: messages::Settings {
            public_url: "https://beep.example".to_owned(),
            messages_per_ten_seconds_per_user: messages_per_ten_seconds,
            files: messages::FileLimits {
                attachment_bytes: FILE_BYTES,
                bytes_per_user: 2 * FILE_BYTES,
            },
            upload_pace: Duration::from_millis(300),
        },
    });
    // Large, and a part of every test.
    let wired = Box::pin(wired).await.unwrap();
    let tasks = wired.tasks.into_iter();
    let tasks = tasks.map(|task| tokio::spawn(task.work).abort_handle());
    (wired.public, wired.peer, tasks.collect())
}

/// Knows no names but one, which is this machine, and notes which it is asked for.
struct OneName(Peers);

impl Names for OneName {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        self.0.state.lock().unwrap().names.push(name.to_owned());
        let found = if name == "page.example" {
            Ok(vec![Ipv4Addr::LOCALHOST.into()])
        } else {
            Err(io::Error::other("no such name"))
        };
        std::future::ready(found).boxed()
    }
}

/// A way out to this machine and nowhere else.
fn outbound(peers: &Peers) -> Outbound {
    let allowed = vec!["127.0.0.1".parse().unwrap()];
    Outbound::new("BeepBot/test", allowed)
        .unwrap()
        .with_names(OneName(peers.clone()))
}

impl World {
    /// Another instance of the service on the same database.
    pub(crate) async fn instance(&self, messages_per_ten_seconds: u32) -> App {
        self.another(Some(outbound(&self.peers)), messages_per_ten_seconds)
            .await
    }

    /// The same, where links have no previews.
    pub(crate) async fn instance_without_previews(&self) -> App {
        self.another(None, 0).await
    }

    async fn another(&self, outbound: Option<Outbound>, messages_per_ten_seconds: u32) -> App {
        let node = u16::try_from(self.nodes.fetch_add(1, Ordering::SeqCst)).unwrap();
        let context = Context {
            ids: Ids::new(self.context.clock.clone(), node),
            ..self.context.clone()
        };
        let peers = (&self.peers, &self.storage);
        self.app
            .with_routes(wire(&context, peers, outbound, messages_per_ten_seconds).await.0)
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.moved.fetch_add(millis, Ordering::SeqCst);
    }

    /// What the clock says, in milliseconds.
    pub(crate) fn now(&self) -> i64 {
        self.context.clock.now().as_millis()
    }

    /// Tells all instances to stop.
    pub(crate) fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Ends what the first instance does in the background, in the middle of it.
    pub(crate) fn crash(&self) {
        for task in &self.tasks {
            task.abort();
        }
    }

    /// Somebody with a token.
    pub(crate) const fn user(&self, id: i64) -> Actor<'_> {
        self.app.user(UserId(id))
    }

    /// Has a user write, and answers the message.
    pub(crate) async fn write(&self, user: i64, channel: i64, content: &str) -> Value {
        self.user(user)
            .post(&path(channel), json!({"content": content}))
            .await
            .expect(201)
    }

    /// Tells the service of a change of the server.
    pub(crate) async fn tell(&self, kind: EventKind, version: i64, user: Option<i64>, data: Value) {
        let id = EventId(self.markers.fetch_add(1, Ordering::SeqCst));
        let audience = match kind {
            EventKind::ChannelDeleted => Audience::Channel {
                server_id: ServerId(SERVER),
                channel_id: ChannelId(data["id"].as_str().unwrap().parse().unwrap()),
            },
            EventKind::MemberBanned | EventKind::UserDeleted => Audience::Services,
            EventKind::UserUpdated => Audience::AroundUser {
                user_id: UserId(user.unwrap()),
            },
            _ => Audience::Server {
                server_id: ServerId(SERVER),
            },
        };
        let event = Event::new(id, kind, audience, &data).unwrap();
        let event = Event {
            tenant_version: Some(version),
            user_id: user.map(UserId),
            ..event
        };
        self.bus.publish(Arc::new(event)).await.unwrap();
    }

    /// What was told since this was asked last.
    pub(crate) async fn events(&self) -> Vec<Arc<Event>> {
        self.listener.told().await
    }

    /// How many rows the channel has in the database.
    pub(crate) async fn rows(&self, channel: i64) -> (i64, i64) {
        let count = async |table: &str| {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE channel_id = $1");
            let (rows,): (i64,) = self.db.one(&sql, platform::args![channel]).await.unwrap();
            rows
        };
        (count("messages").await, count("channel_counters").await)
    }
}

/// Waits until it is so; the time limit only ends a test that fails.
pub(crate) async fn becomes(what: &str, is_so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    assert!(waited.is_ok(), "never: {what}");
}

/// Where a channel's messages are.
pub(crate) fn path(channel: i64) -> String {
    format!("/servers/{SERVER}/channels/{channel}/messages")
}

/// Where a message is.
pub(crate) fn path_of(message: &Value) -> String {
    let text = |name: &str| message[name].as_str().unwrap();
    format!(
        "/servers/{}/channels/{}/messages/{}",
        text("server_id"),
        text("channel_id"),
        text("id")
    )
}
