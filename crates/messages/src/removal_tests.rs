//! Rows that were left when the process died between a deletion and its event.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use contracts::{
    servers::{
        self as wire, GetMembershipRequest, GetMembershipResponse, GetTenantResponse, ListServersOfUserRequest,
        ListServersOfUserResponse, servers_client::ServersClient, servers_server,
    },
    storage::storage_client::StorageClient,
    users::users_client::UsersClient,
};
use model::{MessageId, Timestamp, UserId};
use platform::{
    bus::LocalBus,
    clock::{Clock, Ids},
    db::{Db, Tenants},
    rpc,
    testing::databases,
};
use tonic::{Request, Response, Status};

use super::*;
use crate::{
    access::Access,
    announcements::Announcements,
    authors::Authors,
    ban_sweep::BanSweep,
    external_links::OwnAddresses,
    files::{FileLimits, Files},
    log::Log,
    message_kind::MessageKind,
    sending_limit::SendingLimit,
    store::{MIGRATIONS, messages::Message},
};

/// The servers that exist, with their channels.
#[derive(Clone, Default)]
pub(crate) struct Servers {
    /// In the order of server and user.
    pub(crate) bans: Arc<Mutex<Vec<wire::Ban>>>,
    existing: Arc<Mutex<BTreeMap<i64, Vec<i64>>>>,
    /// The number of the call that fails.
    fails_at: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
}

#[tonic::async_trait]
impl servers_server::Servers for Servers {
    async fn get_tenant(&self, request: Request<GetTenantRequest>) -> Result<Response<GetTenantResponse>, Status> {
        if self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.fails_at.load(Ordering::SeqCst) {
            return Err(platform::rpc::unavailable("away"));
        }
        let server_id = request.into_inner().server_id;
        let channels = self.existing.lock().unwrap().get(&server_id).cloned();
        let channel = |id: i64| wire::Channel {
            id,
            ..wire::Channel::default()
        };
        let tenant = channels.map(|channels| wire::Tenant {
            server_id,
            channels: channels.into_iter().map(channel).collect(),
            ..wire::Tenant::default()
        });
        Ok(Response::new(GetTenantResponse { tenant }))
    }

    async fn get_membership(
        &self,
        _: Request<GetMembershipRequest>,
    ) -> Result<Response<GetMembershipResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn list_bans(
        &self,
        request: Request<wire::ListBansRequest>,
    ) -> Result<Response<wire::ListBansResponse>, Status> {
        let request = request.into_inner();
        let after = (request.after_server_id, request.after_user_id);
        let all = self.bans.lock().unwrap();
        let bans = all
            .iter()
            .filter(|ban| (ban.server_id, ban.user_id) > after && ban.created_at >= request.since);
        let bans = bans.take(request.limit as usize).copied().collect();
        Ok(Response::new(wire::ListBansResponse { bans }))
    }

    async fn list_servers_of_user(
        &self,
        _: Request<ListServersOfUserRequest>,
    ) -> Result<Response<ListServersOfUserResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }
}

/// The service as it is after a start, without anything that runs in the background.
pub(crate) fn service(db: &Db, servers: &Servers) -> Service {
    let tenants = Tenants::single(db.clone());
    let (ids, clock) = (Ids::new(Clock::system(), 1), Clock::system());
    let client = ServersClient::new(rpc::in_process(servers_server::ServersServer::new(servers.clone())));
    // Nobody asks for names here: the same peer answers that it does not know the call.
    let users = UsersClient::new(rpc::in_process(servers_server::ServersServer::new(servers.clone())));
    let storage = StorageClient::new(rpc::in_process(servers_server::ServersServer::new(servers.clone())));
    let limits = FileLimits {
        attachment_bytes: 1_000,
        bytes_per_user: 1_000,
    };
    Service {
        access: Access::new(client.clone(), clock.clone(), Arc::new(LocalBus::default())),
        authors: Authors::new(users.clone()),
        exports: crate::exports::Exports::new(users),
        limit: SendingLimit::new(0),
        typing_limit: SendingLimit::new(0),
        bus: Arc::new(LocalBus::default()),
        log: Log::new(tenants.clone(), ids.clone(), clock.clone()).0,
        removal: Removal::new().0,
        ban_sweep: BanSweep::new().0,
        announcements: Announcements::new().0,
        own_addresses: OwnAddresses::new("http://localhost"),
        files: Files::new(storage, limits, std::time::Duration::ZERO),
        previews: crate::previews::Previews::new(false, OwnAddresses::new("http://localhost")),
        servers: client,
        tenants,
        ids,
        clock,
    }
}

