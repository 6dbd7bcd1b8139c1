//! Files as named bytes, outside of the database.

mod key;
mod local;

use bytes::Bytes;
use futures::stream::BoxStream;

pub use key::{InvalidKey, ObjectKey};
pub use local::LocalObjects;

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

    /// Stores one object out of others, which stay, in their order. `false` when one of them is not there: nothing is stored
    /// then.
    fn join(&self, key: &ObjectKey, parts: &[ObjectKey]) -> impl Future<Output = Result<bool, ObjectError>> + Send;

    /// Removes everything below the key, as if that were a folder.
    fn delete_below(&self, folder: &ObjectKey) -> impl Future<Output = Result<(), ObjectError>> + Send;
}
