//! An archive that is written as a stream: what is put in comes out as parts, which the storage service keeps.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use contracts::storage::{FinishFileRequest, Part, PutPartRequest};
use model::{Timestamp, limits::UPLOAD_PART_BYTES};
use platform::db::DbError;
use tonic::Status;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions, write::StreamWriter};

use crate::{
    error::MessagesError,
    service::Service,
    store::exports::{self, Job},
};

/// How long nobody else takes what somebody works on, and how often they say that they still do.
pub(super) const LEASE: Duration = Duration::from_mins(2);
const RENEWED_AFTER: Duration = Duration::from_secs(20);
/// How much is put in at once: compressing it keeps nobody waiting.
const AT_ONCE: usize = 64 * 1024;
/// From what size on an entry needs numbers of 64 bits, with room for what is not known exactly.
const LARGE: u64 = 4_000_000_000;

/// Why an archive is not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArchiveError {
    /// Somebody else has taken it.
    #[error("somebody else prepares it")]
    Lost,
    /// It cannot be written.
    #[error("the archive cannot be written: {0}")]
    Zip(#[from] ZipError),
    /// The same.
    #[error("the archive cannot be written: {0}")]
    Io(#[from] io::Error),
    /// What shall go in cannot be written.
    #[error("something cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// What shall go in cannot be read.
    #[error(transparent)]
    Messages(#[from] MessagesError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A peer.
    #[error(transparent)]
    Peer(#[from] Status),
}

/// What has been written and was not kept yet.
#[derive(Clone, Default)]
struct Pending(Arc<Mutex<Vec<u8>>>);

impl Pending {
    /// The first part of it, once there is a whole one; at the end, what there is.
    fn take(&self, at_end: bool) -> Option<Bytes> {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.is_empty() || (pending.len() < UPLOAD_PART_BYTES && !at_end) {
            return None;
        }
        let end = pending.len().min(UPLOAD_PART_BYTES);
        let rest = pending.split_off(end);
        Some(std::mem::replace(&mut *pending, rest).into())
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pending.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How an entry is put in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry {
    /// A text, compressed.
    Text,
    /// So many bytes, as they are.
    File(u64),
}

/// The archive of one export.
pub(super) struct Archive<'a> {
    service: &'a Service,
    job: Job,
    zip: ZipWriter<StreamWriter<Pending>>,
    pending: Pending,
    parts: Vec<Part>,
    size: i64,
    attempt: i64,
    made_at: Timestamp,
    renewed_at: Timestamp,
}

impl<'a> Archive<'a> {
    pub(super) fn new(service: &'a Service, job: Job) -> Self {
        let (pending, now) = (Pending::default(), service.clock.now());
        Self {
            service,
            job,
            zip: ZipWriter::new_stream(pending.clone()),
            pending,
            parts: Vec::new(),
            size: 0,
            attempt: service.ids.next(),
            made_at: now,
            renewed_at: now,
        }
    }

    /// Begins an entry; what is put in goes there from now on.
    pub(super) async fn begin(&mut self, name: &str, entry: Entry) -> Result<(), ArchiveError> {
        self.zip.start_file(name, options(entry, self.made_at))?;
        self.keep(false).await
    }

    /// Puts these bytes in.
    pub(super) async fn put(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        for some in bytes.chunks(AT_ONCE) {
            self.zip.write_all(some)?;
            self.keep(false).await?;
        }
        Ok(())
    }

    /// Says that somebody is still at it, who has nothing to put in yet.
    pub(super) async fn rest(&mut self) -> Result<(), ArchiveError> {
        self.renew().await
    }

    /// Ends the archive, and answers how many bytes it has.
    pub(super) async fn finish(mut self) -> Result<i64, ArchiveError> {
        // The end of it is written into what is pending.
        let ended = std::mem::replace(&mut self.zip, ZipWriter::new_stream(Pending::default())).finish();
        drop(ended?);
        self.keep(true).await?;
        let request = FinishFileRequest {
            file_id: self.job.file_id.0,
            parts: std::mem::take(&mut self.parts),
        };
        let finished = self.service.files.storage.clone().finish_file(request).await?;
        let size = finished.into_inner().size;
        if size == self.size {
            Ok(size)
        } else {
            Err(io::Error::other("another size was kept than was written").into())
        }
    }

    /// Keeps what makes whole parts; at the end, all.
    async fn keep(&mut self, at_end: bool) -> Result<(), ArchiveError> {
        self.renew().await?;
        while let Some(content) = self.pending.take(at_end) {
            let part = Part {
                start: self.size,
                length: i64::try_from(content.len()).unwrap_or(i64::MAX),
                attempt: self.attempt,
            };
            let request = PutPartRequest {
                file_id: self.job.file_id.0,
                part: Some(part),
                content,
            };
            self.service.files.storage.clone().put_part(request).await?;
            self.parts.push(part);
            self.size += part.length;
            self.renew().await?;
        }
        Ok(())
    }

    /// Says now and then that it is still being written.
    async fn renew(&mut self) -> Result<(), ArchiveError> {
        let now = self.service.clock.now();
        if now.since(self.renewed_at) < RENEWED_AFTER {
            return Ok(());
        }
        let mut tx = self.service.tenants.begin_group().await?;
        if !exports::keep(&mut tx, self.job, now.plus(LEASE)).await? {
            return Err(ArchiveError::Lost);
        }
        tx.commit().await?;
        self.renewed_at = now;
        Ok(())
    }
}

fn options(entry: Entry, made_at: Timestamp) -> SimpleFileOptions {
    let options = SimpleFileOptions::default()
        .last_modified_time(date(made_at))
        .unix_permissions(0o644);
    match entry {
        Entry::Text => options.compression_method(CompressionMethod::Deflated),
        Entry::File(size) => options
            .compression_method(CompressionMethod::Stored)
            .large_file(size >= LARGE),
    }
}

/// A time as archives have it, which begin with 1980.
fn date(at: Timestamp) -> DateTime {
    let made = at.in_utc().and_then(|at| {
        let (year, (hour, minute, second)) = (u16::try_from(at.year()).ok()?, at.to_hms());
        DateTime::from_date_and_time(year, at.month().into(), at.day(), hour, minute, second).ok()
    });
    made.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::io::{Cursor, Read};

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn entries_of_every_kind_are_read_again_with_their_time() {
        // Saturday, 2026-11-28, 12:34:56.
        let at = Timestamp::from_millis(1_795_869_296_789);
        let pending = Pending::default();
        let mut zip = ZipWriter::new_stream(pending.clone());
        let all = [
            ("text", Entry::Text),
            ("file", Entry::File(LARGE - 1)),
            ("large", Entry::File(LARGE)),
        ];
        for (name, entry) in all {
            zip.start_file(name, options(entry, at)).unwrap();
            zip.write_all(name.repeat(1_000).as_bytes()).unwrap();
        }
        drop(zip.finish().unwrap());
        let bytes = pending.take(true).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        for (name, entry) in all {
            let mut read = archive.by_name(name).unwrap();
            let compressed = read.compression() == CompressionMethod::Deflated;
            assert_eq!(compressed, matches!(entry, Entry::Text), "{name}");
            let time = read.last_modified().unwrap();
            assert_eq!(
                (
                    time.year(),
                    time.month(),
                    time.day(),
                    time.hour(),
                    time.minute(),
                    time.second()
                ),
                (2026, 11, 28, 12, 34, 56),
                "{name}"
            );
            let mut content = String::new();
            read.read_to_string(&mut content).unwrap();
            assert_eq!(content, name.repeat(1_000));
        }
    }

    #[test]
    fn what_no_archive_can_say_is_the_first_day_of_archives() {
        for millis in [i64::MIN, 0, i64::MAX] {
            assert_eq!(date(Timestamp::from_millis(millis)), DateTime::default(), "{millis}");
        }
    }

    #[test]
    fn what_is_pending_is_taken_in_whole_parts_until_the_end() {
        let mut pending = Pending::default();
        assert!(pending.take(true).is_none());
        pending.write_all(&vec![1; UPLOAD_PART_BYTES - 1]).unwrap();
        assert!(pending.take(false).is_none());
        pending.write_all(&[2; 3]).unwrap();
        let part = pending.take(false).unwrap();
        assert_eq!((part.len(), part.last()), (UPLOAD_PART_BYTES, Some(&2)));
        assert!(pending.take(false).is_none());
        assert_eq!(&*pending.take(true).unwrap(), &[2, 2]);
        assert!(pending.take(true).is_none());
    }
}
