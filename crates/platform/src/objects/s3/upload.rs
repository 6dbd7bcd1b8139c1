//! One object out of many: they are read and sent on as the parts of an upload, which shows nothing before it is complete. S3
//! could copy parts by itself only if none but the last were smaller than 5 MiB.

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload, aws::AmazonS3, path::Path};
use tokio::task::{JoinError, JoinHandle};

use super::refusal::{absent_is_none, failed};
use crate::objects::ObjectError;

/// The size of all parts but the last, in bytes. Some stores want them to be equal, and none takes more than 10,000.
pub(super) const PART: usize = 8 * 1024 * 1024;
/// Objects that are asked for before their turn comes. Of each no more waits than a connection's buffer holds.
const AHEAD: usize = 4;

/// An upload on its way.
struct Upload<'s> {
    store: &'s AmazonS3,
    to: &'s Path,
    /// What was read since the last part.
    waiting: BytesMut,
    /// There is one as soon as there is more than one part.
    begun: Option<Box<dyn MultipartUpload>>,
    /// The part that is being sent while the next is read.
    sending: Option<JoinHandle<object_store::Result<()>>>,
}

/// Stores one object out of others. `false` when one of them is not there.
pub(super) async fn join(store: &AmazonS3, to: &Path, parts: Vec<Path>) -> Result<bool, ObjectError> {
    let mut upload = Upload {
        store,
        to,
        waiting: BytesMut::new(),
        begun: None,
        sending: None,
    };
    let joined = match upload.take(parts).await {
        Ok(true) => upload.complete().await.map(|()| true),
        other => other,
    };
    if !matches!(joined, Ok(true)) {
        upload.abort().await;
    }
    joined
}

/// A task that did not come to its end.
#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by it")]
fn ended(error: JoinError) -> ObjectError {
    ObjectError::Unavailable(error.to_string())
}

impl Upload<'_> {
    /// Reads the objects; `false` when one is not there.
    async fn take(&mut self, parts: Vec<Path>) -> Result<bool, ObjectError> {
        // Each by itself, so that it comes on while a part is sent.
        let opening = |part: Path| {
            let store = self.store.clone();
            tokio::spawn(async move { absent_is_none(store.get(&part).await) })
        };
        let mut opened = stream::iter(parts).map(opening).buffered(AHEAD);
        while let Some(part) = opened.next().await {
            let Some(part) = part.map_err(ended)?? else {
                return Ok(false);
            };
            let mut pieces = part.into_stream();
            while let Some(piece) = pieces.try_next().await.map_err(failed)? {
                self.push(piece).await?;
            }
        }
        Ok(true)
    }

    async fn push(&mut self, mut piece: Bytes) -> Result<(), ObjectError> {
        while self.waiting.len() + piece.len() > PART {
            let now = piece.split_to(PART - self.waiting.len());
            self.waiting.extend_from_slice(&now);
            self.send().await?;
        }
        self.waiting.extend_from_slice(&piece);
        Ok(())
    }

    /// Sends what waits, when the part before has arrived.
    async fn send(&mut self) -> Result<(), ObjectError> {
        self.sent().await?;
        let content = PutPayload::from_bytes(std::mem::take(&mut self.waiting).freeze());
        let upload = if let Some(upload) = &mut self.begun {
            upload
        } else {
            let upload = self.store.put_multipart(self.to).await.map_err(failed)?;
            self.begun.insert(upload)
        };
        self.sending = Some(tokio::spawn(upload.put_part(content)));
        Ok(())
    }

    /// Waits until the last part that was sent has arrived.
    async fn sent(&mut self) -> Result<(), ObjectError> {
        let Some(sending) = self.sending.take() else {
            return Ok(());
        };
        sending.await.map_err(ended)?.map_err(failed)
    }

    async fn complete(&mut self) -> Result<(), ObjectError> {
        if self.begun.is_none() {
            let content = std::mem::take(&mut self.waiting).freeze();
            let put = self.store.put(self.to, PutPayload::from_bytes(content)).await;
            return put.map(|_| ()).map_err(failed);
        }
        if !self.waiting.is_empty() {
            self.send().await?;
        }
        self.sent().await?;
        if let Some(upload) = &mut self.begun {
            upload.complete().await.map_err(failed)?;
        }
        Ok(())
    }

    /// Lets the store forget what was sent.
    async fn abort(&mut self) {
        // A part that arrived after the end would stay.
        let _ = self.sent().await;
        if let Some(upload) = &mut self.begun
            && let Err(error) = upload.abort().await
        {
            let error = failed(error);
            tracing::warn!(error.detail = %error, object.key = %self.to, "parts of an upload may be left in the bucket");
        }
    }
}
