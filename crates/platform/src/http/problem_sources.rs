//! Errors of the layers below as problems. What the operator must know is logged here, once; the client reads little.

use std::time::Duration;

use http::StatusCode;
use tonic::Code;

use super::Problem;
use crate::{db::DbError, objects::ObjectError, rpc};

/// When to try again after a short outage.
const SOON: Duration = Duration::from_secs(1);

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        tracing::error!(error.detail = %error, "the database failed a request");
        match error {
            DbError::Unavailable(_) | DbError::Conflict(_) => Self::unavailable(SOON),
            DbError::Unique(_) | DbError::ForeignKey(_) | DbError::NotFound | DbError::Statement(_) => Self::internal(),
        }
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

impl From<tonic::Status> for Problem {
    fn from(status: tonic::Status) -> Self {
        let (http, fallback) = match status.code() {
            Code::InvalidArgument | Code::OutOfRange => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Code::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted => (StatusCode::CONFLICT, "conflict"),
            Code::PermissionDenied => (StatusCode::FORBIDDEN, "forbidden"),
            Code::Unauthenticated => (StatusCode::UNAUTHORIZED, "not_signed_in"),
            Code::ResourceExhausted => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => {
                tracing::error!(error.detail = %status.message(), code = ?status.code(), "a peer is not available");
                return Self::unavailable(SOON);
            }
            Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss | Code::Unimplemented => {
                tracing::error!(error.detail = %status.message(), code = ?status.code(), "a peer failed a request");
                return Self::internal();
            }
        };
        let code = rpc::beep_code(&status).filter(|code| is_code(code));
        let problem = Self::new(http, code.unwrap_or(fallback).to_owned(), status.message().to_owned());
        if http == StatusCode::TOO_MANY_REQUESTS {
            problem.with_retry_after(SOON)
        } else {
            problem
        }
    }
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
        let problem = Problem::from(tonic::Status::internal("stack trace"));
        assert!(!problem.detail().contains("stack") && problem.status().as_u16() == 500);
    }

    #[test]
    fn the_code_of_a_peer_crosses() {
        let mut status = tonic::Status::not_found("no such server");
        assert_eq!(Problem::from(status.clone()).code(), "not_found");
        status
            .metadata_mut()
            .insert(rpc::CODE_KEY, "server_not_found".parse().unwrap());
        let problem = Problem::from(status.clone());
        assert_eq!((problem.status().as_u16(), problem.code()), (404, "server_not_found"));
        status
            .metadata_mut()
            .insert(rpc::CODE_KEY, "Not A Code".parse().unwrap());
        assert_eq!(Problem::from(status).code(), "not_found");
    }
}
