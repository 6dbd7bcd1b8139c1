//! How the bytes of a file are got.

use bytes::Bytes;
use contracts::storage::{ReadFileRequest, ReadFileResponse};
use futures::{Stream, StreamExt, stream};
use model::FileId;
use tonic::Status;

use crate::{error::MessagesError, service::Service};

/// Bytes on their way.
pub(crate) struct Opened<S> {
    /// Of the whole.
    pub(crate) size: u64,
    /// Told of thumbnails.
    pub(crate) content_type: String,
    pub(crate) bytes: S,
}

impl Service {
    /// Opens a file, or its thumbnail, at a place; a length of 0 is all that is left.
    pub(crate) async fn open_file(
        &self,
        id: FileId,
        thumbnail: bool,
        (start, length): (u64, u64),
    ) -> Result<Opened<impl Stream<Item = Result<Bytes, Status>> + Send + use<>>, MessagesError> {
        let request = ReadFileRequest {
            file_id: id.0,
            thumbnail,
            start: i64::try_from(start).unwrap_or(i64::MAX),
            length: i64::try_from(length).unwrap_or(i64::MAX),
        };
        let mut pieces = self.files.storage.clone().read_file(request).await?.into_inner();
        // The first one is waited for, so that what goes wrong at once is answered as a problem.
        let ReadFileResponse {
            content,
            size,
            content_type,
        } = pieces.message().await?.unwrap_or_default();
        let rest = pieces.map(|piece| piece.map(|piece| piece.content));
        Ok(Opened {
            size: u64::try_from(size).unwrap_or(0),
            content_type,
            bytes: stream::iter([Ok(content)]).chain(rest),
        })
    }
}
