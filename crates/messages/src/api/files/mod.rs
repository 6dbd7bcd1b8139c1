//! The bytes of files.

mod answer;
mod download;
mod range;
mod thumbnail;

use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) use answer::{Kept, answer_bytes};

use super::Api;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(thumbnail::get_thumbnail))
        .routes(routes!(download::get_file))
}

/// A file as it is kept.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, example = "the bytes of a file")]
#[expect(dead_code, reason = "describes the answer, which is made of bytes")]
pub(crate) struct FileBytes(Vec<u8>);
