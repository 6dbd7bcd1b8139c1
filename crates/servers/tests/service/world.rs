//! The service on a database of its own, with people who use it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use contracts::{
    calls::{Call, Service},
    events::Event,
    servers::{servers_client::ServersClient, servers_server::ServersServer},
    users::{
        BeginDeletionRequest, BeginDeletionResponse, CancelDeletionRequest, CancelDeletionResponse, DeletedUser,
        GetAccountRequest, GetAccountResponse, GetSummariesRequest, GetSummariesResponse, ListDeletedRequest,
        ListDeletedResponse, ListEndedSignInsRequest, ListEndedSignInsResponse, UserSummary,
        users_client::UsersClient,
        users_server::{Users, UsersServer},
    },
};
use http::{Request, header};
use model::{Permission, PermissionSet, UserId};
use platform::{
    bus::{EventBus, LocalBus},
    clock::{Clock, Ids},
    db::{Db, Value as SqlValue},
    http::testing::{Actor, App},
    rpc::{self, Peer},
    service::{Context, Wired},
    testing::{self, Listener, PictureStore, TestDatabase},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};

pub(crate) const ADA: i64 = 1_001;
pub(crate) const BOB: i64 = 1_002;
pub(crate) const EVE: i64 = 1_003;

/// The users service of the tests: whoever was put into it.
#[derive(Clone, Default)]
pub(crate) struct FakeUsers {
    pub(crate) summaries: Arc<Mutex<HashMap<i64, UserSummary>>>,
    pub(crate) away: Arc<AtomicBool>,
    /// What showed that accounts may be deleted.
    pub(crate) shown: Arc<Mutex<Vec<BeginDeletionRequest>>>,
    pub(crate) cancelled: Arc<AtomicUsize>,
    /// In the order of their times.
    pub(crate) deleted: Arc<Mutex<Vec<DeletedUser>>>,
}

/// When accounts are erased that are to be deleted.
pub(crate) const ERASED_AT: i64 = 1_900_000_000_000;

#[tonic::async_trait]
impl Users for FakeUsers {
    async fn get_summaries(
        &self,
        request: tonic::Request<GetSummariesRequest>,
    ) -> Result<Response<GetSummariesResponse>, Status> {
        if self.away.load(Ordering::SeqCst) {
            return Err(platform::rpc::unavailable("away"));
        }
        let all = self.summaries.lock().unwrap();
        let users = request
            .into_inner()
            .user_ids
            .iter()
            .filter_map(|id| all.get(id).cloned())
            .collect();
        Ok(Response::new(GetSummariesResponse { users }))
    }

    async fn get_account(&self, _: tonic::Request<GetAccountRequest>) -> Result<Response<GetAccountResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    /// Refuses with the code that the password is; otherwise answers the day that is agreed on.
    async fn begin_deletion(
        &self,
        request: tonic::Request<BeginDeletionRequest>,
    ) -> Result<Response<BeginDeletionResponse>, Status> {
        let request = request.into_inner();
        let call = Call::of_service(Service::Users, "BeginDeletion").unwrap();
        if let Some(refusal) = call.refusals.iter().find(|(_, code)| *code == request.password) {
            let refused = rpc::refusal(*refusal, "no");
            return Err(rpc::with_retry_after(refused, Duration::from_secs(77)));
        }
        self.shown.lock().unwrap().push(request);
        Ok(Response::new(BeginDeletionResponse { deletion_at: ERASED_AT }))
    }

    async fn cancel_deletion(
        &self,
        _: tonic::Request<CancelDeletionRequest>,
    ) -> Result<Response<CancelDeletionResponse>, Status> {
        self.cancelled.fetch_add(1, Ordering::SeqCst);
        Ok(Response::new(CancelDeletionResponse {}))
    }

    async fn list_deleted(
        &self,
        request: tonic::Request<ListDeletedRequest>,
    ) -> Result<Response<ListDeletedResponse>, Status> {
        let request = request.into_inner();
        let after = (request.since, request.after_user_id);
        let all = self.deleted.lock().unwrap();
        let users = all
            .iter()
            .filter(|user| (user.erased_at, user.user_id) > after)
            .cloned();
        // One at a time, so that whoever asks turns the page.
        Ok(Response::new(ListDeletedResponse {
            users: users.take(1).collect(),
        }))
    }

    async fn list_ended_sign_ins(
        &self,
        _: tonic::Request<ListEndedSignInsRequest>,
    ) -> Result<Response<ListEndedSignInsResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }
}

