//! How the bytes of a file go out, and how nobody is waited for who does not take them.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use contracts::storage::{ReadFileRequest, ReadFileResponse};
use futures::{Stream, StreamExt, stream};
use model::FileId;
use platform::{
    objects::{ObjectError, ObjectStore, Pieces},
    rpc,
};
use tokio::{sync::mpsc, time::timeout};
use tonic::{Code, Status};

use super::content::Content;

/// Pieces that are read before they are taken.
const AHEAD: usize = 2;
/// How long a piece may wait to be taken.
const PATIENCE: Duration = Duration::from_mins(1);

/// Pieces on their way to who asked.
pub(crate) type Reading = stream::BoxStream<'static, Result<ReadFileResponse, Status>>;

/// The bytes that are asked for.
pub(crate) async fn read<O: ObjectStore>(objects: &Arc<O>, request: ReadFileRequest) -> Result<Reading, Status> {
    let id = FileId(request.file_id);
    let content = if request.thumbnail {
        Content::thumbnail(&**objects, id).await
    } else {
        Content::find(&**objects, id).await
    };
    let not_found = || rpc::status(Code::NotFound, "file_not_found", "there is no such file");
    let content = content.map_err(|error| unavailable(&error))?.ok_or_else(not_found)?;
    let size = content.size();
    let start = u64::try_from(request.start).unwrap_or(0).min(size);
    let wanted = u64::try_from(request.length).unwrap_or(0);
    let length = if wanted == 0 {
        size - start
    } else {
        wanted.min(size - start)
    };
    let mut pieces = lent(content.read(objects, start, length), length);
    // With the first piece goes what is known of the whole.
    let content = pieces.next().await.transpose()?.unwrap_or_default();
    let first = ReadFileResponse {
        content_type: if request.thumbnail { picture_type(&content) } else { "" }.to_owned(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        content,
    };
    let rest = pieces.map(|piece| {
        piece.map(|content| ReadFileResponse {
            content,
            ..ReadFileResponse::default()
        })
    });
    Ok(stream::iter([Ok(first)]).chain(rest).boxed())
}

/// Reads in a task of its own, which ends when nobody takes what was read: whoever stands still holds no file open.
fn lent(mut pieces: Pieces, length: u64) -> impl Stream<Item = Result<Bytes, Status>> + Send + Unpin {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| unavailable(&error));
            let ends = piece.is_err();
            if !matches!(timeout(PATIENCE, sender.send(piece)).await, Ok(Ok(()))) || ends {
                return;
            }
        }
    });
    stream::unfold((receiver, length), async |(mut receiver, left)| {
        match receiver.recv().await {
            Some(Ok(piece)) => {
                let left = left.saturating_sub(piece.len() as u64);
                Some((Ok(piece), (receiver, left)))
            }
            Some(Err(status)) => Some((Err(status), (receiver, 0))),
            // It must not look like the end of the file.
            None if left > 0 => Some((Err(rpc::unavailable("the file broke off")), (receiver, 0))),
            None => None,
        }
    })
    .boxed()
    .fuse()
}

/// Thumbnails are one of two things.
fn picture_type(content: &[u8]) -> &'static str {
    if content.starts_with(b"\x89PNG") {
        "image/png"
    } else {
        "image/jpeg"
    }
}

fn unavailable(error: &ObjectError) -> Status {
    tracing::error!(error.detail = %error, "a file could not be read");
    rpc::unavailable("files cannot be read at the moment")
}
