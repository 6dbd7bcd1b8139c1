//! Objects as files of a directory.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, stream};

use super::{ObjectError, ObjectKey, ObjectStore, Pieces};

/// Where writes begin, beside the objects; no key can begin with a dot.
const DRAFTS: &str = ".drafts";

/// A draft that nobody has written to for so long is nobody's.
const ABANDONED: Duration = Duration::from_hours(1);
/// What is read at once, in bytes.
const PIECE: u64 = 256 * 1024;

/// A directory of objects. Clones share it.
#[derive(Debug, Clone)]
pub struct LocalObjects {
    root: Arc<Path>,
    drafts_made: Arc<AtomicU64>,
    /// Tells our drafts from those of others who share the directory.
    token: u64,
}

impl LocalObjects {
    /// Opens the directory, creating it if need be, and removes what a crash left half written. What is being written by others
    /// who share the directory stays.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, ObjectError> {
        let root: Arc<Path> = root.into().into();
        let drafts = root.join(DRAFTS);
        fs::create_dir_all(&drafts)?;
        for draft in fs::read_dir(&drafts)? {
            let draft = draft?;
            let age = draft.metadata().and_then(|file| file.modified());
            if age.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > ABANDONED)) {
                absent_is_none(fs::remove_file(draft.path()))?;
            }
        }
        Ok(Self {
            root,
            drafts_made: Arc::default(),
            token: rand::random(),
        })
    }

    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    async fn store(&self, key: &ObjectKey, content: Bytes) -> Result<(), ObjectError> {
        let number = self.drafts_made.fetch_add(1, Ordering::Relaxed);
        let draft = self
            .root
            .join(DRAFTS)
            .join(format!("{}-{}-{number}", std::process::id(), self.token));
        let path = self.path(key);
        blocking(move || {
            let written = write(&draft, &path, &content);
            if written.is_err() {
                // What is left of the draft only takes room; it may also never have been made.
                let _ = fs::remove_file(&draft);
            }
            written
        })
        .await
    }
}

impl ObjectStore for LocalObjects {
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectError> {
        self.store(key, bytes).await
    }

    async fn put_unseen(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectError> {
        let path = self.path(key);
        blocking(move || write_in_place(&path, &bytes)).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Bytes>, ObjectError> {
        let path = self.path(key);
        blocking(move || absent_is_none(fs::read(path)))
            .await
            .map(|bytes| bytes.map(Bytes::from))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        let path = self.path(key);
        blocking(move || absent_is_none(fs::remove_file(path)))
            .await
            .map(|_| ())
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, ObjectError> {
        let path = self.path(key);
        blocking(move || absent_is_none(fs::metadata(path)))
            .await
            .map(|found| found.is_some_and(|file| file.is_file()))
    }

    async fn size(&self, key: &ObjectKey) -> Result<Option<u64>, ObjectError> {
        let path = self.path(key);
        let found = blocking(move || absent_is_none(fs::metadata(path))).await?;
        Ok(found.filter(fs::Metadata::is_file).map(|file| file.len()))
    }

    async fn read(&self, key: &ObjectKey, start: u64, length: u64) -> Result<Option<Pieces>, ObjectError> {
        let path = self.path(key);
        let opened = blocking(move || {
            let Some(mut file) = absent_is_none(File::open(path))? else {
                return Ok(None);
            };
            file.seek(SeekFrom::Start(start))?;
            Ok(Some(file))
        });
        let Some(file) = opened.await? else { return Ok(None) };
        let pieces = stream::try_unfold((file, length), async |(file, left)| {
            if left == 0 {
                return Ok(None);
            }
            blocking(move || {
                let length = left.min(PIECE);
                let mut piece = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
                (&file).take(length).read_to_end(&mut piece)?;
                let left = left.saturating_sub(piece.len() as u64);
                Ok((!piece.is_empty()).then(|| (Bytes::from(piece), (file, left))))
            })
            .await
        });
        Ok(Some(pieces.boxed()))
    }

    async fn list_below(&self, folder: &ObjectKey) -> Result<Vec<(ObjectKey, u64)>, ObjectError> {
        let folder = folder.clone();
        let path = self.path(&folder);
        blocking(move || {
            let mut found = Vec::new();
            list(&folder, &path, &mut found)?;
            Ok(found)
        })
        .await
    }

    async fn delete_below(&self, folder: &ObjectKey) -> Result<(), ObjectError> {
        let path = self.path(folder);
        blocking(move || absent_is_none(fs::remove_dir_all(path)))
            .await
            .map(|_| ())
    }
}

/// Writes and syncs a draft, moves it to its place in one step, and syncs the directory that now names it.
fn write(draft: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o640)
        .open(draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    let directory = path.parent().unwrap_or(path);
    create_all(directory)?;
    fs::rename(draft, path)?;
    File::open(directory)?.sync_all()
}

/// Writes and syncs where it stays. What is there already is the same, from an attempt whose answer was lost: it is written over.
fn write_in_place(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    create_all(directory)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o640)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    File::open(directory)?.sync_all()
}

/// Adds the objects of a folder, and of those in it.
fn list(folder: &ObjectKey, path: &Path, found: &mut Vec<(ObjectKey, u64)>) -> io::Result<()> {
    let Some(entries) = absent_is_none(fs::read_dir(path))? else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let key = entry
            .file_name()
            .to_str()
            .and_then(|name| format!("{folder}/{name}").parse().ok());
        // What was put there by others is no object.
        let Some(key) = key else { continue };
        match absent_is_none(entry.metadata())? {
            Some(data) if data.is_dir() => list(&key, &entry.path(), found)?,
            Some(data) => found.push((key, data.len())),
            None => {}
        }
    }
    Ok(())
}

/// Creates the directory and what is above it, each named for good before anything is put into it.
fn create_all(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let Some(above) = directory.parent() else {
        return Ok(());
    };
    create_all(above)?;
    match fs::create_dir(directory) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(above)?.sync_all()
}

fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs what touches the disk on a thread that may wait.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, ObjectError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(ObjectError::from),
        Err(error) => Err(ObjectError::Unavailable(error.to_string())),
    }
}

