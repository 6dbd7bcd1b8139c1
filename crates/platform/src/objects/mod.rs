//! Files as named bytes, outside of the database.

mod key;
mod local;
mod s3;

use bytes::Bytes;
use futures::stream::BoxStream;

pub use key::{InvalidKey, ObjectKey};
pub use local::LocalObjects;
pub use s3::{Addressing, S3Objects, S3Problem, S3Setting, S3Settings};

/// What can go wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// There is no room left.
    #[error("the object store is full")]
    Full,
    /// The store cannot be reached, or fails; the text is for the operator.
    #[error("the object store is unavailable: {0}")]
    Unavailable(String),
}

/// The bytes of an object, as they come.
pub type Pieces = BoxStream<'static, Result<Bytes, ObjectError>>;

/// Keeps bytes under keys. An object is written once and whole: who reads a key sees all of one version or nothing.
pub trait ObjectStore: Send + Sync + 'static {
    /// Stores the bytes. When it returns, they survive a crash.
    fn put(&self, key: &ObjectKey, bytes: Bytes) -> impl Future<Output = Result<(), ObjectError>> + Send;

    /// The same under a key that nobody else writes, and nobody reads before it has returned: what a crash leaves there may be
    /// cut short. For keys of which a row says that they count, it waits for the disk once less.
    fn put_unseen(&self, key: &ObjectKey, bytes: Bytes) -> impl Future<Output = Result<(), ObjectError>> + Send {
        self.put(key, bytes)
    }

    /// The bytes, if there are any under the key.
    fn get(&self, key: &ObjectKey) -> impl Future<Output = Result<Option<Bytes>, ObjectError>> + Send;

    /// Removes what is under the key, if anything is.
    fn delete(&self, key: &ObjectKey) -> impl Future<Output = Result<(), ObjectError>> + Send;

    /// Whether anything is under the key.
    fn exists(&self, key: &ObjectKey) -> impl Future<Output = Result<bool, ObjectError>> + Send;

    /// How many bytes are under the key, if anything is.
    fn size(&self, key: &ObjectKey) -> impl Future<Output = Result<Option<u64>, ObjectError>> + Send;

    /// So many bytes from `start` on, or as many as there are; `None` when there is nothing under the key. Nobody waits for a
    /// reader that is slow: a piece is read when it is asked for.
    fn read(
        &self,
        key: &ObjectKey,
        start: u64,
        length: u64,
    ) -> impl Future<Output = Result<Option<Pieces>, ObjectError>> + Send;

    /// What is below the key, as if that were a folder: each object and its size in bytes.
    fn list_below(&self, folder: &ObjectKey)
    -> impl Future<Output = Result<Vec<(ObjectKey, u64)>, ObjectError>> + Send;

    /// Removes everything below the key, as if that were a folder.
    fn delete_below(&self, folder: &ObjectKey) -> impl Future<Output = Result<(), ObjectError>> + Send;
}

/// Where a deployment keeps its objects.
#[derive(Clone)]
pub enum Objects {
    /// In a folder.
    Files(LocalObjects),
    /// In a bucket.
    S3(S3Objects),
}

/// The same of whichever it is.
macro_rules! of_either {
    ($objects:expr, $store:ident => $asked:expr) => {
        match $objects {
            Self::Files($store) => $asked.await,
            Self::S3($store) => $asked.await,
        }
    };
}

impl ObjectStore for Objects {
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectError> {
        of_either!(self, store => store.put(key, bytes))
    }

    async fn put_unseen(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectError> {
        of_either!(self, store => store.put_unseen(key, bytes))
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Bytes>, ObjectError> {
        of_either!(self, store => store.get(key))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        of_either!(self, store => store.delete(key))
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, ObjectError> {
        of_either!(self, store => store.exists(key))
    }

    async fn size(&self, key: &ObjectKey) -> Result<Option<u64>, ObjectError> {
        of_either!(self, store => store.size(key))
    }

    async fn read(&self, key: &ObjectKey, start: u64, length: u64) -> Result<Option<Pieces>, ObjectError> {
        of_either!(self, store => store.read(key, start, length))
    }

    async fn list_below(&self, folder: &ObjectKey) -> Result<Vec<(ObjectKey, u64)>, ObjectError> {
        of_either!(self, store => store.list_below(folder))
    }

    async fn delete_below(&self, folder: &ObjectKey) -> Result<(), ObjectError> {
        of_either!(self, store => store.delete_below(folder))
    }
}
