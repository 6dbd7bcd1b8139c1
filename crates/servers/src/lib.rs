//! Servers (tenants), channels and folders, members, roles and permissions.
//!
//! **Needs** the users service, for the summary of whoever founds or joins a server, and the storage service, for the
//! pictures of servers.
//!
//! **Changes.** Every change of a server begins by raising its version, which makes the other changes of the same server
//! wait: what a change has read stays true until it commits, ranks hold, counts stay right (`acting.rs`). The version goes
//! with every event, so that whoever holds a snapshot knows when it is out of date. What members do to a server and to
//! each other is written into the audit log in the same transaction (`audit.rs`).
//!
//! **Names of members.** The member list is ordered and searched by names that belong to the users service. A join
//! across services is impossible, so `members` keeps a copy of each user's summary (username, display name, avatar),
//! taken at joining and renewed by the event `user.updated`; a background task does that. When the bus says that events
//! were lost, the task compares all copies with the users service. A copy may therefore be a moment old; whoever shows a
//! user that they follow elsewhere lets the user's own event win.
//!
//! **People who are no more.** When an account was erased, its memberships end (`departures`): the event says so, and at the
//! start, after events were lost and now and then the users service is asked.
//!
//! **The directory.** The servers of a user and the discovery of public ones cross tenants. With one database they are
//! further indexes on the same tables, behind functions of their own (`store/directory.rs`, `store/discovery.rs`).

mod acting;
mod api;
mod audit;
mod audit_reading;
mod becomes;
mod channel_changes;
mod channel_kind;
mod channel_members;
mod cursor;
mod departures;
mod discovery;
mod error;
mod founding;
mod invitations;
mod member_changes;
mod membership;
mod moderation;
mod online;
mod overwrite_changes;
mod ownership;
mod peer;
mod placement;
mod ranking;
mod role_changes;
mod search_term;
mod service;
mod settings;
mod snapshots;
mod store;
mod summaries;
mod tenant;
mod visibility;

use std::sync::Arc;

use contracts::{
    servers::servers_server::ServersServer, storage::storage_client::StorageClient, users::users_client::UsersClient,
};
use platform::{
    bus::Topics,
    db::Tenants,
    erasures,
    pictures::Pictures,
    rpc,
    service::{Context, Task, Wired, WiringError},
};

pub use peer::Calls;

use crate::{service::Service, snapshots::Snapshots};

/// The name of this service, in logs and tables.
const NAME: &str = "servers";

/// What this service needs.
pub struct Needs {
    /// What every service is given.
    pub context: Context,
    /// The users service.
    pub users: UsersClient<rpc::Peer>,
    /// The storage service, for pictures of servers.
    pub storage: StorageClient<rpc::Peer>,
}

/// The generated server of this service's internal calls.
pub type Peer = ServersServer<Calls>;

/// Brings the tables up to date and puts the service together.
pub async fn wire(needs: Needs) -> Result<Wired<Peer>, WiringError> {
    let Needs {
        context,
        users,
        storage,
    } = needs;
    context.db.migrate(NAME, store::MIGRATIONS).await?;
    let (db, sweeper) = context.database_of(NAME).await?;
    discovery::index_outdated(&db).await?;
    let opening = Pictures::open(NAME, &db, context.clock.clone(), storage, context.shutdown.clone());
    let (pictures, letting_go) = opening.await?;
    let service = Arc::new(Service {
        tenants: Tenants::single(db.clone()),
        db,
        ids: context.ids,
        clock: context.clock,
        users,
        pictures,
        snapshots: Snapshots::default(),
    });
    // Subscribed before anybody can change a name, and not when the task begins.
    let events = context.bus.subscribe(Topics::Changes).await?;
    let departures = context.bus.subscribe(Topics::Changes).await?;
    let follower = {
        let service = Arc::clone(&service);
        let shutdown = context.shutdown.clone();
        async move {
            let _ = shutdown.run_until_cancelled(summaries::follow(service, events)).await;
        }
    };
    let departing = {
        let service = Arc::clone(&service);
        let shutdown = context.shutdown;
        async move {
            let users = service.users.clone();
            let following = erasures::follow(&*service, users, departures);
            let _ = shutdown.run_until_cancelled(following).await;
        }
    };
    let (public, _) = api::router().with_state(Arc::clone(&service)).split_for_parts();
    Ok(Wired {
        public,
        peer: ServersServer::new(Calls(service)),
        tasks: vec![
            sweeper,
            letting_go,
            Task::new(NAME, follower),
            Task::new(NAME, departing),
        ],
    })
}

/// The contract of the public routes.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    api::router().into_openapi()
}