impl From<io::Error> for ObjectError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn key(text: &str) -> ObjectKey {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn neither_success_nor_failure_leaves_a_draft() {
        let directory = tempfile::tempdir().unwrap();
        let objects = LocalObjects::open(directory.path()).unwrap();
        objects.put(&key("file"), Bytes::from_static(b"x")).await.unwrap();
        let blocked = objects.put(&key("file/below"), Bytes::from_static(b"x")).await;
        assert!(matches!(blocked, Err(ObjectError::Unavailable(_))), "{blocked:?}");
        assert_eq!(fs::read_dir(directory.path().join(DRAFTS)).unwrap().count(), 0);
        let left = directory.path().join(DRAFTS).join("left-by-a-crash");
        fs::write(&left, "x").unwrap();
        LocalObjects::open(directory.path()).unwrap();
        assert!(left.exists(), "another process may be writing it");
        let long_ago = fs::metadata(&left).unwrap().modified().unwrap() - ABANDONED * 2;
        File::options()
            .write(true)
            .open(&left)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        LocalObjects::open(directory.path()).unwrap();
        assert_eq!(fs::read_dir(directory.path().join(DRAFTS)).unwrap().count(), 0);
        assert_eq!(objects.get(&key("file")).await.unwrap().as_deref(), Some(&b"x"[..]));
    }

    #[tokio::test]
    async fn what_a_crash_cut_short_is_written_over() {
        let directory = tempfile::tempdir().unwrap();
        let objects = LocalObjects::open(directory.path()).unwrap();
        let (key, whole) = (key("f/1/parts/0-1"), Bytes::from_static(b"whole"));
        objects.put_unseen(&key, Bytes::from_static(b"wh")).await.unwrap();
        for _ in 0..2 {
            objects.put_unseen(&key, whole.clone()).await.unwrap();
            assert_eq!(objects.get(&key).await.unwrap().as_ref(), Some(&whole));
        }
    }

    #[tokio::test]
    async fn a_folder_is_no_object() {
        let directory = tempfile::tempdir().unwrap();
        let objects = LocalObjects::open(directory.path()).unwrap();
        objects.put(&key("f/1/a"), Bytes::from_static(b"x")).await.unwrap();
        assert_eq!(objects.size(&key("f/1")).await.unwrap(), None);
        assert!(!objects.exists(&key("f/1")).await.unwrap());
    }

    #[test]
    fn no_room_is_told_apart() {
        let enospc = io::Error::from_raw_os_error(28);
        assert!(matches!(ObjectError::from(enospc), ObjectError::Full));
        assert!(matches!(
            ObjectError::from(io::Error::other("x")),
            ObjectError::Unavailable(_)
        ));
    }
}
