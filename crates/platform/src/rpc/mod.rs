//! Calls between services: one client type, whether the peer is in this process or not (architecture, section 3).
//!
//! In this process a client is built on the peer's generated server itself. Elsewhere it is built on a balanced channel to
//! the peer's instances, with retries, a circuit breaker and the caller's service token. Both carry the user's own token.

mod addresses;
mod admission;
mod caller;
mod channel;
mod credentials;
mod in_process;
mod instances;
mod remote;
mod status;
#[cfg(feature = "testing")]
pub mod testing;

use std::time::Duration;

use contracts::calls::Call;
use http::HeaderMap;
use tonic::{Status, body::Body};
use tower::util::BoxCloneSyncService;

pub use addresses::{Address, NotAnAddress};
pub use admission::{Admission, time_given};
pub use caller::{ForUsers, caller};
pub use channel::Channel;
pub use credentials::Credentials;
pub use in_process::in_process;
pub use status::{
    CODE_KEY, beep_code, database_status, internal, is_overloaded, overloaded, refusal, retry_after, status, timed_out,
    unavailable, with_retry_after,
};

/// How long a call may take, all attempts together, before the caller gives up.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The same for calls that may take longer ([`Call::patient`]): less than people wait for a request.
const PATIENT_CALL_TIMEOUT: Duration = Duration::from_secs(25);

/// What a generated client is built on: a peer in this process, or a channel to it.
pub type Peer = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Status>;

/// For how long the caller waits: as long as it says in the request, and never longer than such a call may take.
fn time_of(path: &str, headers: &HeaderMap) -> Duration {
    let most = match Call::of_path(path) {
        Some(call) if call.patient => PATIENT_CALL_TIMEOUT,
        _ => CALL_TIMEOUT,
    };
    time_given(headers).map_or(most, |given| given.min(most))
}
