//! The public routes: a folder for each area with its `routes()`, a file for each route.

mod access;
mod account;
mod audit_log;
mod bans;
mod channels;
mod invitations;
mod members;
mod overwrites;
mod permission_names;
mod reason;
pub(crate) mod resource;
mod roles;
mod search;
mod servers;

use std::sync::Arc;

use model::ServerId;
use platform::http::{ProblemBody, Security};
use serde::Deserialize;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

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
        (name = "account", description = "The end of one's own account."),
        (name = "servers", description = "Communities: found, joined, changed and destroyed."),
        (name = "channels", description = "Text and voice channels, and the folders that hold them."),
        (name = "members", description = "Who is in a server, and what they may do."),
        (name = "roles", description = "Named, ordered sets of permissions, which members hold."),
        (name = "moderation", description = "Kicks, bans, and the audit log of all that was done."),
        (name = "invitations", description = "Ways into a server: links, and invitations of users by name.")
    ),
    components(schemas(ProblemBody)),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Security)
)]
struct Document;

/// All routes with their descriptions.
pub(crate) fn router() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .merge(account::routes())
        .merge(servers::routes())
        .merge(members::routes())
        .merge(roles::routes())
        .merge(overwrites::routes())
        .merge(bans::routes())
        .merge(audit_log::routes())
        .merge(channels::routes())
        .merge(invitations::routes());
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", routes)
}
