//! The public routes, a file for each.

mod access;
mod channels;
mod members;
pub(crate) mod resource;
mod search;
mod servers;

use std::sync::Arc;

use model::ServerId;
use platform::http::{ProblemBody, Security};
use serde::Deserialize;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::service::Service;

/// What handlers share.
pub(crate) type Api = Arc<Service>;

/// The server that a path names.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct ServerPath {
    server_id: ServerId,
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: servers", description = "Servers (tenants), channels and folders, members, roles and permissions."),
    tags(
        (name = "servers", description = "Communities: found, joined, changed and destroyed."),
        (name = "channels", description = "Text and voice channels, and the folders that hold them."),
        (name = "members", description = "Who is in a server, and what they may do.")
    ),
    components(schemas(ProblemBody)),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Security)
)]
struct Document;

/// All routes with their descriptions.
pub(crate) fn router() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .routes(routes!(servers::create::create_server))
        .routes(routes!(servers::list_mine::list_my_servers))
        .routes(routes!(servers::discover::discover_servers))
        .routes(routes!(
            servers::get::get_server,
            servers::change::change_server,
            servers::destroy::destroy_server
        ))
        .routes(routes!(servers::join::join_server))
        .routes(routes!(servers::leave::leave_server))
        .routes(routes!(members::list::list_members))
        .routes(routes!(members::get::get_member))
        .routes(routes!(members::roles::list_roles))
        .routes(routes!(members::permissions::my_permissions))
        .routes(routes!(
            channels::list::list_channels,
            channels::create::create_channel,
            channels::order::order_channels
        ))
        .routes(routes!(
            channels::get::get_channel,
            channels::change::change_channel,
            channels::delete::delete_channel
        ));
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", routes)
}
