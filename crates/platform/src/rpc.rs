//! Calls between services: one client type, whether the peer is in this process or not (architecture, section 3).

use std::{convert::Infallible, time::Duration};

use tonic::{Code, Status, body::Body, codegen::Service, metadata::MetadataValue};
use tower::{BoxError, ServiceBuilder, ServiceExt, util::BoxCloneSyncService};

/// The metadata key of an error's stable code.
pub const CODE_KEY: &str = "beep-code";
/// How long a call may take before the caller gives up.
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

/// A status that carries the stable code of the public API, for a caller that shows it on.
#[must_use]
pub fn status(code: Code, beep_code: &'static str, detail: impl Into<String>) -> Status {
    let mut status = Status::new(code, detail);
    status
        .metadata_mut()
        .insert(CODE_KEY, MetadataValue::from_static(beep_code));
    status
}

/// The stable code that a status carries.
#[must_use]
pub fn beep_code(status: &Status) -> Option<&str> {
    status.metadata().get(CODE_KEY)?.to_str().ok()
}

/// The status of an error of the database: unavailable, or internal and logged here.
#[must_use]
pub fn database_status(error: &crate::db::DbError) -> Status {
    if let crate::db::DbError::Unavailable(_) | crate::db::DbError::Conflict(_) = error {
        return status(Code::Unavailable, "unavailable", "the database is unavailable");
    }
    tracing::error!(error.detail = %error, "an internal call failed in the database");
    status(Code::Internal, "internal", "the call failed")
}
