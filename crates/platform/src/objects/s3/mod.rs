//! Objects in a bucket of a store that speaks S3.

mod gate;
mod refusal;
mod settings;
mod transport;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, future, stream};
use http::StatusCode;
use object_store::{
    BackoffConfig, GetOptions, GetRange, ObjectStore as _, ObjectStoreExt, PutPayload, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    list::{PaginatedListOptions, PaginatedListStore},
    path::Path,
};
use tokio::sync::Mutex;

pub use settings::{Addressing, S3Problem, S3Setting, S3Settings};

use self::{
    refusal::{absent_is_none, failed, problem, refusal},
    transport::Transport,
};
use super::{ObjectError, ObjectKey, ObjectStore, Pieces};
use crate::tls;

/// The most that is read at once, in bytes.
const PIECE: usize = 256 * 1024;
/// How long an answer may take: less than the caller waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// Requests that fail are made again so often, and within this time.
const RETRIES: (usize, Duration) = (3, Duration::from_secs(3));
/// Pauses before that: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// How many objects are deleted with one request: as many as S3 takes.
const DELETED_AT_ONCE: usize = 1_000;
/// How long it holds that the store was reached: requests are not free everywhere.
const REACHED_FOR: Duration = Duration::from_secs(30);
/// What is written and deleted to see whether that is allowed. No key begins with a dot.
const TRIAL: &str = ".trial";

/// A bucket. Clones share it.
#[derive(Clone)]
pub struct S3Objects(Arc<Bucket>);

struct Bucket {
    store: AmazonS3,
    /// The same, which deletes objects one by one.
    singly: AmazonS3,
    /// The store does not know how to delete several at once.
    deletes_singly: AtomicBool,
    prefix: Option<ObjectKey>,
    /// When it was reached.
    reached: Mutex<Option<Instant>>,
}

impl S3Objects {
    /// The bucket, of which nothing is asked yet.
    ///
    /// # Errors
    /// When the settings cannot be those of any bucket.
    pub async fn open(settings: S3Settings) -> Result<Self, S3Problem> {
        Self::open_with(settings, PATIENCE).await
    }

    /// [`S3Objects::open`], with another time that an answer may take.
    ///
    /// # Errors
    /// As [`S3Objects::open`].
    pub async fn open_with(settings: S3Settings, patience: Duration) -> Result<Self, S3Problem> {
        let wrong = |setting, detail: String| S3Problem::Setting { setting, detail };
        let tls = tls::public_client(settings.authorities.as_deref()).await;
        let tls = tls.map_err(|error| wrong(S3Setting::Authorities, error.to_string()))?;
        let builder = AmazonS3Builder::new()
            .with_http_connector(Transport::new(tls, patience))
            // The library takes the address of the bucket for that of the store when it is told so.
            .with_endpoint(settings.bucket_address())
            .with_virtual_hosted_style_request(true)
            .with_bucket_name(settings.bucket)
            .with_region(settings.region)
            .with_access_key_id(settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.into_exposed())
            .with_retry(RetryConfig {
                backoff: BackoffConfig {
                    init_backoff: PAUSES.0,
                    max_backoff: PAUSES.1,
                    ..BackoffConfig::default()
                },
                max_retries: RETRIES.0,
                retry_timeout: RETRIES.1,
            });
        let build = |builder: AmazonS3Builder| {
            let built = builder.build();
            built.map_err(|error| wrong(S3Setting::Endpoint, error.to_string()))
        };
        Ok(Self(Arc::new(Bucket {
            store: build(builder.clone())?,
            singly: build(builder.with_disable_bulk_delete(true))?,
            deletes_singly: AtomicBool::new(false),
            prefix: settings.prefix,
            reached: Mutex::default(),
        })))
    }

    /// Asks the store for everything that is needed of it: to list, to write, to read and to delete.
    ///
    /// # Errors
    /// When it refuses, or does not answer.
    pub async fn check(&self) -> Result<(), S3Problem> {
        let trial = self.0.below(TRIAL);
        let trying = async {
            self.0.list_one().await?;
            self.0.store.put(&trial, PutPayload::new()).await?;
            self.0.store.head(&trial).await?;
            self.0.singly.delete(&trial).await
        };
        trying.await.map_err(|error| problem(&error))
    }

    /// Whether the store answers; asked of it once in a while only, as long as it does.
    ///
    /// # Errors
    /// When it does not: why, for the operator.
    pub async fn reach(&self) -> Result<(), String> {
        let mut reached = self.0.reached.lock().await;
        if reached.is_some_and(|at| at.elapsed() < REACHED_FOR) {
            return Ok(());
        }
        *reached = None;
        self.0.list_one().await.map_err(|error| failed(error).to_string())?;
        *reached = Some(Instant::now());
        Ok(())
    }
}

impl Bucket {
    fn path(&self, key: &ObjectKey) -> Path {
        self.below(key.as_str())
    }

