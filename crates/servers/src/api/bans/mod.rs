//! Who is kept out of a server.

mod get;
mod lift;
mod list;
mod put;

use platform::http::refusals::Case;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// Of every route of bans.
const BAN_MEMBERS: &[Case] = &[(
    403,
    "missing_permission",
    "The caller lacks the permission ban_members.",
)];
/// Of routes of a ban that must be there.
const BAN: &[Case] = &[(404, "ban_not_found", "The user is not banned.")];

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_bans))
        .routes(routes!(get::get_ban, put::put_ban, lift::lift_ban))
}
