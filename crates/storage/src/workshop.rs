//! Where pictures are worked on: few at a time, on threads that may block, and not for ever.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::Semaphore;

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

impl Workshop {
    /// Encodes the upload anew in its shape.
    pub(crate) async fn remake(&self, upload: Bytes, shape: Shape) -> Result<Encoded, PictureError> {
        self.work(move || picture::remake(&upload, shape)).await
    }

    /// Encodes the upload anew, within so many pixels.
    pub(crate) async fn remake_within(&self, upload: Bytes, side: u32) -> Result<Encoded, PictureError> {
        self.work(move || picture::remake_within(&upload, side)).await
    }

    async fn work(
        &self,
        work: impl FnOnce() -> Result<Encoded, PictureError> + Send + 'static,
    ) -> Result<Encoded, PictureError> {
        let _place = self.room.try_acquire().map_err(|_| PictureError::Busy)?;
        let working = async {
            let bench = Arc::clone(&self.benches)
                .acquire_owned()
                .await
                .map_err(|_| PictureError::Busy)?;
            let remade = tokio::task::spawn_blocking(move || {
                // The bench is free when the work is done, even if nobody waits for it any more.
                let _bench = bench;
                work()
            });
            // The decoder panicked: a mistake of ours or of the library, provoked by this picture.
            remade.await.map_err(|_| PictureError::Unreadable)?
        };
        tokio::time::timeout(PATIENCE, working)
            .await
            .map_err(|_| PictureError::Busy)?
    }
}
