//! The public routes, a file for each.

pub(crate) mod attachments;
mod bulk_delete;
mod change;
mod create;
mod delete;
mod drafts;
mod embeds;
mod exports;
mod files;
mod get;
mod list;
mod pins;
mod reactions;
mod read;
mod read_states;
pub(crate) mod resource;
mod typing;

use std::sync::Arc;

use model::{ChannelId, MessageId, Permission, ServerId, UserId};
use platform::http::{ProblemBody, Security, refusals::Case};
use serde::Deserialize;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::Viewer,
    error::MessagesError,
    service::Service,
    store::messages::{self, Message},
};

/// What handlers share.
pub(crate) type Api = Arc<Service>;

/// Where a channel's messages are.
const MESSAGES: &str = "/api/v1/servers/{server_id}/channels/{channel_id}/messages";
/// Where the rest of a channel is.
const CHANNEL: &str = "/api/v1/servers/{server_id}/channels/{channel_id}";

/// Where files are.
pub(crate) const FILES: &str = "/api/v1/servers/{server_id}/files";

/// The channel that a path names.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct ChannelPath {
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: ChannelId,
}

/// The message that a path names.
#[expect(clippy::struct_field_names, reason = "the names of the path")]
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct MessagePath {
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: ChannelId,
    pub(crate) message_id: MessageId,
}

impl Service {
    /// The message, and what the user may do where it is; for who may read what was written before.
    pub(crate) async fn find_readable(
        &self,
        user_id: UserId,
        path: MessagePath,
    ) -> Result<(Viewer, Message), MessagesError> {
        let viewer = self.access.viewer(path.server_id, path.channel_id, user_id).await?;
        if !viewer.permissions.contains(Permission::ReadHistory) {
            return Err(MessagesError::MessageNotFound);
        }
        let tenant = self.tenants.reader(path.server_id);
        let found = messages::lookup(tenant, path.channel_id, path.message_id).await?;
        Ok((viewer, found.ok_or(MessagesError::MessageNotFound)?))
    }
}

/// Of every route: a folder is a channel, too.
const FOLDER: &[Case] = &[(409, "channel_has_no_messages", "The channel is a folder.")];
/// Of every route of one message.
const MESSAGE: &[Case] = &[(404, "message_not_found", "There is no such message.")];
/// Of every route of one file.
const ATTACHMENT: &[Case] = &[(
    404,
    "attachment_not_found",
    "There is no such file, or the caller may not see it.",
)];
/// Of every route that takes or gives bytes.
const STORED: &[Case] = &[(507, "storage_full", "There is no room for files at the moment.")];

/// Of every route that understands ranges.
const RANGE: &[Case] = &[(416, "range_not_satisfiable", "The file ends before that.")];

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: messages", description = "The durable, ordered conversation of a channel."),
    tags(
        (name = "messages", description = "Sending, reading, editing and deleting."),
        (name = "files", description = "Files that messages have: uploaded first, then sent with a message."),
        (name = "reactions", description = "Reactions to messages."),
        (name = "pins", description = "Messages that are pinned to their channel."),
        (name = "read states", description = "How far the caller has read."),
        (name = "drafts", description = "What the caller has begun to write."),
        (name = "exports", description = "All that is kept of the caller, for them to download.")
    ),
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
        .nest(MESSAGES, embeds::routes())
        .nest(MESSAGES, bulk_delete::routes())
        .nest(MESSAGES, reactions::routes())
        .nest(MESSAGES, attachments::routes_of_messages())
        .nest(CHANNEL, attachments::routes())
        .nest(FILES, files::routes())
        .nest(CHANNEL, pins::routes())
        .nest(CHANNEL, read::routes())
        .nest(CHANNEL, typing::routes())
        .nest(CHANNEL, drafts::of_channel())
        .nest("/api/v1/users/@me", read_states::routes())
        .nest("/api/v1/users/@me", drafts::of_user())
        .nest("/api/v1/users/@me", exports::routes())
}