/// A form with one part.
pub(crate) fn form(path: &str, part: &str, content: &[u8]) -> Request<Body> {
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"x.png\"\r\n\r\n");
    let body = [head.as_bytes(), content, b"\r\n--b--\r\n"].concat();
    Request::put(format!("/api/v1{path}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(body.into())
        .unwrap()
}

/// The service, wired.
pub(crate) struct World {
    pub(crate) kind: &'static str,
    pub(crate) db: Db,
    pub(crate) server: ServersServer<servers::Calls>,
    pub(crate) users: FakeUsers,
    /// What the storage service keeps.
    pub(crate) store: PictureStore,
    pub(crate) bus: Arc<LocalBus>,
    pub(crate) app: App,
    listener: Listener,
    shutdown: CancellationToken,
    _database: TestDatabase,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A world on each kind of database, with Ada, Bob and Eve.
pub(crate) async fn worlds() -> Vec<World> {
    let mut all = Vec::new();
    for database in testing::databases().await {
        all.push(world(database).await);
    }
    all
}

async fn world(database: TestDatabase) -> World {
    let bus = Arc::new(LocalBus::default());
    let users = FakeUsers::default();
    let shutdown = CancellationToken::new();
    let clock = Clock::system();
    let context = Context {
        db: database.db.clone(),
        bus: Arc::clone(&bus) as Arc<dyn EventBus>,
        ids: Ids::new(clock.clone(), 1),
        clock: clock.clone(),
        shutdown: shutdown.clone(),
    };
    let store = PictureStore::default();
    let wired = wired(context, &users, &store).await;
    for task in wired.tasks {
        tokio::spawn(task.work);
    }
    let world = World {
        kind: database.kind,
        db: database.db.clone(),
        server: wired.peer,
        users,
        store,
        listener: Listener::on(&bus).await,
        bus,
        app: App::new(wired.public, &servers::contract(), App::issuer(), clock),
        shutdown,
        _database: database,
    };
    world.is_user(ADA, "ada", "Ada Lovelace");
    world.is_user(BOB, "bob", "Bob");
    world.is_user(EVE, "eve", "Ève");
    world
}

async fn wired(context: Context, users: &FakeUsers, store: &PictureStore) -> Wired<servers::Peer> {
    let needs = servers::Needs {
        context,
        users: UsersClient::new(rpc::in_process(UsersServer::new(users.clone()))),
        storage: store.client(),
    };
    servers::wire(needs).await.unwrap()
}

impl World {
    /// Another instance starts on the same database.
    pub(crate) async fn start_another(&self) {
        let clock = Clock::system();
        let context = Context {
            db: self.db.clone(),
            bus: Arc::clone(&self.bus) as Arc<dyn EventBus>,
            ids: Ids::new(clock.clone(), 2),
            clock,
            shutdown: self.shutdown.clone(),
        };
        let wired = wired(context, &self.users, &self.store).await;
        for task in wired.tasks {
            tokio::spawn(task.work);
        }
    }

    /// Somebody whom the users service knows from now on, by this name.
    pub(crate) fn is_user(&self, id: i64, username: &str, display_name: &str) -> UserSummary {
        let user = UserSummary {
            id,
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            avatar_url: None,
        };
        self.users.summaries.lock().unwrap().insert(id, user.clone());
        user
    }

    /// Somebody at work.
    pub(crate) const fn user(&self, id: i64) -> Actor<'_> {
        self.app.user(UserId(id))
    }

    /// Somebody without a token.
    pub(crate) const fn nobody(&self) -> Actor<'_> {
        self.app.nobody()
    }

    /// What peers call, in the same process.
    pub(crate) fn peer(&self) -> ServersClient<Peer> {
        ServersClient::new(rpc::in_process(self.server.clone()))
    }

    /// What was told since this was asked last.
    pub(crate) async fn events(&self) -> Vec<Arc<Event>> {
        self.listener.told().await
    }

    /// Changes a server behind the service's back, in ways that have no route yet.
    pub(crate) async fn meddle(&self, server: &str, sql: &str, args: &[SqlValue]) {
        let server: i64 = server.parse().unwrap();
        let mut tx = self.db.begin().await.unwrap();
        tx.run(
            "UPDATE servers SET version = version + 1 WHERE server_id = $1",
            [SqlValue::from(server)],
        )
        .await
        .unwrap();
        let all: Vec<SqlValue> = std::iter::once(SqlValue::from(server))
            .chain(args.iter().cloned())
            .collect();
        tx.run(sql, all).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Gives everyone these permissions in the server, besides what they have at first.
    pub(crate) async fn may_everyone(&self, server: &str, permissions: &[Permission]) {
        let all = PermissionSet::PUBLIC_DEFAULT | PermissionSet::of(permissions);
        let path = format!("/servers/{server}/roles/{server}");
        let change = serde_json::json!({ "permissions": all });
        self.user(ADA).patch(&path, change).await.expect(200);
    }

    /// A role of Ada's server with these permissions, below all others but `everyone`.
    pub(crate) async fn role(&self, server: &str, permissions: &[Permission]) -> String {
        let body = serde_json::json!({"name": "role", "permissions": PermissionSet::of(permissions)});
        let path = format!("/servers/{server}/roles");
        id(&self.user(ADA).post(&path, body).await.expect(201))
    }

    /// Has the member of Ada's server hold these roles and no others.
    pub(crate) async fn holds(&self, server: &str, user: i64, roles: &[&str]) {
        let path = format!("/servers/{server}/members/{user}");
        let body = serde_json::json!({ "role_ids": roles });
        self.user(ADA).patch(&path, body).await.expect(200);
    }

    /// Makes an overwrite in a channel of Ada's server, for a role (`everyone` by the server's id) or a member.
    pub(crate) async fn overwrite(&self, channel: [&str; 2], kind: &str, target: &str, sets: [&[Permission]; 2]) {
        let [server, channel] = channel;
        let [allow, deny] = sets.map(PermissionSet::of);
        let path = format!("/servers/{server}/channels/{channel}/overwrites/{target}");
        let body = serde_json::json!({"kind": kind, "allow": allow, "deny": deny});
        self.user(ADA).put(&path, body).await.expect(200);
    }

    /// Ada's server with Bob in it.
    pub(crate) async fn server(&self, visibility: &str) -> Value {
        let body = serde_json::json!({"name": "Chess club", "visibility": visibility});
        let server = self.user(ADA).post("/servers", body).await.expect(201);
        if visibility == "public" {
            self.user(BOB)
                .post(&format!("/servers/{}/join", id(&server)), Value::Null)
                .await
                .expect(200);
        }
        server
    }
}

/// The id of a resource.
pub(crate) fn id(resource: &Value) -> String {
    resource["id"].as_str().expect("an id").to_owned()
}

/// The ids of a list's items.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().expect("a list").iter().map(id).collect()
}
