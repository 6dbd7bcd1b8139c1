//! Calls between services: one client type, whether the peer is in this process or not (architecture, section 3).
//!
//! In this process a client is built on the peer's generated server itself. Elsewhere it is built on a balanced channel to
//! the peer's instances, with retries, a circuit breaker and the caller's service token. Both carry the user's own token.

mod addresses;
mod admission;
mod caller;
mod channel;
mod credentials;
mod instances;
mod remote;
mod status;

use std::{convert::Infallible, time::Duration};

use tonic::{Status, body::Body, codegen::Service};
use tower::{BoxError, ServiceBuilder, ServiceExt, util::BoxCloneSyncService};

pub use addresses::{Address, NotAnAddress};
pub use admission::{Admission, time_given};
pub use caller::{ForUsers, caller};
pub use channel::Channel;
pub use credentials::Credentials;
pub use status::{CODE_KEY, beep_code, database_status, status};

/// How long a call may take, all attempts together, before the caller gives up.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// What a generated client is built on: a peer in this process, or a channel to it.
pub type Peer = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Status>;

/// A peer in this process: its generated server is called directly, without a socket.
pub fn in_process<S>(server: S) -> Peer
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let guarded = ServiceBuilder::new()
        .map_request(|mut request: http::Request<Body>| {
            caller::attach(request.headers_mut());
            request
        })
        .timeout(CALL_TIMEOUT)
        .service(server.map_err(BoxError::from));
    BoxCloneSyncService::new(guarded.map_err(|error: BoxError| {
        if error.is::<tower::timeout::error::Elapsed>() {
            Status::deadline_exceeded("the peer did not answer in time")
        } else {
            Status::from_error(error)
        }
    }))
}

/// A peer in this process whose every call is made for `caller`; for tests, which have no tokens.
#[cfg(feature = "testing")]
pub fn in_process_as<S>(server: S, caller: crate::auth::Caller) -> Peer
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let known = server.map_request(move |mut request: http::Request<Body>| {
        request.extensions_mut().insert(caller);
        request
    });
    in_process(known)
}