/// Stores messages as the log does.
async fn fill(service: &Service, server: i64, channel: i64, count: i64) {
    let place = (ServerId(server), ChannelId(channel));
    let mut tx = service.tenants.begin_group().await.unwrap();
    counters::raise(&mut tx, &BTreeMap::from([(place, count)]))
        .await
        .unwrap();
    let rows: Vec<Message> = (1..=count)
        .map(|seq| Message {
            server_id: place.0,
            channel_id: place.1,
            id: MessageId(channel * 10_000 + seq),
            seq,
            author_id: UserId(1),
            content: "x".to_owned(),
            nonce: None,
            created_at: Timestamp::from_millis(0),
            edited_at: None,
            kind: MessageKind::Default,
            reply_to_id: None,
            mentions: crate::mentions::Mentions::default(),
            pinned_at: None,
            reacted: false,
            attachment_count: 0,
            embeds: crate::previews::Embeds::default(),
        })
        .collect();
    messages::add_all(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// Which channels still have rows.
async fn left(service: &Service) -> Vec<(i64, i64)> {
    let mut tx = service.tenants.begin_group().await.unwrap();
    let counted = counters::list(&mut tx, (ServerId(0), ChannelId(0)), 10_000)
        .await
        .unwrap();
    drop(tx);
    let mut left = Vec::new();
    for (server, channel) in counted {
        let page = messages::list(service.tenants.reader(server), channel, messages::Part::Newest, 10_000);
        assert!(!page.await.unwrap().is_empty(), "a counter without messages");
        left.push((server.0, channel.0));
    }
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_without_an_event_is_removed_and_nothing_else() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let servers = Servers::default();
        let service = service(&database.db, &servers);
        // More channels than a step looks at, and a channel with more messages than a transaction removes.
        for channel in 1..=(STEP + 10) {
            fill(&service, 1, channel, 1).await;
        }
        fill(&service, 2, 500, AT_ONCE + 1).await;
        fill(&service, 2, 501, 3).await;
        fill(&service, 3, 600, 3).await;
        let mut kept: Vec<i64> = (1..=(STEP + 10)).collect();
        servers.existing.lock().unwrap().insert(1, kept.clone());
        servers.existing.lock().unwrap().insert(2, vec![501]);
        sweep(&service).await.unwrap();
        let expected = |kept: &[i64]| {
            let mut all: Vec<(i64, i64)> = kept.iter().map(|channel| (1, *channel)).collect();
            all.push((2, 501));
            all
        };
        assert_eq!(left(&service).await, expected(&kept), "{}", database.kind);
        // Sweeping again changes nothing; what is deleted later goes with a later sweep.
        sweep(&service).await.unwrap();
        assert_eq!(left(&service).await, expected(&kept), "{}", database.kind);
        kept.retain(|channel| channel % 2 == 0);
        servers.existing.lock().unwrap().insert(1, kept.clone());
        sweep(&service).await.unwrap();
        assert_eq!(left(&service).await, expected(&kept), "{}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_that_was_broken_off_is_finished_by_the_next() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let servers = Servers::default();
        let service = service(&database.db, &servers);
        for server in 1..=5 {
            fill(&service, server, server * 10, 2).await;
        }
        servers.existing.lock().unwrap().insert(5, vec![50]);
        servers.fails_at.store(3, Ordering::SeqCst);
        sweep(&service).await.unwrap_err();
        assert_eq!(
            left(&service).await,
            [(3, 30), (4, 40), (5, 50)],
            "{}: while a peer is away nothing goes",
            database.kind
        );
        sweep(&service).await.unwrap();
        assert_eq!(left(&service).await, [(5, 50)], "{}", database.kind);
    }
}
