//! Where pictures are worked on: few at a time, on threads that may block, and not for ever.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::picture::{self, Encoded, PictureError, Shape};

/// Pictures that are decoded at the same time; each may take [`model::limits::PICTURE_MEMORY_BYTES`].
const BENCHES: usize = 2;
/// Pictures that wait for a bench; more are told to come back.
const WAITING: usize = 16;
/// How long a picture may wait and be worked on.
const PATIENCE: Duration = Duration::from_secs(8);

/// The workshop. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Workshop {
    benches: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

impl Default for Workshop {
    fn default() -> Self {
        Self {
            benches: Arc::new(Semaphore::new(BENCHES)),
            room: Arc::new(Semaphore::new(BENCHES + WAITING)),
        }
    }
}

/// A place where one picture is worked on.
pub(crate) struct Bench {
    _room: OwnedSemaphorePermit,
    _bench: OwnedSemaphorePermit,
}

impl Workshop {
    /// A free bench, as soon as there is one. What it takes to work is fetched afterwards, so that what waits takes no room.
    pub(crate) async fn bench(&self) -> Result<Bench, PictureError> {
        let room = Arc::clone(&self.room)
            .try_acquire_owned()
            .map_err(|_| PictureError::Busy)?;
        let bench = tokio::time::timeout(PATIENCE, Arc::clone(&self.benches).acquire_owned());
        match bench.await {
            Ok(Ok(bench)) => Ok(Bench {
                _room: room,
                _bench: bench,
            }),
            _ => Err(PictureError::Busy),
        }
    }

    /// Encodes the upload anew in its shape.
    pub(crate) async fn remake(&self, upload: Bytes, shape: Shape) -> Result<Encoded, PictureError> {
        let work = async {
            self.bench()
                .await?
                .work(move || picture::remake(&upload, shape))
                .await?
        };
        tokio::time::timeout(PATIENCE, work)
            .await
            .map_err(|_| PictureError::Busy)?
    }
}

impl Bench {
    /// Does the work on a thread that may block.
    pub(crate) async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PictureError> {
        let working = tokio::task::spawn_blocking(move || {
            // The bench is free when the work is done, even if nobody waits for it any more.
            let _bench = self;
            work()
        });
        // The decoder panicked: a mistake of ours or of the library, provoked by this picture.
        working.await.map_err(|_| PictureError::Unreadable)
    }
}
