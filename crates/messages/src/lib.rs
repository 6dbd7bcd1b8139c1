//! Messages: the durable, ordered conversation.
//!
//! **Needs** the servers service, for who may do what, the users service, for names beside messages, and the storage
//! service, for the bytes of files (`files`) and the pictures of previews (`previews`). The first two are asked
//! once and remembered until an event says that something changed (`access`, `authors`): a warm send makes no call.
//!
//! **Order.** Each message gets its `seq` (1, 2, 3 … in its channel) inside the transaction that stores it. What arrives
//! while a transaction is under way goes into the next one together (`log`).
//!
//! **Deletion** removes the row: the content is gone, and `seq` has a hole from then on. What belonged to a deleted channel
//! or server is removed in the background when the event of it arrives, or by a sweep (`removal`); until then nobody can
//! reach it, since the channel is not there any more. Messages that go with a ban go in the same ways, each told of
//! (`ban_sweep`). What is private to somebody whose account was erased goes by event, or is found later (`departures`).

mod access;
mod announcements;
mod api;
mod authors;
mod ban_sweep;
mod departures;
mod emoji;
mod error;
mod exports;
mod external_links;
mod files;
mod log;
mod looking_up;
mod mentions;
mod message_kind;
mod peer;
mod previews;
mod reading;
mod removal;
mod sending_limit;
mod service;
mod showing;
mod store;

use std::{sync::Arc, time::Duration};

use contracts::{
    messages::messages_server::MessagesServer, servers::servers_client::ServersClient,
    storage::storage_client::StorageClient, users::users_client::UsersClient,
};
use http::Method;
use platform::{
    bus::Topics,
    db::Tenants,
    outbound::Outbound,
    pictures::Pictures,
    rpc::Peer,
    service::{Context, Task, Wired, WiringError},
};

use crate::{
    access::Access, announcements::Announcements, authors::Authors, ban_sweep::BanSweep, exports::Exports,
    external_links::OwnAddresses, files::Files, log::Log, previews::Previews, removal::Removal,
    sending_limit::SendingLimit, service::Service,
};
pub use crate::{files::FileLimits, peer::Calls};

/// The routes that take the bytes of files: their bodies are larger than others, and take longer.
pub const UPLOAD_ROUTES: [(Method, &str); 2] = [
    (
        Method::POST,
        "/api/v1/servers/{server_id}/channels/{channel_id}/attachments",
    ),
    (
        Method::PATCH,
        "/api/v1/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}",
    ),
];

/// The name of this service, in logs and tables.
const NAME: &str = "messages";

/// How the service behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach this Beep: links to anywhere else need a permission.
    pub public_url: String,
    /// How many messages a user may write in ten seconds; 0 for any number.
    pub messages_per_ten_seconds_per_user: u32,
    /// How much may be kept.
    pub files: FileLimits,
    /// How long an upload may stand still.
    pub upload_pace: Duration,
}

/// What this service needs.
pub struct Needs {
    /// What every service is given.
    pub context: Context,
    /// Names and pictures of authors.
    pub users: UsersClient<Peer>,
    /// Tenants and memberships.
    pub servers: ServersClient<Peer>,
    /// Keeps the bytes of files, and pictures of previews.
    pub storage: StorageClient<Peer>,
    /// The way to what messages link to; without it links have no previews.
    pub outbound: Option<Outbound>,
    /// How it behaves.
    pub settings: Settings,
}

/// Brings the tables up to date and puts the service together.
pub async fn wire(needs: Needs) -> Result<Wired<MessagesServer<Calls>>, WiringError> {
    let Needs {
        context,
        users,
        servers,
        storage,
        outbound,
        settings,
    } = needs;
    context.db.migrate(NAME, store::MIGRATIONS).await?;
    let (db, sweeper) = context.database_of(NAME).await?;
    store::statistics::tell_of_places(&db).await?;
    let (clock, shutdown) = (context.clock.clone(), context.shutdown.clone());
    let opening = Pictures::open(NAME, &db, clock, storage.clone(), shutdown);
    let (pictures, letting_go) = opening.await?;
    let tenants = Tenants::single(db);
    let (log, writer) = Log::new(tenants.clone(), context.ids.clone(), context.clock.clone());
    let (removal, deletions) = Removal::new();
    let (ban_sweep, bans) = BanSweep::new();
    let (announcements, joinings) = Announcements::new();
    let own = OwnAddresses::new(&settings.public_url);
    let service = Arc::new(Service {
        access: Access::new(servers.clone(), context.clock.clone(), Arc::clone(&context.bus)),
        authors: Authors::new(users.clone()),
        exports: Exports::new(users.clone()),
        limit: SendingLimit::new(settings.messages_per_ten_seconds_per_user),
        typing_limit: SendingLimit::new(settings.messages_per_ten_seconds_per_user),
        bus: Arc::clone(&context.bus),
        log,
        removal,
        ban_sweep,
        announcements,
        own_addresses: own.clone(),
        files: Files::new(storage, settings.files, settings.upload_pace),
        previews: Previews::new(outbound.is_some(), own.clone()),
        servers,
        tenants: tenants.clone(),
        ids: context.ids.clone(),
        clock: context.clock.clone(),
    });
    // Subscribed before anybody can change anything, and not when the task begins.
    let events = context.bus.subscribe(Topics::Changes).await?;
    let erasures = context.bus.subscribe(Topics::Changes).await?;
    let follower = service::follow(Arc::clone(&service), events, context.shutdown.clone());
    let remover = removal::work(Arc::clone(&service), deletions, context.shutdown.clone());
    let sweeper_of_bans = ban_sweep::work(Arc::clone(&service), bans, context.shutdown.clone());
    let tidier = files::work(Arc::clone(&service), context.shutdown.clone());
    let exporter = exports::work(Arc::clone(&service), context.shutdown.clone());
    let announcer = announcements::work(Arc::clone(&service), joinings, context.shutdown.clone());
    let forgetter = departures::work(Arc::clone(&service), users, erasures, context.shutdown.clone());
    let forgetter_of_links = previews::forget(Arc::clone(&service), context.shutdown.clone());
    let previewer = outbound.map(|outbound| {
        let memory = previews::memory(tenants, context.clock.clone(), (outbound, pictures), own);
        previews::work::work(Arc::clone(&service), memory, context.shutdown)
    });
    let peer = MessagesServer::new(Calls(Arc::clone(&service)));
    let (public, _) = api::router().with_state(service).split_for_parts();
    let mut tasks = vec![
        sweeper,
        letting_go,
        Task::new(NAME, writer),
        Task::new(NAME, follower),
        Task::new(NAME, remover),
        Task::new(NAME, sweeper_of_bans),
        Task::new(NAME, announcer),
        Task::new(NAME, tidier),
        Task::new(NAME, exporter),
        Task::new(NAME, forgetter),
        Task::new(NAME, forgetter_of_links),
    ];
    tasks.extend(previewer.map(|work| Task::new(NAME, work)));
    Ok(Wired { public, peer, tasks })
}

/// The contract of the public routes.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    api::router().into_openapi()
}
