//! How what is sent becomes parts.

use bytes::Bytes;
use contracts::storage::{self, PutPartRequest};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
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
            keeping: None,
        };
        let pace = self.files.pace;
        let (mut until, mut in_time) = (Instant::now() + pace, 0);
        let ended = loop {
            tokio::select! {
                kept = taking.kept(), if taking.keeping.is_some() => kept?,
                next = timeout_at(until, source.next()) => match next {
                    Ok(Some(Ok(chunk))) => {
                        in_time += chunk.len() as u64;
                        let pushed = taking.push(&chunk).await;
                        if pushed.is_err() {
                            // What arrived before counts.
                            taking.kept().await?;
                        }
                        if pushed? || in_time >= limits::UPLOAD_PACE_BYTES {
                            (until, in_time) = (Instant::now() + pace, 0);
                        }
                    }
                    Ok(Some(Err(problem))) => break Err(problem),
                    Ok(None) => break Ok(()),
                    Err(_elapsed) => break Err(too_slow()),
                },
            }
        };
        taking.flush().await?;
        taking.kept().await?;
        ended.map(|()| taking.upload)
    }

    /// Keeps one part, and adds it to what has arrived.
    async fn keep(&self, upload: &Attachment, part: Part, content: Bytes) -> Result<(), MessagesError> {
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
    /// The part before, which is being kept while the next one arrives, and its length.
    keeping: Option<(BoxFuture<'a, Result<(), MessagesError>>, i64)>,
}

impl<'a> Taking<'a> {
    /// Where the next part begins.
    fn end(&self) -> i64 {
        let keeping = self.keeping.as_ref().map_or(0, |(_, length)| *length);
        self.upload.received.saturating_add(keeping)
    }

    /// Takes what arrived; `true` when that made a part.
    async fn push(&mut self, mut chunk: &[u8]) -> Result<bool, MessagesError> {
        let arrived = self.end().saturating_add(length(&self.pending) + length(chunk));
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

    /// Begins to keep what has arrived, once the part before is kept.
    async fn flush(&mut self) -> Result<(), MessagesError> {
        self.kept().await?;
        if self.pending.is_empty() {
            return Ok(());
        }
        let size = self.upload.received.saturating_add(length(&self.pending));
        if self.size == Size::AtItsEnd {
            self.service.lengthen(&self.upload, size).await?;
            self.upload.size = size;
        }
        let content = Bytes::from(std::mem::take(&mut self.pending));
        let part = Part {
            start: self.upload.received,
            length: length(&content),
            attempt: self.attempt,
        };
        let (service, upload): (&'a Service, _) = (self.service, self.upload.clone());
        let keeping = async move { service.keep(&upload, part, content).await };
        self.keeping = Some((keeping.boxed(), part.length));
        Ok(())
    }

    /// Waits until the part before is kept, if there is one.
    async fn kept(&mut self) -> Result<(), MessagesError> {
        let Some((keeping, length)) = &mut self.keeping else {
            return Ok(());
        };
        let (kept, length) = (keeping.await, *length);
        self.keeping = None;
        kept?;
        self.upload.received += length;
        Ok(())
    }
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

fn too_slow() -> Problem {
    let detail = "Less than 16 KiB arrived in half a minute. What arrived is kept: go on from there.";
    Problem::new(StatusCode::REQUEST_TIMEOUT, "upload_too_slow", detail)
}
