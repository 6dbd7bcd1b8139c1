//! The service, with messages that it finds.

use std::{sync::Arc, time::Duration};

use axum::Router;
use contracts::{
    events::{Audience, Event, EventKind},
    messages::{messages_client::MessagesClient, messages_server::MessagesServer},
    servers::{servers_client::ServersClient, servers_server::ServersServer},
};
use model::{ChannelId, EventId, ServerId, UserId};
use platform::{
    bus::{EventBus, LocalBus},
    clock::{Clock, Ids},
    http::testing::{Actor, App},
    rpc,
    service::Context,
    testing::{self, TestDatabase},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::peers::{CHANNELS, Peers, SERVER};

/// The service, wired.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) peers: Peers,
    pub(crate) folder: TempDir,
    bus: Arc<LocalBus>,
    context: Context,
    tasks: JoinSet<()>,
    _database: TestDatabase,
}

impl Drop for World {
    fn drop(&mut self) {
        self.context.shutdown.cancel();
    }
}

/// The service with what its peers have now, before it has read any of it.
pub(crate) async fn world(peers: Peers) -> World {
    let database = testing::databases().await.into_iter().next().unwrap();
    let (bus, clock) = (Arc::new(LocalBus::with_capacity(8)), Clock::system());
    let context = Context {
        db: database.db.clone(),
        bus: Arc::clone(&bus) as Arc<dyn EventBus>,
        ids: Ids::new(clock.clone(), 1),
        clock: clock.clone(),
        shutdown: CancellationToken::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    let (routes, tasks) = wire(&context, &peers, &folder, 0).await;
    World {
        app: App::new(routes, &search::contract(), App::issuer(), clock),
        peers,
        folder,
        bus,
        context,
        tasks,
        _database: database,
    }
}

async fn wire(context: &Context, peers: &Peers, folder: &TempDir, searches: u32) -> (Router, JoinSet<()>) {
    let wired = search::wire(search::Needs {
        context: context.clone(),
        servers: ServersClient::new(rpc::in_process(ServersServer::new(peers.clone()))),
        messages: MessagesClient::new(rpc::in_process(MessagesServer::new(peers.clone()))),
        settings: search::Settings {
            directory: folder.path().join("index"),
            searches_per_ten_seconds_per_user: searches,
        },
    });
    let wired = wired.await.unwrap();
    let mut tasks = JoinSet::new();
    for task in wired.tasks {
        tasks.spawn(task.work);
    }
    (wired.public, tasks)
}

impl World {
    /// Somebody with a token.
    pub(crate) const fn user(&self, id: i64) -> Actor<'_> {
        self.app.user(UserId(id))
    }

    /// Ends it, changes its folder, and starts it again.
    pub(crate) async fn restart(&mut self, change: impl FnOnce(&TempDir)) {
        self.end().await;
        change(&self.folder);
        self.context.shutdown = CancellationToken::new();
        let (routes, tasks) = wire(&self.context, &self.peers, &self.folder, 0).await;
        self.app = self.app.with_routes(routes);
        self.tasks = tasks;
    }

    /// The same with a limit of searches.
    pub(crate) async fn limited(&mut self, searches: u32) -> App {
        self.end().await;
        let (routes, tasks) = wire(&self.context, &self.peers, &self.folder, searches).await;
        self.tasks = tasks;
        self.app.with_routes(routes)
    }

    async fn end(&mut self) {
        self.context.shutdown.cancel();
        let old = std::mem::take(&mut self.tasks);
        old.join_all().await;
        // Its routes hold the index open.
        self.app = self.app.with_routes(Router::new());
    }

    /// Tells the service of something.
    pub(crate) async fn tell(&self, kind: EventKind, channel: i64, seq: Option<i64>) {
        let audience = Audience::Channel {
            server_id: ServerId(SERVER),
            channel_id: ChannelId(channel),
        };
        let id = EventId(self.context.ids.next());
        let event = Event::new(id, kind, audience, &json!({ "id": channel.to_string() })).unwrap();
        self.bus.publish(Arc::new(Event { seq, ..event })).await.unwrap();
    }

    /// A message is stored and told of.
    pub(crate) async fn write(&self, channel: i64, content: &str) -> i64 {
        let seq = self.peers.write(channel, content);
        self.tell(EventKind::MessageCreated, channel, Some(seq)).await;
        seq
    }

    /// What the user finds in the whole server.
    pub(crate) async fn find(&self, user: i64, parameters: &str) -> Value {
        self.user(user)
            .get(&format!("{}?{parameters}", in_server()))
            .await
            .expect(200)
    }

    /// Waits until the user finds so many.
    pub(crate) async fn finds(&self, user: i64, parameters: &str, total: usize) {
        becomes(&format!("{parameters} finds {total}"), async || {
            let found = self.find(user, parameters).await;
            found["total"] == total && found["is_complete"] == true
        })
        .await;
    }
}

/// Messages with the word "zebra", one in each channel.
pub(crate) fn zebras() -> Peers {
    let peers = Peers::new();
    for channel in CHANNELS {
        peers.write(channel, &format!("zebra {channel}"));
    }
    peers
}

/// Where the server is searched.
pub(crate) fn in_server() -> String {
    format!("/servers/{SERVER}/search")
}

/// Where a channel is searched.
pub(crate) fn in_channel(channel: i64) -> String {
    format!("/servers/{SERVER}/channels/{channel}/search")
}

/// Waits until it is so; the time limit only ends a test that fails.
pub(crate) async fn becomes(what: &str, is_so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !is_so().await {
            // The index follows on the same cores.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    assert!(waited.is_ok(), "never: {what}");
}
