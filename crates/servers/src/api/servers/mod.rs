//! Servers as wholes.

mod change;
mod create;
mod delete_banner;
mod delete_icon;
mod destroy;
mod discover;
mod get;
mod join;
mod leave;
mod list_mine;
mod put_banner;
mod put_icon;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create::create_server))
        .routes(routes!(list_mine::list_my_servers))
        .routes(routes!(discover::discover_servers))
        .routes(routes!(get::get_server, change::change_server, destroy::destroy_server))
        .routes(routes!(put_icon::put_icon, delete_icon::delete_icon))
        .routes(routes!(put_banner::put_banner, delete_banner::delete_banner))
        .routes(routes!(join::join_server))
        .routes(routes!(leave::leave_server))
}