    fn below(&self, key: &str) -> Path {
        match &self.prefix {
            Some(prefix) => Path::from(format!("{prefix}/{key}")),
            None => Path::from(key),
        }
    }

    async fn list_one(&self) -> object_store::Result<()> {
        let prefix = self.prefix.as_ref().map(|prefix| format!("{prefix}/"));
        let one = PaginatedListOptions {
            max_keys: Some(1),
            ..PaginatedListOptions::default()
        };
        self.store.list_paginated(prefix.as_deref(), one).await.map(|_| ())
    }

    async fn delete_all(&self, paths: Vec<Path>) -> Result<(), ObjectError> {
        if !self.deletes_singly.load(Ordering::Relaxed) {
            match delete_with(&self.store, paths.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) if refusal(&error).is_some_and(|refusal| !refusal.is_passing()) => {
                    tracing::debug!(error.detail = %failed(error), "objects are deleted one by one");
                }
                Err(error) => return Err(failed(error)),
            }
            delete_with(&self.singly, paths).await.map_err(failed)?;
            // It was not the objects.
            self.deletes_singly.store(true, Ordering::Relaxed);
            return Ok(());
        }
        delete_with(&self.singly, paths).await.map_err(failed)
    }
}

async fn delete_with(store: &AmazonS3, paths: Vec<Path>) -> object_store::Result<()> {
    let paths = stream::iter(paths).map(Ok).boxed();
    let deleted = store.delete_stream(paths).map(|deleted| match deleted {
        // What is gone already is deleted.
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        other => other.map(|_| ()),
    });
    deleted.try_collect().await
}

impl ObjectStore for S3Objects {
    async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), ObjectError> {
        let path = self.0.path(key);
        let put = self.0.store.put(&path, PutPayload::from_bytes(bytes));
        put.await.map(|_| ()).map_err(failed)
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Bytes>, ObjectError> {
        match absent_is_none(self.0.store.get(&self.0.path(key)).await)? {
            Some(found) => found.bytes().await.map(Some).map_err(failed),
            None => Ok(None),
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        absent_is_none(self.0.singly.delete(&self.0.path(key)).await).map(|_| ())
    }

    async fn exists(&self, key: &ObjectKey) -> Result<bool, ObjectError> {
        self.size(key).await.map(|size| size.is_some())
    }

    async fn size(&self, key: &ObjectKey) -> Result<Option<u64>, ObjectError> {
        let found = absent_is_none(self.0.store.head(&self.0.path(key)).await)?;
        Ok(found.map(|found| found.size))
    }

    async fn read(&self, key: &ObjectKey, start: u64, length: u64) -> Result<Option<Pieces>, ObjectError> {
        let nothing = || Some(stream::empty().boxed());
        if length == 0 {
            // There is no range for that.
            return Ok(self.size(key).await?.and_then(|_| nothing()));
        }
        let range = match start.checked_add(length) {
            Some(end) if end < i64::MAX.unsigned_abs() => GetRange::Bounded(start..end),
            _ => GetRange::Offset(start),
        };
        let options = GetOptions::new().with_range(Some(range));
        let found = self.0.store.get_opts(&self.0.path(key), options).await;
        if let Err(error) = &found
            && refusal(error).is_some_and(|refusal| refusal.status == StatusCode::RANGE_NOT_SATISFIABLE)
        {
            return Ok(nothing());
        }
        let Some(found) = absent_is_none(found)? else {
            return Ok(None);
        };
        let pieces = found.into_stream().map_err(failed);
        Ok(Some(
            pieces.try_filter(|piece| future::ready(!piece.is_empty())).boxed(),
        ))
    }

    async fn list_below(&self, folder: &ObjectKey) -> Result<Vec<(ObjectKey, u64)>, ObjectError> {
        // It is looked for with a slash at its end: what only begins alike is not below.
        let path = self.0.path(folder);
        let found = self.0.store.list(Some(&path));
        let key_of = |object: object_store::ObjectMeta| {
            let name = object.location.as_ref().strip_prefix(path.as_ref())?;
            // What was put there by others is no object.
            let key = format!("{folder}{name}").parse().ok()?;
            Some((key, object.size))
        };
        let found = found.try_filter_map(|object| future::ready(Ok(key_of(object))));
        found.try_collect().await.map_err(failed)
    }

    async fn delete_below(&self, folder: &ObjectKey) -> Result<(), ObjectError> {
        // It is looked for with a slash at its end: what only begins alike stays.
        let found = self.0.store.list(Some(&self.0.path(folder)));
        let found = found.map_ok(|object| object.location);
        let mut chunks = found.try_chunks(DELETED_AT_ONCE);
        while let Some(paths) = chunks.try_next().await.map_err(|error| failed(error.1))? {
            self.0.delete_all(paths).await?;
        }
        Ok(())
    }
}
