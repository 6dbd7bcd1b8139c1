//! JSON bodies.

use std::error::Error;

use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use model::limits::{JSON_BODY_BYTES, JSON_DEPTH};
use serde::{Serialize, de::DeserializeOwned};

use super::{Problem, strict_json, whole_numbers};

/// A JSON body, of a request (checked for type, size, depth and doubled keys) or of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send application/json.",
            ));
        }
        let body = collect(&parts.headers, body, JSON_BODY_BYTES).await?;
        read(&body).map(Self)
    }
}

/// A JSON body that may be missing: `None` when the body is empty, whatever its type.
#[derive(Debug, Clone, Copy)]
pub struct MaybeJson<T>(pub Option<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for MaybeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if request.body().is_end_stream() {
            return Ok(Self(None));
        }
        let Json(value) = Json::from_request(request, state).await?;
        Ok(Self(Some(value)))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(256);
        if let Err(error) = serde_json::to_writer(&mut body, &self.0) {
            tracing::error!(error.detail = %error, "an answer cannot be written as JSON");
            return Problem::internal().into_response();
        }
        (
            [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            body,
        )
            .into_response()
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The whole body, if it has at most `limit` bytes; 413 before reading when its announced length is greater.
pub(crate) async fn collect(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit)) {
        return Err(too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if is_length_limit(&*error) => Err(too_large(limit)),
        Err(_) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body_incomplete",
            "The body could not be read to its end.",
        )),
    }
}

/// Whether a limit on the length of a body, ours or one of a layer around us, is the root of the error.
#[must_use]
pub fn is_length_limit(error: &(dyn Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_length_limit)
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("The body may have at most {limit} bytes."),
    )
}

/// Reads a JSON text as [`Json`] does: 400 `malformed_json` for what is no object or not `T`, too deep or has doubled keys.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    strict_json::check_object(body, JSON_DEPTH)
        .and_then(|()| serde_json::from_slice(&whole_numbers::without_empty_fractions(body)))
        .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "malformed_json", error.to_string()))
}
