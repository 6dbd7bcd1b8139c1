//! A store that is full or away when a test says so.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use platform::objects::{LocalObjects, ObjectError, ObjectKey, ObjectStore, Pieces};

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    There,
    Full,
    Away,
    /// What is read ends before its end.
    BreaksOff,
}

/// Objects in a folder.
#[derive(Clone)]
pub(crate) struct Store {
    folder: Arc<tempfile::TempDir>,
    objects: LocalObjects,
    mode: Arc<Mutex<Mode>>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            objects: LocalObjects::open(folder.path()).unwrap(),
            folder: Arc::new(folder),
            mode: Arc::new(Mutex::new(Mode::There)),
        }
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    /// What is there, as paths.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        list(self.folder.path(), self.folder.path(), &mut found);
        found.sort();
        found
    }

    /// Takes something away, as no program does.
    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.path().join(path)).unwrap();
    }

    fn present(&self, writes: bool) -> Result<(), ObjectError> {
        match *self.mode.lock().unwrap() {
            Mode::Away => Err(ObjectError::Unavailable("away".to_owned())),
            Mode::Full if writes => Err(ObjectError::Full),
            _ => Ok(()),
        }
    }
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
}

impl ObjectStore for Store {
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectError> {
        self.present(true)?;
        self.objects.put(key, bytes).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Bytes>, ObjectError> {
        self.present(false)?;
        self.objects.get(key).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        self.present(false)?;
        self.objects.delete(key).await
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, ObjectError> {
        self.present(false)?;
        self.objects.exists(key).await
    }

    async fn size(&self, key: &ObjectKey) -> Result<Option<u64>, ObjectError> {
        self.present(false)?;
        self.objects.size(key).await
    }

    async fn read(&self, key: &ObjectKey, start: u64, length: u64) -> Result<Option<Pieces>, ObjectError> {
        self.present(false)?;
        let pieces = self.objects.read(key, start, length).await?;
        if *self.mode.lock().unwrap() == Mode::BreaksOff {
            return Ok(pieces.map(|pieces| pieces.take(1).chain(stream::empty()).boxed()));
        }
        Ok(pieces)
    }

    async fn list_below(&self, folder: &ObjectKey) -> Result<Vec<(ObjectKey, u64)>, ObjectError> {
        self.present(false)?;
        self.objects.list_below(folder).await
    }

    async fn delete_below(&self, folder: &ObjectKey) -> Result<(), ObjectError> {
        self.present(false)?;
        self.objects.delete_below(folder).await
    }
}
