//! A service's internal calls as its peers make them, in both shapes: in the same process, and over a channel between
//! processes. Tests make them by the generated client; what is answered is held to the contract of the calls
//! ([`contracts::calls`]), and each call to the laws that hold for all ([`Conformance::keeps_the_laws`]).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "tests fail by panicking"
)]

mod gate;
mod laws;
mod seen;

use std::{collections::HashMap, convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use contracts::calls::{Call, Service};
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Code, Status, body::Body, codegen::Service as Serves, server::NamedService};
use tower::{ServiceExt, util::BoxCloneSyncService};

use self::{
    gate::{Gate, Gated},
    seen::Seen,
};
use super::{Admission, Channel, Credentials, ForUsers, Peer, beep_code, in_process};
use crate::{
    auth::{Authenticator, Caller, Keys, OwnServiceTokens, RevokedSessions, TokenIssuer},
    clock::Clock,
    http::{
        internal::InternalRoutes,
        serve,
        testing::{App, URL},
    },
    telemetry::RequestContext,
};

/// Calls at the same time of a service apart.
const PLACES: usize = 256;

/// Where a peer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// In the process of those who call it.
    Together,
    /// In another process, behind its internal listener.
    Apart,
}

impl Shape {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Together, Self::Apart];
}

/// The internal calls of one service. It notes how they end, and fails a test that is refused in a way that the contract
/// does not name.
pub struct Conformance {
    shape: Shape,
    called: Service,
    issuer: TokenIssuer,
    clock: Clock,
    revoked: RevokedSessions,
    gate: Gate,
    seen: Seen,
    way: Way,
}

/// How the service is reached.
enum Way {
    Together(Peer),
    Apart(Apart),
}

struct Apart {
    channel: Channel,
    address: SocketAddr,
    _running: DropGuard,
}

impl Conformance {
    /// Serves the generated server as the program does, with the identity and the clock of `app`.
    pub async fn start<S>(shape: Shape, server: S, app: &App) -> Self
    where
        S: Serves<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let (issuer, clock, revoked) = (app.issuer.clone(), app.clock.clone(), RevokedSessions::default());
        let called = Service::ALL
            .into_iter()
            .find(|service| service.peer_name() == Some(S::NAME))
            .expect("a service of Beep");
        let keys = Keys::of(&issuer.jwks());
        let gate = Gate::default();
        let authenticator = Authenticator::with_keys(URL, keys.clone(), revoked.clone());
        let server = ForUsers::new(Gated::new(server, gate.clone()), authenticator, clock.clone());
        let way = match shape {
            Shape::Together => Way::Together(in_process(server)),
            Shape::Apart => {
                let mut routes = InternalRoutes::default();
                routes.add(server);
                let admission = Admission::new(URL, &[called], &keys, clock.clone());
                Way::Apart(Apart::start(called, routes, admission).await)
            }
        };
        Self {
            shape,
            called,
            issuer,
            clock,
            revoked,
            gate,
            seen: Seen::default(),
            way,
        }
    }

    /// Where the service is.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// What those who may make a call build their client on.
    #[must_use]
    pub fn peer(&self) -> Peer {
        let of_caller: Arc<HashMap<Service, Peer>> = Arc::new(
            Service::ALL
                .into_iter()
                .map(|caller| (caller, self.peer_of(caller)))
                .collect(),
        );
        BoxCloneSyncService::new(tower::service_fn(move |request: Request<Body>| {
            let call = Call::of_path(request.uri().path());
            let caller = call.map_or(Service::Gateway, |call| call.callers[0]);
            of_caller[&caller].clone().oneshot(request)
        }))
    }

    /// What `caller` builds its client on.
    #[must_use]
    pub fn peer_of(&self, caller: Service) -> Peer {
        self.peer_with(caller, &self.issuer)
    }

    /// The same with service tokens of another issuer.
    fn peer_with(&self, caller: Service, issuer: &TokenIssuer) -> Peer {
        let peer = match &self.way {
            Way::Together(peer) => peer.clone(),
            Way::Apart(apart) => {
                let source = OwnServiceTokens::new(issuer.clone(), self.clock.clone());
                apart.channel.peer(Credentials::new(caller, Arc::new(source)))
            }
        };
        self.seen.noting(self.called, peer)
    }

    /// The same as [`Self::peer`] where each call is one attempt: what is refused is not tried again.
    pub async fn peer_of_single_attempts(&self) -> Peer {
        let Way::Apart(apart) = &self.way else {
            return self.peer();
        };
        let (issuer, clock, called) = (self.issuer.clone(), self.clock.clone(), self.called);
        let with_token = apart.bare().await.map_request(move |mut request: Request<Body>| {
            let call = Call::of_path(request.uri().path()).expect("a call");
            let (token, _) = issuer
                .issue_for_service(call.callers[0], called, clock.now())
                .expect("a token");
            super::caller::attach(request.headers_mut());
            request.headers_mut().insert(
                http::header::AUTHORIZATION,
                format!("Bearer {token}").parse().expect("a header"),
            );
            request
        });
        self.seen.noting(self.called, BoxCloneSyncService::new(with_token))
    }

    /// Does `work` for a request of this user: the calls in it carry the user's own token.
    pub async fn working_for<F: Future>(&self, user: Caller, work: F) -> F::Output {
        let (token, _) = self
            .issuer
            .issue(user.user_id, user.session_id, self.clock.now())
            .expect("a token");
        with_user_token(&token, work).await
    }

    /// Fails unless tests have seen that the call keeps the laws, that it is answered, and each of its refusals.
    pub fn assert_complete(&self, method: &str) {
        let call = Call::of_service(self.called, method).expect("a call of the service");
        self.seen.assert_complete(call);
    }
}

impl Apart {
    async fn start(called: Service, routes: InternalRoutes, admission: Admission) -> Self {
        let (all, serving) = routes.finish(admission, PLACES, contracts::DESCRIPTORS).await;
        serving.set(true).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, all, stop.clone(), Duration::from_secs(1)));
        let addresses = vec![format!("http://{address}").parse().expect("an address")];
        let (channel, watching) = Channel::open(called, addresses, None, stop.clone());
        tokio::spawn(watching.work);
        Self {
            channel,
            address,
            _running: stop.drop_guard(),
        }
    }

    /// A connection past our own client, as a stranger would make it.
    async fn bare(&self) -> Peer {
        let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{}", self.address)).expect("a URI");
        let channel = endpoint.connect().await.expect("a connection");
        BoxCloneSyncService::new(channel.map_err(|error| Status::from_error(error.into())))
    }
}

async fn with_user_token<F: Future>(token: &str, work: F) -> F::Output {
    let work = async {
        RequestContext::set_token(token);
        work.await
    };
    RequestContext::begin().scope(work).await
}

/// Fails unless it was refused with this status and this stable code.
#[track_caller]
pub fn is_refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, stable: &str) {
    let status = answer.expect_err("a refusal");
    assert_eq!((status.code(), beep_code(&status)), (code, Some(stable)), "{status}");
}
