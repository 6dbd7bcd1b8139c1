//! What can go wrong, and how it is told.

use std::time::Duration;

use platform::http::Problem;
use tonic::Status;

use crate::index::IndexError;

/// An error of this service.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SearchError {
    /// There is no such server, or the caller is no member of it.
    #[error("there is no such server")]
    ServerNotFound,
    /// There is no such channel, or the caller does not see it.
    #[error("there is no such channel")]
    ChannelNotFound,
    /// The channel is a folder.
    #[error("a folder has no messages")]
    ChannelHasNoMessages,
    /// Too many searches in a short time.
    #[error("searching too fast")]
    SearchingTooFast(Duration),
    /// More searches wait than there is room for.
    #[error("too many searches wait")]
    Overloaded,
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A peer.
    #[error(transparent)]
    Peer(#[from] Status),
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        let soon = Duration::from_secs(1);
        match error {
            SearchError::ServerNotFound => Self::not_found("server_not_found"),
            SearchError::ChannelNotFound => Self::not_found("channel_not_found"),
            SearchError::ChannelHasNoMessages => Self::conflict("channel_has_no_messages", "A folder has no messages."),
            SearchError::SearchingTooFast(wait) => {
                let detail = "You are searching too often. Wait a little.";
                Self::new(http::StatusCode::TOO_MANY_REQUESTS, "searching_too_fast", detail).with_retry_after(wait)
            }
            SearchError::Overloaded => Self::overloaded(soon),
            SearchError::Index(IndexError::TooSlow) => {
                let detail = "The search took too long. Look for less at once.";
                Self::new(http::StatusCode::SERVICE_UNAVAILABLE, "timed_out", detail).with_retry_after(soon)
            }
            SearchError::Index(error) => {
                tracing::error!(error.detail = %error, "a search failed");
                Self::internal()
            }
            SearchError::Peer(status) => status.into(),
        }
    }
}
