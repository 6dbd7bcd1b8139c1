//! What can go wrong, and how it is told.

use std::time::Duration;

use contracts::calls::STORAGE_FULL;
use http::StatusCode;
use model::Permission;
use platform::{
    db::{DbError, GroupError},
    http::Problem,
    rpc,
};
use tonic::Status;

/// An error of this service.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessagesError {
    /// There is no such server, or the caller is no member of it.
    #[error("there is no such server")]
    ServerNotFound,
    /// There is no such channel, or the caller does not see it.
    #[error("there is no such channel")]
    ChannelNotFound,
    /// There is no such message.
    #[error("there is no such message")]
    MessageNotFound,
    /// The channel is a folder.
    #[error("a folder has no messages")]
    ChannelHasNoMessages,
    /// The caller may not do that.
    #[error("the permission {} is missing", .0.name())]
    MissingPermission(Permission),
    /// Nobody could tell the reaction from the many others.
    #[error("the message has too many reactions")]
    TooManyReactions,
    /// The channel has as many pins as it can have.
    #[error("the channel has too many pins")]
    TooManyPins,
    /// Only its author edits a message.
    #[error("the message is someone else's")]
    NotTheAuthor,
    /// There is no such file, or the caller may not see it.
    #[error("there is no such file")]
    AttachmentNotFound,
    /// The file has more bytes than a file may have.
    #[error("the file has more than {0} bytes")]
    AttachmentTooLarge(u64),
    /// The user keeps as much as they may.
    #[error("the user keeps too much")]
    AttachmentQuotaExceeded,
    /// The user has too many uploads that are not finished.
    #[error("the user has too many uploads")]
    TooManyUploads,
    /// An upload goes on elsewhere.
    #[error("the upload goes on elsewhere")]
    UploadOffsetConflict,
    /// More was sent than was announced.
    #[error("more was sent than was announced")]
    UploadTooLong,
    /// An upload was broken off too often.
    #[error("the upload has too many parts")]
    UploadInTooManyParts,
    /// A message has a text or a file.
    #[error("the message would be empty")]
    MessageWouldBeEmpty,
    /// Too many messages in a short time.
    #[error("sending too fast")]
    SendingTooFast(Duration),
    /// The channel has slow mode, and the author's last message there is too recent.
    #[error("slow mode")]
    SlowMode(Duration),
    /// More messages wait to be stored than there is room for.
    #[error("too many messages wait")]
    Overloaded,
    /// The group that the message was stored with failed: whether it is stored is unknown, a retry with the nonce tells.
    #[error("the message's fate is unknown")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A peer.
    #[error(transparent)]
    Peer(#[from] Status),
}

impl From<GroupError<DbError>> for MessagesError {
    fn from(error: GroupError<DbError>) -> Self {
        match error {
            GroupError::Full => Self::Overloaded,
            GroupError::Closed => Self::Unknown,
            // It did not get its turn: nothing was stored.
            GroupError::Failed(error) if matches!(*error, DbError::Busy(_)) => Self::Overloaded,
            GroupError::Failed(error) => {
                tracing::error!(error.detail = %error, "a group of messages was not stored");
                Self::Unknown
            }
        }
    }
}

impl From<MessagesError> for Status {
    fn from(error: MessagesError) -> Self {
        match error {
            MessagesError::Database(error) => rpc::database_status(&error),
            MessagesError::Peer(status) => status,
            other => {
                tracing::error!(error = %other, "an internal call failed");
                rpc::internal("the call failed")
            }
        }
    }
}

impl From<MessagesError> for Problem {
    fn from(error: MessagesError) -> Self {
        let soon = Duration::from_secs(1);
        match error {
            MessagesError::ServerNotFound => Self::not_found("server_not_found"),
            MessagesError::ChannelNotFound => Self::not_found("channel_not_found"),
            MessagesError::MessageNotFound => Self::not_found("message_not_found"),
            MessagesError::ChannelHasNoMessages => {
                Self::conflict("channel_has_no_messages", "A folder has no messages.")
            }
            MessagesError::MissingPermission(permission) => Self::missing_permission(permission),
            MessagesError::TooManyReactions => Self::conflict(
                "too_many_reactions",
                "The message has reactions with 20 different emoji already.",
            ),
            MessagesError::TooManyPins => {
                Self::conflict("too_many_pins", "The channel has 250 pinned messages already.")
            }
            MessagesError::NotTheAuthor => Self::forbidden("not_the_author", "Only its author can edit a message."),
            MessagesError::AttachmentNotFound => Self::not_found("attachment_not_found"),
            MessagesError::AttachmentTooLarge(most) => {
                let detail = format!("A file may have at most {most} bytes.");
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "attachment_too_large", detail)
            }
            MessagesError::AttachmentQuotaExceeded => {
                let detail = "You keep as much as you may. Delete files of yours to make room.";
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "attachment_quota_exceeded", detail)
            }
            MessagesError::TooManyUploads => Self::conflict(
                "too_many_uploads",
                "You have 20 uploads that are not finished. Finish or cancel one first.",
            ),
            MessagesError::UploadOffsetConflict => Self::conflict(
                "upload_offset_conflict",
                "The upload goes on elsewhere. Ask how far it is, and go on from there.",
            ),
            MessagesError::UploadTooLong => {
                let detail = "More was sent than was announced.";
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "upload_too_long", detail)
            }
            MessagesError::UploadInTooManyParts => Self::conflict(
                "upload_in_too_many_parts",
                "The upload was broken off too often. Begin it anew.",
            ),
            MessagesError::MessageWouldBeEmpty => Self::conflict(
                "message_would_be_empty",
                "The message has no text and no other file. Delete the message.",
            ),
            MessagesError::SendingTooFast(wait) => {
                let detail = "You are sending too many messages. Wait a little.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "sending_too_fast", detail).with_retry_after(wait)
            }
            MessagesError::SlowMode(wait) => {
                let detail = "This channel has slow mode. Wait before you send another message.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "slow_mode", detail).with_retry_after(wait)
            }
            MessagesError::Overloaded => {
                let detail = "Too many messages are being sent at the moment. Try again.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).with_retry_after(soon)
            }
            MessagesError::Unknown => Self::unavailable(soon),
            MessagesError::Database(error) => error.into(),
            MessagesError::Peer(status) if rpc::beep_code(&status) == Some(STORAGE_FULL.1) => {
                let detail = "There is no room for files at the moment.";
                Self::new(StatusCode::INSUFFICIENT_STORAGE, STORAGE_FULL.1, detail)
            }
            MessagesError::Peer(status) => status.into(),
        }
    }
}
