//! Members of a server, and what the caller may do.

mod change;
mod get;
mod kick;
mod list;
mod permissions;

pub(super) use get::MemberPath;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_members))
        .routes(routes!(get::get_member, change::change_member, kick::kick_member))
        .routes(routes!(permissions::my_permissions))
}
