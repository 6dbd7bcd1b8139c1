//! Errors of the layers below as problems. What the operator must know is logged here, once; the client reads little.

use std::time::Duration;

use contracts::calls::{NO_SERVICE_TOKEN, NOT_ALLOWED};
use http::StatusCode;
use tonic::Code;

use super::Problem;
use crate::{db::DbError, objects::ObjectError, pictures::NotKept, rpc};

/// When to try again after a short outage.
const SOON: Duration = Duration::from_secs(1);

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        let problem = match error {
            DbError::Busy(_) => {
                tracing::warn!(error.detail = %error, "there was no room for a request");
                return Self::overloaded(SOON);
            }
            DbError::Unavailable(_) | DbError::Conflict(_) => Self::unavailable(SOON),
            DbError::Unique(_) | DbError::ForeignKey(_) | DbError::NotFound | DbError::Statement(_) => Self::internal(),
        };
        tracing::error!(error.detail = %error, "the database failed a request");
        problem
    }
}

/// A full disk does not empty itself at once.
const LATER: Duration = Duration::from_secs(30);

impl From<ObjectError> for Problem {
    fn from(error: ObjectError) -> Self {
        tracing::error!(error.detail = %error, "the object store failed a request");
        match error {
            ObjectError::Full => Self::unavailable(LATER),
            ObjectError::Unavailable(_) => Self::unavailable(SOON),
        }
    }
}

impl From<NotKept> for Problem {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::Refused(status) => status.into(),
            NotKept::Database(error) => error.into(),
        }
    }
}

impl From<tonic::Status> for Problem {
    /// A refusal with a stable code was written for whoever asked, and is shown on. Whatever else a peer says is for the
    /// operator: without a code nobody knows who was meant to read it.
    fn from(status: tonic::Status) -> Self {
        let http = match status.code() {
            Code::InvalidArgument | Code::OutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted => StatusCode::CONFLICT,
            Code::PermissionDenied => StatusCode::FORBIDDEN,
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::Unavailable if rpc::is_overloaded(&status) => {
                tracing::warn!(error.detail = %status.message(), "a peer had no room for a request");
                return Self::overloaded(SOON);
            }
            Code::Unavailable if is_named(&status) => StatusCode::SERVICE_UNAVAILABLE,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => {
                tracing::error!(error.detail = %status.message(), code = ?status.code(), "a peer is not available");
                return Self::unavailable(SOON);
            }
            Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss | Code::Unimplemented => {
                return failed(&status);
            }
        };
        let code = rpc::beep_code(&status).filter(|code| is_code(code) && !is_about_the_caller(code));
        let Some(code) = code else {
            return failed(&status);
        };
        let problem = Self::new(http, code.to_owned(), status.message().to_owned());
        if [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&http) {
            problem.with_retry_after(rpc::retry_after(&status).unwrap_or(SOON))
        } else {
            problem
        }
    }
}

/// Whether something is away that whoever asked knows by name, and not the peer.
fn is_named(status: &tonic::Status) -> bool {
    rpc::beep_code(status).is_some_and(|code| is_code(code) && code != "unavailable")
}

/// The peer, or this service in its way to ask, has made a mistake.
fn failed(status: &tonic::Status) -> Problem {
    tracing::error!(error.detail = %status.message(), code = ?status.code(), "a peer failed a request");
    Problem::internal()
}

/// Whether it is this service that is refused, not whoever it works for.
fn is_about_the_caller(code: &str) -> bool {
    [NOT_ALLOWED.1, NO_SERVICE_TOKEN.1].contains(&code)
}

/// Whether the text has the form of our codes.
fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use axum::response::IntoResponse;

    use super::*;

    #[test]
    fn what_the_operator_reads_is_not_what_the_client_reads() {
        let problem = Problem::from(DbError::Statement("no such table: secrets".into()));
        assert_eq!((problem.status().as_u16(), problem.code()), (500, "internal"));
        assert!(!problem.detail().contains("secrets"));
        assert_eq!(
            Problem::from(DbError::Unavailable("gone".into())).status().as_u16(),
            503
        );
        let full = Problem::from(DbError::Busy("full"));
        assert_eq!((full.status().as_u16(), full.code()), (503, "overloaded"));
        let full = Problem::from(rpc::overloaded("full"));
        assert_eq!((full.status().as_u16(), full.code()), (503, "overloaded"));
        let problem = Problem::from(tonic::Status::internal("stack trace"));
        assert!(!problem.detail().contains("stack") && problem.status().as_u16() == 500);
    }

    #[test]
    fn the_code_of_a_peer_crosses_with_the_text_that_goes_with_it() {
        let status = rpc::status(Code::NotFound, "server_not_found", "There is no such server.");
        let problem = Problem::from(status);
        assert_eq!((problem.status().as_u16(), problem.code()), (404, "server_not_found"));
        assert_eq!(problem.detail(), "There is no such server.");
        let busy = Problem::from(rpc::status(Code::ResourceExhausted, "sending_too_fast", "Wait."));
        assert_eq!(busy.into_response().headers()["retry-after"], "1");
        let busy = rpc::status(Code::ResourceExhausted, "too_many_attempts", "Wait.");
        let busy = Problem::from(rpc::with_retry_after(busy, Duration::from_millis(61_500)));
        assert_eq!(busy.into_response().headers()["retry-after"], "62");
        let away = rpc::status(Code::Unavailable, "identity_unavailable", "Wait.");
        let away = Problem::from(rpc::with_retry_after(away, Duration::from_secs(5)));
        assert_eq!((away.status().as_u16(), away.code()), (503, "identity_unavailable"));
        assert_eq!(away.into_response().headers()["retry-after"], "5");
        let away = Problem::from(rpc::unavailable("host=db3"));
        assert_eq!((away.status().as_u16(), away.code()), (503, "unavailable"));
        assert!(!away.detail().contains("db3"));
    }

    #[test]
    fn what_a_peer_says_without_a_code_is_not_shown() {
        let text = "host=db3 password=secret";
        for code in 1..=16 {
            let code = Code::from_i32(code);
            let mut with_nonsense = tonic::Status::new(code, text);
            with_nonsense
                .metadata_mut()
                .insert(rpc::CODE_KEY, "Not A Code".parse().unwrap());
            let of_the_caller = rpc::refusal(NOT_ALLOWED, text);
            for status in [tonic::Status::new(code, text), with_nonsense, of_the_caller] {
                let problem = Problem::from(status);
                assert!(!problem.detail().contains("secret"), "{code:?}: {}", problem.detail());
                let seen = (problem.status().as_u16(), problem.code().to_owned());
                let expected = [(500, "internal".to_owned()), (503, "unavailable".to_owned())];
                assert!(expected.contains(&seen), "{code:?}: {seen:?}");
            }
        }
    }
}
