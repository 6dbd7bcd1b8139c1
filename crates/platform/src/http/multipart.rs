//! Multipart bodies: the form that pictures come in, and errors as problems.

use axum::extract::{
    FromRequest, Multipart, Request,
    multipart::{MultipartError, MultipartRejection},
};
use http::StatusCode;
use model::limits::PICTURE_BYTES;
use utoipa::ToSchema;

use super::Problem;

/// A form with a picture.
#[derive(ToSchema)]
pub struct PictureForm {
    /// A PNG, JPEG, GIF or WebP of at most 8 MiB and 8,192 pixels a side.
    #[schema(value_type = String, format = Binary, example = "the bytes of a picture")]
    pub file: Vec<u8>,
}

/// Reads the part `file`; refuses as [`super::refusals::PICTURE`] says.
impl<S: Send + Sync> FromRequest<S> for PictureForm {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut form = Multipart::from_request(request, state).await?;
        while let Some(mut part) = form.next_field().await? {
            if part.name() != Some("file") {
                continue;
            }
            let mut file = Vec::new();
            while let Some(chunk) = part.chunk().await? {
                if file.len() + chunk.len() > PICTURE_BYTES {
                    let detail = format!("A picture may have at most {PICTURE_BYTES} bytes.");
                    return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail));
                }
                file.extend_from_slice(&chunk);
            }
            return Ok(Self { file });
        }
        let invalid = Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Some fields are not valid.",
        );
        Err(invalid.with_field("file", "required", "is required"))
    }
}

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
