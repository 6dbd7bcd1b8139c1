//! The public routes, a file for each.

mod change;
mod create;
mod delete;
mod get;
mod list;
pub(crate) mod resource;

use std::sync::Arc;

use model::{ChannelId, MessageId, ServerId};
use platform::http::{ProblemBody, refusals::Case};
use serde::Deserialize;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::service::Service;

/// What handlers share.
pub(crate) type Api = Arc<Service>;

/// Where a channel's messages are.
const MESSAGES: &str = "/api/v1/servers/{server_id}/channels/{channel_id}/messages";

/// The channel that a path names.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct ChannelPath {
    server_id: ServerId,
    channel_id: ChannelId,
}

/// The message that a path names.
#[expect(clippy::struct_field_names, reason = "the names of the path")]
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct MessagePath {
    server_id: ServerId,
    channel_id: ChannelId,
    message_id: MessageId,
}

/// Of every route of a channel.
const CHANNEL: &[Case] = &[
    (
        404,
        "server_not_found",
        "There is no such server, or the caller is not a member of it.",
    ),
    (
        404,
        "channel_not_found",
        "There is no such channel, or the caller cannot see it.",
    ),
    (404, "not_found", "What stands in the path cannot be an id."),
    (409, "channel_has_no_messages", "The channel is a folder."),
];
/// Of every route of one message.
const MESSAGE: &[Case] = &[(404, "message_not_found", "There is no such message.")];

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: messages", description = "The durable, ordered conversation of a channel."),
    tags((name = "messages", description = "Sending, reading, editing and deleting.")),
    components(schemas(ProblemBody)),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description("beep_access", "Unsafe methods also need the header X-CSRF-Token.");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

pub(crate) fn router() -> OpenApiRouter<Api> {
    let one = OpenApiRouter::new().routes(routes!(
        get::get_message,
        change::change_message,
        delete::delete_message
    ));
    let all = OpenApiRouter::new().routes(routes!(list::list_messages, create::create_message));
    OpenApiRouter::with_openapi(Document::openapi())
        .nest(MESSAGES, all)
        .nest(MESSAGES, one)
}
