//! How what is sent becomes parts.

use bytes::Bytes;
use contracts::storage::{self, PutPartRequest};
use futures::{StreamExt, stream::BoxStream};
use http::StatusCode;
use model::limits;
use platform::http::Problem;
use tokio::time::{Instant, timeout_at};

use crate::{
    error::MessagesError,
    service::Service,
    store::{
        attachments::Attachment,
        uploads::{self, Part},
    },
};

/// What is sent, as it comes; an error says how the body broke off.
pub(crate) type Source<'a> = BoxStream<'a, Result<Bytes, Problem>>;

/// Whether the size of an upload is known before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Announced,
    AtItsEnd,
}

impl Service {
    /// Takes what is sent to the end of the upload; answers the upload as it is then. What arrived counts, also when the
    /// rest does not come.
    pub(crate) async fn receive(&self, upload: Attachment, source: Source<'_>) -> Result<Attachment, Problem> {
        let tenant = self.tenants.reader(upload.server_id);
        let whole_parts = upload.size / i64::try_from(limits::UPLOAD_PART_BYTES).unwrap_or(i64::MAX);
        let most = whole_parts + i64::try_from(limits::UPLOAD_SMALL_PARTS).unwrap_or(i64::MAX);
        if uploads::count_parts(tenant, upload.id).await? > most {
            return Err(MessagesError::UploadInTooManyParts.into());
        }
        self.take(upload, source, Size::Announced).await
    }

    /// Takes a whole file of a form, whose size is known at its end.
    pub(crate) async fn receive_whole(&self, upload: Attachment, source: Source<'_>) -> Result<Attachment, Problem> {
        self.take(upload, source, Size::AtItsEnd).await
    }

    async fn take(&self, upload: Attachment, mut source: Source<'_>, size: Size) -> Result<Attachment, Problem> {
        let mut taking = Taking {
            service: self,
            attempt: self.ids.next(),
            upload,
            size,
            pending: Vec::new(),
        };
        let pace = self.files.pace;
        let (mut until, mut in_time) = (Instant::now() + pace, 0);
        let ended = loop {
            match timeout_at(until, source.next()).await {
                Ok(Some(Ok(chunk))) => {
                    in_time += chunk.len() as u64;
                    let kept = taking.push(&chunk).await?;
                    if kept || in_time >= limits::UPLOAD_PACE_BYTES {
                        (until, in_time) = (Instant::now() + pace, 0);
                    }
                }
                Ok(Some(Err(problem))) => break Err(problem),
                Ok(None) => break Ok(()),
                Err(_elapsed) => break Err(too_slow()),
            }
        };
        taking.flush().await?;
        ended.map(|()| taking.upload)
    }

    /// Keeps one part, and adds it to what has arrived.
    async fn keep(&self, upload: &mut Attachment, attempt: i64, content: Bytes) -> Result<(), MessagesError> {
        let part = Part {
            start: upload.received,
            length: i64::try_from(content.len()).unwrap_or(i64::MAX),
            attempt,
        };
        let request = PutPartRequest {
            file_id: upload.id.0,
            part: Some(part.into()),
            content,
        };
        self.files.storage.clone().put_part(request).await?;
        let mut tx = self.tenants.begin(upload.server_id).await?;
        if !uploads::add_part(&mut tx, upload.id, part).await? {
            // Somebody else was faster, or it was thrown away meanwhile. What was kept for nothing goes with the upload.
            return Err(MessagesError::UploadOffsetConflict);
        }
        tx.commit().await?;
        upload.received += part.length;
        Ok(())
    }
}

impl From<Part> for storage::Part {
    fn from(part: Part) -> Self {
        Self {
            start: part.start,
            length: part.length,
            attempt: part.attempt,
        }
    }
}

/// An upload to which something is added.
struct Taking<'a> {
    service: &'a Service,
    attempt: i64,
    upload: Attachment,
    size: Size,
    /// What has arrived since the last part.
    pending: Vec<u8>,
}

impl Taking<'_> {
    /// Takes what arrived; `true` when that made a part.
    async fn push(&mut self, mut chunk: &[u8]) -> Result<bool, MessagesError> {
        let arrived = self
            .upload
            .received
            .saturating_add(length(&self.pending) + length(chunk));
        if self.size == Size::Announced && arrived > self.upload.size {
            return Err(MessagesError::UploadTooLong);
        }
        let mut kept = false;
        while self.pending.len() + chunk.len() >= limits::UPLOAD_PART_BYTES {
            let (now, later) = chunk.split_at(limits::UPLOAD_PART_BYTES - self.pending.len());
            self.pending.extend_from_slice(now);
            self.flush().await?;
            (chunk, kept) = (later, true);
        }
        self.pending.extend_from_slice(chunk);
        Ok(kept)
    }

    /// Keeps what has arrived.
    async fn flush(&mut self) -> Result<(), MessagesError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let size = self.upload.received.saturating_add(length(&self.pending));
        if self.size == Size::AtItsEnd {
            self.service.lengthen(&self.upload, size).await?;
            self.upload.size = size;
        }
        let content = Bytes::from(std::mem::take(&mut self.pending));
        self.service.keep(&mut self.upload, self.attempt, content).await
    }
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

fn too_slow() -> Problem {
    let detail = "Less than 16 KiB arrived in half a minute. What arrived is kept: go on from there.";
    Problem::new(StatusCode::REQUEST_TIMEOUT, "upload_too_slow", detail)
}
