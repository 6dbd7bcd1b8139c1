//! What is remembered, and what is not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use contracts::{
    events::EventKind,
    servers::{
        self as wire, GetMembershipResponse, GetTenantResponse, ListBansRequest, ListBansResponse,
        ListServersOfUserRequest, ListServersOfUserResponse,
        servers_server::{self, ServersServer},
    },
};
use futures::future::BoxFuture;
use model::EventId;
use platform::{
    bus::{BusError, Subscription, Topics},
    rpc,
};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

use super::*;

const SERVER: ServerId = ServerId(1);
const CHANNEL: ChannelId = ChannelId(2);
const USER: UserId = UserId(3);

/// A server with one channel, whose answers wait for a permit. Everything it has answered counts.
#[derive(Clone)]
struct Servers {
    version: Arc<AtomicU64>,
    asked: Arc<AtomicU64>,
    permits: Arc<Semaphore>,
}

impl Servers {
    /// What is true when it is asked, answered when it is let through.
    async fn version(&self) -> i64 {
        let version = self.version.load(Ordering::SeqCst);
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.permits.acquire().await.unwrap().forget();
        i64::try_from(version).unwrap()
    }
}

#[tonic::async_trait]
impl servers_server::Servers for Servers {
    async fn get_tenant(&self, _: Request<GetTenantRequest>) -> Result<Response<GetTenantResponse>, Status> {
        let tenant = wire::Tenant {
            server_id: SERVER.0,
            version: self.version().await,
            owner_id: USER.0,
            channels: vec![wire::Channel {
                id: CHANNEL.0,
                kind: wire::ChannelKind::Text.into(),
                ..wire::Channel::default()
            }],
            ..wire::Tenant::default()
        };
        Ok(Response::new(GetTenantResponse { tenant: Some(tenant) }))
    }

    async fn get_membership(
        &self,
        _: Request<GetMembershipRequest>,
    ) -> Result<Response<GetMembershipResponse>, Status> {
        Ok(Response::new(GetMembershipResponse {
            version: self.version().await,
            membership: Some(wire::Membership {
                user_id: USER.0,
                ..wire::Membership::default()
            }),
        }))
    }

    async fn list_bans(&self, _: Request<ListBansRequest>) -> Result<Response<ListBansResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn list_servers_of_user(
        &self,
        _: Request<ListServersOfUserRequest>,
    ) -> Result<Response<ListServersOfUserResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }
}

/// A bus of which nothing but [`EventBus::hears`] is needed.
#[derive(Clone, Default)]
struct Bus(Arc<std::sync::Mutex<Option<u64>>>);

impl Bus {
    fn hears(&self, heard: Option<u64>) {
        *self.0.lock().unwrap() = heard;
    }
}

impl EventBus for Bus {
    fn publish(&self, _: Arc<Event>) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn barrier(&self) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn subscribe(&self, _: Topics) -> BoxFuture<'_, Result<Subscription, BusError>> {
        Box::pin(std::future::ready(Err(BusError("not needed here".to_owned()))))
    }

    fn hears(&self, service: Service) -> Option<u64> {
        assert_eq!(service, Service::Servers);
        *self.0.lock().unwrap()
    }
}

fn world(permits: usize) -> (Servers, Arc<Access>) {
    let bus = Bus::default();
    bus.hears(Some(0));
    world_with(permits, bus)
}

fn world_with(permits: usize, bus: Bus) -> (Servers, Arc<Access>) {
    let servers = Servers {
        version: Arc::new(AtomicU64::new(1)),
        asked: Arc::default(),
        permits: Arc::new(Semaphore::new(permits)),
    };
    let client = ServersClient::new(rpc::in_process(ServersServer::new(servers.clone())));
    (servers, Arc::new(Access::new(client, Clock::system(), Arc::new(bus))))
}

fn told(kind: EventKind, version: i64) -> Event {
    let event = Event::new(EventId(1), kind, Audience::Server { server_id: SERVER }, &()).unwrap();
    Event {
        tenant_version: Some(version),
        user_id: Some(USER),
        ..event
    }
}

/// Asks, and has `meanwhile` happen while both answers are on their way.
async fn ask_while(servers: &Servers, access: &Arc<Access>, meanwhile: impl Fn(&Access)) {
    let asking = Arc::clone(access);
    let asked = servers.asked.load(Ordering::SeqCst);
    let task = tokio::spawn(async move { asking.viewer(SERVER, CHANNEL, USER).await.map(drop) });
    for call in 1..=2 {
        while servers.asked.load(Ordering::SeqCst) < asked + call {
            tokio::task::yield_now().await;
        }
        meanwhile(access);
        servers.permits.add_permits(1);
    }
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_warm_question_makes_no_call() {
    let (servers, access) = world(2);
    for _ in 0..5 {
        access.viewer(SERVER, CHANNEL, USER).await.unwrap();
    }
    assert_eq!(servers.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_was_on_its_way_when_events_came_or_were_lost_is_not_remembered() {
    let changed = |access: &Access| {
        access.on_event(&told(EventKind::RoleUpdated, 2));
        access.on_event(&told(EventKind::MemberUpdated, 2));
    };
    for meanwhile in [&changed as &dyn Fn(&Access), &Access::forget_all] {
        let (servers, access) = world(0);
        ask_while(&servers, &access, meanwhile).await;
        servers.version.store(2, Ordering::SeqCst);
        servers.permits.add_permits(2);
        access.viewer(SERVER, CHANNEL, USER).await.unwrap();
        assert_eq!(servers.asked.load(Ordering::SeqCst), 4, "both are asked for again");
        access.viewer(SERVER, CHANNEL, USER).await.unwrap();
        assert_eq!(servers.asked.load(Ordering::SeqCst), 4, "and remembered now");
    }
}

#[tokio::test]
async fn nothing_is_believed_while_the_servers_service_is_not_heard_nor_what_was_remembered_before() {
    let bus = Bus::default();
    bus.hears(Some(0));
    let (servers, access) = world_with(100, bus.clone());
    let asked = async || {
        let before = servers.asked.load(Ordering::SeqCst);
        access.viewer(SERVER, CHANNEL, USER).await.unwrap();
        servers.asked.load(Ordering::SeqCst) - before
    };
    assert_eq!((asked().await, asked().await), (2, 0));
    bus.hears(None);
    assert_eq!((asked().await, asked().await), (2, 2));
    bus.hears(Some(1));
    assert_eq!((asked().await, asked().await), (2, 0));
    // A lapse that nobody noticed counts as much.
    bus.hears(Some(2));
    assert_eq!((asked().await, asked().await), (2, 0));
}

#[tokio::test]
async fn what_was_on_its_way_when_the_servers_service_was_not_heard_is_not_remembered() {
    let bus = Bus::default();
    bus.hears(Some(0));
    let (servers, access) = world_with(0, bus.clone());
    ask_while(&servers, &access, |_| bus.hears(None)).await;
    bus.hears(Some(1));
    servers.permits.add_permits(2);
    access.viewer(SERVER, CHANNEL, USER).await.unwrap();
    assert_eq!(servers.asked.load(Ordering::SeqCst), 4, "both are asked for again");
}
