//! How what is sent becomes parts.

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use http::StatusCode;
use model::limits;
use platform::http::Problem;
use tokio::time::{Instant, timeout_at};

use super::keeping::{Keeping, Pending};
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
            keeping: Keeping::new(self, upload.server_id, upload.id),
            service: self,
            attempt: self.ids.next(),
            upload,
            size,
            pending: Pending::default(),
        };
        let pace = self.files.pace;
        let (mut until, mut in_time) = (Instant::now() + pace, 0);
        let ended = loop {
            tokio::select! {
                step = taking.step(), if !taking.keeping.is_done() => step?,
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
}

/// An upload to which something is added.
struct Taking<'a> {
    service: &'a Service,
    attempt: i64,
    upload: Attachment,
    size: Size,
    pending: Pending,
    /// The parts before, which are being kept while the next one arrives.
    keeping: Keeping<'a>,
}

impl Taking<'_> {
    /// Where the next part begins.
    fn end(&self) -> i64 {
        self.upload.received.saturating_add(self.keeping.length())
    }

    /// Takes what arrived; `true` when that made a part.
    async fn push(&mut self, mut chunk: &[u8]) -> Result<bool, MessagesError> {
        let arrived = self.end().saturating_add(length(&self.pending.bytes) + length(chunk));
        if self.size == Size::Announced && arrived > self.upload.size {
            return Err(MessagesError::UploadTooLong);
        }
        let mut kept = false;
        while !chunk.is_empty() {
            if self.pending.bytes.is_empty() {
                self.pending = self.begin(chunk.len());
            }
            let Pending { bytes, most, .. } = &mut self.pending;
            let (now, later) = chunk.split_at(chunk.len().min(most.saturating_sub(bytes.len())));
            bytes.extend_from_slice(now);
            if bytes.len() == *most {
                self.flush().await?;
                kept = true;
            }
            chunk = later;
        }
        Ok(kept)
    }

    /// The next part, of which so many bytes have come. Each part waits for the disk and for its row, so that a large upload
    /// gets there sooner in fewer; a small one does not take the memory for it.
    fn begin(&self, arrived: usize) -> Pending {
        let end = self.end();
        let left = usize::try_from(self.upload.size.saturating_sub(end)).unwrap_or(0);
        let is_large = end >= limits::UPLOAD_LARGE_AFTER
            && (self.size == Size::AtItsEnd || left >= limits::UPLOAD_LARGE_PART_BYTES);
        let room = if is_large {
            self.service.files.large_part()
        } else {
            None
        };
        let most = match room {
            Some(_) => limits::UPLOAD_LARGE_PART_BYTES,
            None => limits::UPLOAD_PART_BYTES,
        };
        Pending {
            bytes: Vec::with_capacity(left.clamp(arrived.min(most), most)),
            most,
            room,
        }
    }

    /// Begins to keep what has arrived, once there is room for it among what is on its way.
    async fn flush(&mut self) -> Result<(), MessagesError> {
        if self.pending.bytes.is_empty() {
            return Ok(());
        }
        let place = loop {
            match self.keeping.place() {
                Some(place) => break place,
                None => self.step().await?,
            }
        };
        let start = self.end();
        let size = start.saturating_add(length(&self.pending.bytes));
        if self.size == Size::AtItsEnd {
            while self.keeping.is_recording() {
                self.step().await?;
            }
            self.service.lengthen(&self.upload, size).await?;
            self.upload.size = size;
        }
        let pending = std::mem::take(&mut self.pending);
        let part = Part {
            start,
            length: length(&pending.bytes),
            attempt: self.attempt,
        };
        self.keeping.add(part, pending, place);
        Ok(())
    }

    /// Waits for the next step of what is on its way.
    async fn step(&mut self) -> Result<(), MessagesError> {
        self.upload.received += self.keeping.step().await?;
        Ok(())
    }

    /// Waits until everything counts that is on its way.
    async fn kept(&mut self) -> Result<(), MessagesError> {
        while !self.keeping.is_done() {
            self.step().await?;
        }
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
