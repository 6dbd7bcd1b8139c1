//! The public routes, a file for each.

mod change;
mod create;
mod delete;
mod get;
mod list;
pub(crate) mod resource;

use std::sync::Arc;

use model::{ChannelId, MessageId, ServerId};
use platform::http::{ProblemBody, Security, refusals::Case};
use serde::Deserialize;
use utoipa::OpenApi;
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

/// Of every route: a folder is a channel, too.
const FOLDER: &[Case] = &[(409, "channel_has_no_messages", "The channel is a folder.")];
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
