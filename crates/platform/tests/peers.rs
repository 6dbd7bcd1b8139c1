//! Calls between processes: a service behind an internal listener, and a client on a balanced channel to it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use contracts::{
    calls::Service,
    servers::{
        GetMembershipRequest, GetMembershipResponse, GetTenantRequest, GetTenantResponse, ListBansRequest,
        ListBansResponse, ListServersOfUserRequest, ListServersOfUserResponse, servers_client::ServersClient,
        servers_server::Servers, servers_server::ServersServer,
    },
};
use platform::{
    auth::{Authenticator, Keys, OwnServiceTokens, RevokedSessions, TokenIssuer},
    clock::Clock,
    http::{
        self,
        internal::{InternalRoutes, Serving},
    },
    rpc::{self, Admission, Channel, Credentials, ForUsers, Peer},
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Response, Status};

const ISSUER: &str = "http://beep.test";

/// Calls that an instance works on at the same time.
const PLACES: usize = 16;

/// Counts its calls, and answers with their number as the version. Asked for the tenant 7, it does not come to an end, and
/// counts whom it holds like that.
#[derive(Clone, Default)]
struct Counting {
    answered: Arc<AtomicUsize>,
    held: Arc<AtomicUsize>,
}

#[tonic::async_trait]
impl Servers for Counting {
    async fn get_tenant(&self, request: Request<GetTenantRequest>) -> Result<Response<GetTenantResponse>, Status> {
        if request.get_ref().server_id == 7 {
            self.held.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        Err(Status::not_found("there is none"))
    }

    async fn get_membership(
        &self,
        _: Request<GetMembershipRequest>,
    ) -> Result<Response<GetMembershipResponse>, Status> {
        let version = self.answered.fetch_add(1, Ordering::SeqCst);
        Ok(Response::new(GetMembershipResponse {
            membership: None,
            version: i64::try_from(version).unwrap(),
        }))
    }

    async fn list_bans(&self, _: Request<ListBansRequest>) -> Result<Response<ListBansResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn list_servers_of_user(
        &self,
        _: Request<ListServersOfUserRequest>,
    ) -> Result<Response<ListServersOfUserResponse>, Status> {
        Err(Status::unavailable("not now"))
    }
}

/// An instance of the service.
struct Instance {
    address: SocketAddr,
    calls: Counting,
    serving: Serving,
    stop: CancellationToken,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Instance {
    async fn start(issuer: &TokenIssuer) -> Self {
        let (calls, clock, keys) = (Counting::default(), Clock::system(), Keys::of(&issuer.jwks()));
        let authenticator = Authenticator::with_keys(ISSUER, keys.clone(), RevokedSessions::default());
        let mut routes = InternalRoutes::default();
        let server = ServersServer::new(calls.clone());
        routes.add(ForUsers::new(server, authenticator, clock.clone()));
        let admission = Admission::new(ISSUER, &[Service::Servers], &keys, clock);
        let (all, serving) = routes.finish(admission, PLACES, contracts::DESCRIPTORS).await;
        serving.set(true).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let server = tokio::spawn(http::serve(listener, all, stop.clone(), Duration::from_secs(1)));
        Self {
            address,
            calls,
            serving,
            stop,
            server,
        }
    }

    async fn end(self) {
        self.stop.cancel();
        self.server.await.unwrap().unwrap();
    }

    fn count(&self) -> usize {
        self.calls.answered.load(Ordering::SeqCst)
    }
}

async fn until(mut condition: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not come about");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn channel(addresses: &[SocketAddr]) -> Channel {
    let addresses = addresses
        .iter()
        .map(|address| format!("http://{address}").parse().unwrap());
    let (channel, watching) = Channel::open(Service::Servers, addresses.collect(), None, CancellationToken::new());
    tokio::spawn(watching.work);
    channel
}

fn client(channel: &Channel, caller: Service, issuer: &TokenIssuer) -> ServersClient<Peer> {
    let source = Arc::new(OwnServiceTokens::new(issuer.clone(), Clock::system()));
    ServersClient::new(channel.peer(Credentials::new(caller, source)))
}

const MEMBERSHIP: GetMembershipRequest = GetMembershipRequest {
    server_id: 1,
    user_id: 2,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_called_by_those_who_may_and_by_nobody_else() {
    let issuer = TokenIssuer::ephemeral(ISSUER);
    let instance = Instance::start(&issuer).await;
    let channel = channel(&[instance.address]);
    let mut messages = client(&channel, Service::Messages, &issuer);
    assert_eq!(
        messages.get_membership(MEMBERSHIP).await.unwrap().into_inner().version,
        0
    );
    let missing = messages.get_tenant(GetTenantRequest { server_id: 1 }).await;
    assert_eq!(missing.unwrap_err().code(), Code::NotFound);
    let mut storage = client(&channel, Service::Storage, &issuer);
    assert_eq!(
        storage.get_membership(MEMBERSHIP).await.unwrap_err().code(),
        Code::PermissionDenied
    );
    let mut forger = client(&channel, Service::Messages, &TokenIssuer::ephemeral(ISSUER));
    assert_eq!(
        forger.get_membership(MEMBERSHIP).await.unwrap_err().code(),
        Code::Internal
    );
    // Past our own client, without any token.
    let bare = tonic::transport::Endpoint::from_shared(format!("http://{}", instance.address)).unwrap();
    let mut bare = ServersClient::new(bare.connect().await.unwrap());
    assert_eq!(
        bare.get_membership(MEMBERSHIP).await.unwrap_err().code(),
        Code::Unauthenticated
    );
    assert_eq!(instance.count(), 1);
    instance.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_balanced_and_go_on_when_an_instance_ends() {
    let issuer = TokenIssuer::ephemeral(ISSUER);
    let (first, second) = (Instance::start(&issuer).await, Instance::start(&issuer).await);
    let channel = channel(&[first.address, second.address]);
    let mut client = client(&channel, Service::Messages, &issuer);
    until(|| channel.instances() == 2).await;
    while first.count() == 0 || second.count() == 0 {
        client.get_membership(MEMBERSHIP).await.unwrap();
        assert!(first.count() + second.count() < 1_000, "one gets nothing");
    }
    first.end().await;
    let before = second.count();
    for _ in 0..50 {
        client.get_membership(MEMBERSHIP).await.unwrap();
    }
    assert!(second.count() >= before + 50);
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_says_it_is_going_is_left_before_it_goes() {
    let issuer = TokenIssuer::ephemeral(ISSUER);
    let (first, second) = (Instance::start(&issuer).await, Instance::start(&issuer).await);
    let channel = channel(&[first.address, second.address]);
    until(|| channel.instances() == 2).await;
    let (end, source) = (
        CancellationToken::new(),
        Arc::new(OwnServiceTokens::new(issuer, Clock::system())),
    );
    let callers = (0..4).map(|_| {
        let mut client = ServersClient::new(channel.peer(Credentials::new(Service::Messages, source.clone())));
        let end = end.clone();
        tokio::spawn(async move {
            while !end.is_cancelled() {
                client.get_membership(MEMBERSHIP).await.unwrap();
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    until(|| first.count() > 0 && second.count() > 0).await;
    first.serving.set(false).await;
    until(|| channel.instances() == 1).await;
    // Many calls, and none of them to the first: those that were on their way have been answered.
    let mut before = (0, 0);
    until(|| {
        let now = (first.count(), second.count());
        if now.0 != before.0 {
            before = now;
        }
        now.1 > before.1 + 100
    })
    .await;
    let (calls, before, after) = (first.calls.clone(), before.0, second.count());
    first.end().await;
    until(|| second.count() > after + 100).await;
    end.cancel();
    for caller in callers {
        caller.await.expect("no call fails");
    }
    assert_eq!(
        calls.answered.load(Ordering::SeqCst),
        before,
        "nobody asked the one that was going"
    );
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_is_not_there_is_unavailable_and_not_waited_for_long() {
    let issuer = TokenIssuer::ephemeral(ISSUER);
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut client = client(&channel(&[nowhere]), Service::Messages, &issuer);
    let answer = tokio::time::timeout(Duration::from_secs(30), client.get_membership(MEMBERSHIP)).await;
    assert_eq!(answer.expect("an answer").unwrap_err().code(), Code::Unavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_without_room_says_so_and_is_not_asked_again_at_once() {
    let issuer = TokenIssuer::ephemeral(ISSUER);
    let instance = Instance::start(&issuer).await;
    let channel = channel(&[instance.address]);
    let client = client(&channel, Service::Messages, &issuer);
    let mut holding = tokio::task::JoinSet::new();
    for _ in 0..PLACES {
        let mut client = client.clone();
        holding.spawn(async move { client.get_tenant(GetTenantRequest { server_id: 7 }).await.map(drop) });
    }
    let ask = async || client.clone().get_membership(MEMBERSHIP).await.map(drop);
    // Nobody else asks before: it would be in the place of one who was to hold it.
    until(|| instance.calls.held.load(Ordering::SeqCst) >= PLACES).await;
    // Nothing opens the breaker, which would keep out those for whom there is room, too. And nothing is tried again: the
    // pauses between attempts alone would take longer than this.
    let begun = std::time::Instant::now();
    for _ in 0..30 {
        let refused = ask().await.unwrap_err();
        assert!(rpc::is_overloaded(&refused), "{refused}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "each was tried again and again"
    );
    holding.shutdown().await;
    let free = async { while ask().await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(20), free)
        .await
        .expect("the room of those who left");
    instance.end().await;
}
