//! The parts of one upload that are on their way to be kept, while the next ones arrive.
//!
//! A part waits for the disk: for its bytes and its name, and for its row. Several are kept at the same time, and the rows of those
//! that are kept by then are written together, in their order: what has arrived of an upload never has a hole.

use bytes::Bytes;
use contracts::storage::{self, PutPartRequest};
use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, OptionFuture},
    stream::FuturesOrdered,
};
use model::{FileId, ServerId, limits};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    error::MessagesError,
    service::Service,
    store::uploads::{self, Part},
};

/// A place among the parts that all uploads keep at the same time; the only part of an upload on its way needs none.
pub(super) struct Place {
    _ahead: Option<OwnedSemaphorePermit>,
}

/// What has arrived since the last part, and becomes the next one.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) bytes: Vec<u8>,
    /// How many bytes it may become.
    pub(super) most: usize,
    /// The memory that it takes because it may become large.
    pub(super) room: Option<OwnedSemaphorePermit>,
}

/// Parts of one upload, from their bytes to their rows.
pub(super) struct Keeping<'a> {
    service: &'a Service,
    server_id: ServerId,
    upload_id: FileId,
    /// Being handed to the storage service.
    putting: FuturesOrdered<BoxFuture<'a, Result<Part, MessagesError>>>,
    /// Kept there, and not yet rows.
    put: Vec<Part>,
    /// Becoming rows; it answers how many bytes.
    recording: Option<BoxFuture<'a, Result<i64, MessagesError>>>,
    /// What went wrong, told once all before it are rows.
    failed: Option<MessagesError>,
    /// Bytes that are not yet rows.
    length: i64,
}

impl<'a> Keeping<'a> {
    pub(super) fn new(service: &'a Service, server_id: ServerId, upload_id: FileId) -> Self {
        Self {
            service,
            server_id,
            upload_id,
            putting: FuturesOrdered::new(),
            put: Vec::new(),
            recording: None,
            failed: None,
            length: 0,
        }
    }

    /// Bytes that have arrived and do not count yet.
    pub(super) fn length(&self) -> i64 {
        self.length
    }

    /// Whether everything that was added counts, and nothing went wrong.
    pub(super) fn is_done(&self) -> bool {
        self.putting.is_empty() && self.put.is_empty() && self.recording.is_none() && self.failed.is_none()
    }

    /// Whether rows are being written. They lock the upload, so that nobody may wait for it without going on with [`Keeping::step`].
    pub(super) fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// A place for another part; `None` when it has to wait for those on their way.
    pub(super) fn place(&self) -> Option<Place> {
        if self.failed.is_some() || self.putting.len() >= limits::UPLOAD_PARTS_IN_FLIGHT {
            return None;
        }
        if self.putting.is_empty() {
            return Some(Place { _ahead: None });
        }
        let ahead = self.service.files.part_ahead()?;
        Some(Place { _ahead: Some(ahead) })
    }

    /// Begins to keep a part, which begins where what was added before ends.
    pub(super) fn add(&mut self, part: Part, Pending { bytes, room, .. }: Pending, place: Place) {
        let mut storage = self.service.files.storage.clone();
        let request = PutPartRequest {
            file_id: self.upload_id.0,
            part: Some(part.into()),
            content: Bytes::from(bytes),
        };
        self.length = self.length.saturating_add(part.length);
        self.putting.push_back(
            async move {
                let put = storage.put_part(request).await;
                drop((place, room));
                put?;
                Ok(part)
            }
            .boxed(),
        );
    }

    /// Waits for the next step, and answers how many more bytes count. Dropped before it is done, it has lost nothing.
    pub(super) async fn step(&mut self) -> Result<i64, MessagesError> {
        if self.recording.is_none() {
            if !self.put.is_empty() {
                let parts = std::mem::take(&mut self.put);
                self.recording = Some(self.record(parts));
            } else if self.putting.is_empty() {
                return self.failed.take().map_or(Ok(0), Err);
            }
        }
        tokio::select! {
            Some(recorded) = OptionFuture::from(self.recording.as_mut()) => {
                self.recording = None;
                let recorded = recorded.inspect_err(|_| self.give_up())?;
                self.length = self.length.saturating_sub(recorded);
                Ok(recorded)
            }
            Some(put) = self.putting.next() => {
                match put {
                    Ok(part) => self.put.push(part),
                    Err(error) => {
                        // Those after it would leave a hole.
                        self.putting.clear();
                        self.failed = Some(error);
                    }
                }
                Ok(0)
            }
            else => Ok(0),
        }
    }

    fn give_up(&mut self) {
        self.putting.clear();
        self.put.clear();
    }

    /// Makes parts that are kept count, in one transaction.
    fn record(&self, parts: Vec<Part>) -> BoxFuture<'a, Result<i64, MessagesError>> {
        let (service, server_id, upload_id) = (self.service, self.server_id, self.upload_id);
        async move {
            let mut tx = service.tenants.begin(server_id).await?;
            for part in &parts {
                if !uploads::add_part(&mut tx, upload_id, *part).await? {
                    // Somebody else was faster, or it was thrown away meanwhile. What was kept for nothing goes with the upload.
                    return Err(MessagesError::UploadOffsetConflict);
                }
            }
            tx.commit().await?;
            Ok(parts.iter().map(|part| part.length).sum())
        }
        .boxed()
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
