//! Roles of a server.

mod change;
mod create;
mod delete;
mod list;
mod order;
mod permissions;

use model::RoleId;
use platform::http::refusals::Case;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// The role that a path names.
#[derive(Debug, Clone, Copy, Deserialize)]
struct RolePath {
    role_id: RoleId,
}

/// Of every route of one role.
const ROLE: &[Case] = &[(404, "role_not_found", "The server has no such role.")];
/// Of every route that changes a role.
const TOO_HIGH: &[Case] = &[(
    403,
    "role_too_high",
    "The role does not stand below the caller's highest role.",
)];
/// Of every route that changes what a role allows.
const CANNOT_GRANT: &[Case] = &[(
    403,
    "cannot_grant",
    "It would give or take a permission that the caller lacks.",
)];

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_roles, create::create_role, order::order_roles))
        .routes(routes!(change::change_role, delete::delete_role))
        .routes(routes!(permissions::role_permissions))
}
