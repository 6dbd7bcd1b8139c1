//! Overwrites of a channel or folder, and what comes of them for a member.

mod delete;
mod explain;
mod list;
mod put;

use model::TargetId;
use platform::http::refusals::Case;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// Whom the overwrite that a path names is for.
#[derive(Debug, Clone, Copy, Deserialize)]
struct OverwritePath {
    target_id: TargetId,
}

/// Of every route that changes an overwrite.
const BEYOND: &[Case] = &[
    (
        403,
        "role_too_high",
        "The role that it is for does not stand below the caller's highest role.",
    ),
    (
        403,
        "member_too_high",
        "The member whom it is for does not stand below the caller's highest role.",
    ),
    (
        403,
        "cannot_grant",
        "It would change a permission that the caller lacks in the channel.",
    ),
];

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_overwrites))
        .routes(routes!(put::put_overwrite, delete::delete_overwrite))
        .routes(routes!(explain::explain_permissions))
}
