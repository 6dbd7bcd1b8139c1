//! The public routes, a file for each.

mod cursor;
mod in_channel;
mod in_server;
mod message_schema;
mod parameters;
mod resource;

use std::sync::Arc;

use platform::http::{ProblemBody, Security, refusals::Case};
use utoipa::{OpenApi, openapi};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::message_schema::MessageSchema;
use crate::service::Service;

/// What handlers share.
pub(crate) type Api = Arc<Service>;

/// Of every route: who searches too often waits.
const SEARCH: &[Case] = &[(
    429,
    "searching_too_fast",
    "Too many searches in a short time; see Retry-After.",
)];

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: search", description = "Finds messages."),
    tags((name = "search", description = "Finding messages among those that the caller may read.")),
    components(schemas(ProblemBody)),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Security, &MessageSchema)
)]
struct Document;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Document::openapi())
        .nest(
            "/api/v1/servers/{server_id}/channels/{channel_id}/search",
            OpenApiRouter::new().routes(routes!(in_channel::search_channel)),
        )
        .nest(
            "/api/v1/servers/{server_id}/search",
            OpenApiRouter::new().routes(routes!(in_server::search_server)),
        )
}

/// What the routes say of themselves.
pub(crate) fn contract() -> openapi::OpenApi {
    router().into_openapi()
}
