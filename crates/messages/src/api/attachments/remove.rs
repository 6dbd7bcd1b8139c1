//! `DELETE …/messages/{message_id}/attachments/{attachment_id}`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::Permission;
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};

use super::AttachedPath;
use crate::{
    api::{ATTACHMENT, Api, FOLDER, MESSAGE},
    error::MessagesError,
    message_kind::MessageKind,
    showing::Reader,
    store::{attachments, messages},
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    SERVER,
    CHANNEL,
    FOLDER,
    MESSAGE,
    ATTACHMENT,
    &[
        (403, "not_the_author", "The message is someone else's."),
        (
            409,
            "message_would_be_empty",
            "The message has no text and no other file; delete the message."
        ),
    ]
);

/// Take a file off my message
///
/// It is gone for good; `message.updated` follows.
#[utoipa::path(
    delete, path = "/{message_id}/attachments/{attachment_id}", tag = "files",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("message_id" = model::MessageId, Path, description = "The message."),
        ("attachment_id" = model::FileId, Path, description = "The file.")
    ),
    responses((status = 204, description = "It is gone."), Refusals)
)]
pub(crate) async fn remove_attachment(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<AttachedPath>,
) -> Result<StatusCode, Problem> {
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let message = path.message();
    let found = messages::lookup(api.tenants.reader(path.server_id), path.channel_id, message.message_id).await?;
    let found = found.ok_or(MessagesError::MessageNotFound)?;
    if found.author_id != caller.user_id || found.kind != MessageKind::Default {
        // Whoever may not read the history learns nothing of others' messages.
        let known = viewer.permissions.contains(Permission::ReadHistory);
        let error = if known {
            MessagesError::NotTheAuthor
        } else {
            MessagesError::MessageNotFound
        };
        return Err(error.into());
    }
    let mut tx = api.tenants.begin(path.server_id).await?;
    let place = (path.channel_id, path.message_id);
    if !attachments::remove_sent(&mut tx, place, path.attachment_id).await? {
        return Err(MessagesError::AttachmentNotFound.into());
    }
    let left = messages::lose_attachment(&mut tx, path.channel_id, path.message_id).await?;
    let left = left.ok_or(MessagesError::MessageWouldBeEmpty)?;
    api.files
        .discard(&mut tx, &[path.attachment_id], api.clock.now())
        .await?;
    let files = attachments::left_of(&mut tx, path.channel_id, path.message_id).await?;
    let seq = left.seq;
    let told = api
        .shown_one(left, Reader::All)
        .await?
        .with_attachments(files.into_iter().map(Into::into).collect());
    api.tell(&mut tx, EventKind::MessageUpdated, (path.channel_id, seq), &told)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
