//! Files as named bytes, outside of the database.

mod key;
mod local;

use bytes::Bytes;

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
}
