//! Pictures that a service has the storage service keep for what it shows: of a user, of a server, of a page that messages link to.
//!
//! Each upload is a picture of its own, under a key that nobody can guess and that is never used again, however equal two pictures
//! look. So whoever lets go of one asks no other service whether others show it: it has one owner at most, or, where a service shows
//! it in several places, a count of them. There is a row before there are any bytes; it says until when the picture must be shown.
//! What nobody shows then, and what was let go of, is deleted, and once more some minutes later: a request that was given up
//! may have arrived at the store meanwhile.

use std::time::Duration;

use contracts::storage::{
    DeletePicturesRequest, PictureShape, PutPictureRequest, PutPreviewPictureRequest, PutPreviewPictureResponse,
    storage_client::StorageClient,
};
use model::limits::FILES_DELETED_AT_ONCE;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::{
    clock::Clock,
    db::{
        Db, DbError, DbResult, Tx,
        kept_pictures::{self, MIGRATIONS},
    },
    rpc::Peer,
    service::Task,
};

pub use crate::db::kept_pictures::key_of;

/// How long a picture is kept that nobody shows yet: longer than any request takes.
const SHOWN_WITHIN: Duration = Duration::from_hours(1);
/// How often it is looked whether something is to be deleted.
const EVERY: Duration = Duration::from_secs(3);
/// When it is deleted once more: later than any request to the store ends.
const AGAIN_AFTER: Duration = Duration::from_mins(10);

/// Why a picture is not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The storage service refuses it.
    #[error(transparent)]
    Refused(#[from] Status),
    /// It cannot be written down.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// The pictures of one service. Cheap to clone.
#[derive(Clone)]
pub struct Pictures {
    service: &'static str,
    db: Db,
    clock: Clock,
    storage: StorageClient<Peer>,
}

impl Pictures {
    /// The pictures of `service`, and the task that deletes those that nobody shows any more.
    pub async fn open(
        service: &'static str,
        db: &Db,
        clock: Clock,
        storage: StorageClient<Peer>,
        shutdown: CancellationToken,
    ) -> DbResult<(Self, Task)> {
        db.migrate("kept_pictures", MIGRATIONS).await?;
        let pictures = Self {
            service,
            db: db.clone(),
            clock,
            storage,
        };
        let sweeping = pictures.clone().sweep(shutdown);
        Ok((pictures, Task::new(service, sweeping)))
    }

    /// Has a picture kept, in its shape, for the user who asks; answers where it is served. It goes again unless it is shown
    /// before long: [`crate::db::Tx::show_picture`].
    pub async fn keep(&self, content: Vec<u8>, shape: PictureShape) -> Result<String, NotKept> {
        let key = self.note(self.db.begin().await?).await?;
        let request = PutPictureRequest {
            content,
            shape: shape.into(),
            key,
        };
        Ok(self.storage.clone().put_picture(request).await?.into_inner().url)
    }

    /// Has the picture of a page kept, whole, for nobody in particular. It goes again unless something shows it before long:
    /// [`crate::db::Tx::exchange_pictures`].
    pub async fn keep_of_page(&self, content: Vec<u8>) -> Result<PutPreviewPictureResponse, NotKept> {
        let key = self.note(self.db.begin_patiently().await?).await?;
        let request = PutPreviewPictureRequest { content, key };
        Ok(self.storage.clone().put_preview_picture(request).await?.into_inner())
    }

    /// Writes down that a picture is about to be kept; answers its key.
    async fn note(&self, mut tx: Tx) -> DbResult<String> {
        let key = hex::encode(rand::random::<[u8; 32]>());
        let until = self.clock.now().plus(SHOWN_WITHIN);
        kept_pictures::note(&mut tx, self.service, &key, until).await?;
        tx.commit().await?;
        Ok(key)
    }

    async fn sweep(self, shutdown: CancellationToken) {
        let sweeping = async {
            let mut failed = false;
            loop {
                match self.delete_due().await {
                    Ok(()) => failed = false,
                    Err(error) => {
                        if !std::mem::replace(&mut failed, true) {
                            tracing::warn!(service = self.service, error.detail = %error, "pictures that nobody shows are still there; they are deleted later");
                        }
                    }
                }
                tokio::time::sleep(EVERY).await;
            }
        };
        let _ = shutdown.run_until_cancelled(sweeping).await;
    }

    /// Deletes what is to be deleted: it is decided first, so that nobody shows it any more, then done, then forgotten.
    async fn delete_due(&self) -> Result<(), NotKept> {
        let limit = i64::try_from(FILES_DELETED_AT_ONCE).unwrap_or(i64::MAX);
        loop {
            let now = self.clock.now();
            let before = now.minus(AGAIN_AFTER);
            if !kept_pictures::is_any_due(&self.db, self.service, now, before).await? {
                return Ok(());
            }
            let mut tx = self.db.begin_patiently().await?;
            let due = kept_pictures::take_due(&mut tx, self.service, now, before, limit).await?;
            tx.commit().await?;
            let keys = due.iter().map(|picture| picture.key.clone()).collect();
            self.storage
                .clone()
                .delete_pictures(DeletePicturesRequest { keys })
                .await?;
            let mut tx = self.db.begin_patiently().await?;
            kept_pictures::deleted(&mut tx, self.service, &due, self.clock.now()).await?;
            tx.commit().await?;
        }
    }
}

#[cfg(test)]
#[path = "pictures_tests.rs"]
mod tests;
