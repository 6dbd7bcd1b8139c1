//! Errors of internal calls: a status, and the stable code of the public API for a caller that shows it on.

use std::time::Duration;

use contracts::calls::Refusal;
use tonic::{Code, Status, metadata::MetadataValue};

use crate::db::DbError;

/// The metadata key of an error's stable code.
pub const CODE_KEY: &str = "beep-code";
/// The metadata key of when to ask again, in milliseconds.
const RETRY_AFTER_KEY: &str = "beep-retry-after";
/// The stable code of what there was no room for.
const OVERLOADED: &str = "overloaded";
/// The stable code of what is not there.
const UNAVAILABLE: &str = "unavailable";

/// A status that carries the stable code of the public API, for a caller that shows it on.
#[must_use]
pub fn status(code: Code, beep_code: &'static str, detail: impl Into<String>) -> Status {
    let mut status = Status::new(code, detail);
    status
        .metadata_mut()
        .insert(CODE_KEY, MetadataValue::from_static(beep_code));
    status
}

/// The status of a refusal that the contract of the calls names.
#[must_use]
pub fn refusal((code, beep_code): Refusal, detail: impl Into<String>) -> Status {
    status(code, beep_code, detail)
}

/// The call took longer than its caller waits.
#[must_use]
pub fn timed_out() -> Status {
    status(
        Code::DeadlineExceeded,
        "timed_out",
        "the call took longer than its caller waits",
    )
}

/// The peer, or what it needs, is not there at the moment.
#[must_use]
pub fn unavailable(detail: impl Into<String>) -> Status {
    status(Code::Unavailable, UNAVAILABLE, detail)
}

/// There is no room for the call: nothing was done.
#[must_use]
pub fn overloaded(detail: impl Into<String>) -> Status {
    status(Code::Unavailable, OVERLOADED, detail)
}

/// The same status, which says when to ask again.
#[must_use]
pub fn with_retry_after(mut status: Status, after: Duration) -> Status {
    let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
    status
        .metadata_mut()
        .insert(RETRY_AFTER_KEY, MetadataValue::from(millis));
    status
}

/// When to ask again, where the status says it.
#[must_use]
pub fn retry_after(status: &Status) -> Option<Duration> {
    let millis = status.metadata().get(RETRY_AFTER_KEY)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_millis(millis))
}

/// Whether the peer itself says that it, or what it needs, is not there. With another code it is there, and answers what another
/// instance would: there was no room, or something that the caller knows by name is away.
#[must_use]
pub(super) fn is_away(status: &Status) -> bool {
    status.code() == Code::Unavailable && beep_code(status).is_none_or(|code| code == UNAVAILABLE)
}

/// Whether there was no room for the call. The peer answers, and protects itself: asking it again at once makes it worse.
#[must_use]
pub fn is_overloaded(status: &Status) -> bool {
    status.code() == Code::Unavailable && beep_code(status) == Some(OVERLOADED)
}

/// Something went wrong that is nobody's fault but ours. Whoever makes it has logged the cause, or it stands in `detail`.
#[must_use]
pub fn internal(detail: impl Into<String>) -> Status {
    status(Code::Internal, "internal", detail)
}

/// The stable code that a status carries.
#[must_use]
pub fn beep_code(status: &Status) -> Option<&str> {
    status.metadata().get(CODE_KEY)?.to_str().ok()
}

/// The status of an error of the database: unavailable, or internal and logged here.
#[must_use]
pub fn database_status(error: &DbError) -> Status {
    match error {
        DbError::Unavailable(_) | DbError::Conflict(_) => return unavailable("the database is unavailable"),
        DbError::Busy(_) => return overloaded("too much waits for the database"),
        _ => {}
    }
    tracing::error!(error.detail = %error, "an internal call failed in the database");
    internal("the call failed")
}
