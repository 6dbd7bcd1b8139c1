//! Errors of multipart bodies as problems, for routes that take files.

use axum::extract::multipart::{MultipartError, MultipartRejection};
use http::StatusCode;

use super::Problem;

impl From<MultipartRejection> for Problem {
    fn from(_: MultipartRejection) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send multipart/form-data.",
        )
    }
}

impl From<MultipartError> for Problem {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large.",
            )
        } else {
            Self::new(StatusCode::BAD_REQUEST, "malformed_multipart", error.body_text())
        }
    }
}
