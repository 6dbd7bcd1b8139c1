//! Files of messages: taken in parts, finished, sent, read, and thrown away.
//!
//! The bytes are kept by the storage service under the id of the file. A row of ours is there before any byte is, and when it
//! goes, the bytes are put down to be deleted in the same transaction: whenever the process dies, nothing is left that nobody
//! knows of. What has arrived of an upload is what our table of its parts says. A part is kept under a name that only its
//! attempt has, and counts once it is in the table: of two who send the same part, one wins, and neither harms the other.

mod finish;
mod keeping;
mod reading;
mod receive;
mod upkeep;

use std::{sync::Arc, time::Duration};

use contracts::storage::storage_client::StorageClient;
use model::{FileId, Permission, ServerId, Timestamp, UserId, file_name, limits};
use platform::{
    db::{DbResult, TenantTx, Tx},
    rpc::Peer,
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

pub(crate) use upkeep::work;

use crate::{
    access::Viewer,
    api::{ChannelPath, MessagePath},
    error::MessagesError,
    service::Service,
    store::{
        attachments::{self, Attachment},
        discarded_files, uploads,
    },
};

/// How long a part may still be on its way to the storage service when its upload is thrown away. Its bytes are deleted
/// after that, and with them the part.
pub(crate) const ON_ITS_WAY: Duration = Duration::from_mins(1);

/// How much may be kept.
#[derive(Debug, Clone, Copy)]
pub struct FileLimits {
    /// One file, in bytes.
    pub attachment_bytes: u64,
    /// All files of a user, in bytes.
    pub bytes_per_user: u64,
}

/// What is needed for files.
pub(crate) struct Files {
    pub(crate) storage: StorageClient<Peer>,
    limits: FileLimits,
    /// In this time [`limits::UPLOAD_PACE_BYTES`] must arrive of an upload.
    pace: Duration,
    places: Arc<Semaphore>,
    /// What uploads hold beside the part that arrives and the first that is on its way, in parts of the smaller size.
    ahead: Arc<Semaphore>,
    discarded: Notify,
}

impl Files {
    pub(crate) fn new(storage: StorageClient<Peer>, limits: FileLimits, pace: Duration) -> Self {
        Self {
            storage,
            limits,
            pace,
            places: Arc::new(Semaphore::new(limits::UPLOADS_AT_ONCE)),
            ahead: Arc::new(Semaphore::new(limits::UPLOAD_PARTS_AHEAD)),
            discarded: Notify::new(),
        }
    }

    /// Room for the body of an upload.
    pub(crate) fn place(&self) -> Result<OwnedSemaphorePermit, MessagesError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| MessagesError::Overloaded)
    }

    /// Room for another part on its way.
    fn part_ahead(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.ahead).try_acquire_owned().ok()
    }

    /// Room for what a large part has more than a small one.
    fn large_part(&self) -> Option<OwnedSemaphorePermit> {
        const MORE: u32 = 3;
        const {
            assert!(limits::UPLOAD_LARGE_PART_BYTES == limits::UPLOAD_PART_BYTES * (1 + MORE as usize));
        }
        Arc::clone(&self.ahead).try_acquire_many_owned(MORE).ok()
    }

    /// The largest file, in bytes.
    pub(crate) fn largest(&self) -> i64 {
        i64::try_from(self.limits.attachment_bytes).unwrap_or(i64::MAX)
    }

    /// Has the bytes of finished files deleted, whose rows go with `tx`.
    pub(crate) async fn discard(&self, tx: &mut TenantTx, ids: &[FileId], now: Timestamp) -> DbResult<()> {
        if ids.is_empty() {
            return Ok(());
        }
        discarded_files::add(tx, ids, now).await?;
        self.tidy_soon();
        Ok(())
    }

    /// Has what was thrown away deleted soon.
    pub(crate) fn tidy_soon(&self) {
        self.discarded.notify_one();
    }

    /// Refuses what the user may not keep besides what they keep already.
    fn require_room(&self, kept: i64, more: i64) -> Result<(), MessagesError> {
        let most = i64::try_from(self.limits.bytes_per_user).unwrap_or(i64::MAX);
        if kept.saturating_add(more) > most {
            return Err(MessagesError::AttachmentQuotaExceeded);
        }
        Ok(())
    }
}

impl Service {
    /// Who may upload to the channel: whoever may send files there.
    pub(crate) async fn uploader(&self, user_id: UserId, path: ChannelPath) -> Result<Viewer, MessagesError> {
        let viewer = self.access.viewer(path.server_id, path.channel_id, user_id).await?;
        viewer
            .require(Permission::SendMessages)?
            .require(Permission::AttachFiles)
    }

    /// Begins an upload of so many bytes.
    pub(crate) async fn begin_upload(
        &self,
        user_id: UserId,
        path: ChannelPath,
        name: &str,
        size: i64,
    ) -> Result<Attachment, MessagesError> {
        if size > self.files.largest() {
            return Err(MessagesError::AttachmentTooLarge(self.files.limits.attachment_bytes));
        }
        let upload = Attachment {
            server_id: path.server_id,
            id: FileId(self.ids.next()),
            channel_id: path.channel_id,
            uploader_id: user_id,
            name: file_name::mended(name),
            size,
            received: 0,
            content_type: None,
            width: None,
            height: None,
            placeholder: None,
            has_thumbnail: false,
            expires_at: self.clock.now().plus(limits::UPLOAD_LIFETIME),
            message_id: None,
            is_spoiler: false,
        };
        let mut tx = self.tenants.shared().begin().await?;
        let kept = uploads::count_kept(&mut tx, user_id).await?;
        if usize::try_from(kept.unfinished).is_ok_and(|count| count >= limits::UPLOADS_PER_USER) {
            return Err(MessagesError::TooManyUploads);
        }
        self.files.require_room(kept.bytes, size)?;
        uploads::add(&mut tx, &upload).await?;
        tx.commit().await?;
        Ok(upload)
    }

    /// Makes an upload longer, whose size is not known before its end.
    async fn lengthen(&self, upload: &Attachment, size: i64) -> Result<(), MessagesError> {
        if size > self.files.largest() {
            return Err(MessagesError::AttachmentTooLarge(self.files.limits.attachment_bytes));
        }
        let mut tx = self.tenants.shared().begin().await?;
        let kept = uploads::count_kept(&mut tx, upload.uploader_id).await?;
        self.files.require_room(kept.bytes, size - upload.size)?;
        if !uploads::resize(&mut tx, upload, size).await? {
            return Err(MessagesError::AttachmentNotFound);
        }
        Ok(tx.commit().await?)
    }

    /// The user's own upload, or file that waits to be sent, in the channel.
    pub(crate) async fn find_unsent(
        &self,
        user_id: UserId,
        path: ChannelPath,
        id: FileId,
    ) -> Result<Attachment, MessagesError> {
        let tenant = self.tenants.reader(path.server_id);
        let found = uploads::lookup(tenant, path.channel_id, id, user_id, self.clock.now()).await?;
        found.ok_or(MessagesError::AttachmentNotFound)
    }

    /// Throws an upload or unsent file away.
    pub(crate) async fn throw_away(&self, upload: &Attachment) -> Result<(), MessagesError> {
        let mut tx = self.tenants.begin(upload.server_id).await?;
        if !attachments::remove_unsent(&mut tx, upload.channel_id, upload.id, upload.uploader_id).await? {
            return Err(MessagesError::AttachmentNotFound);
        }
        discarded_files::add(&mut tx, &[upload.id], self.clock.now().plus(ON_ITS_WAY)).await?;
        Ok(tx.commit().await?)
    }

    /// The one way to a file: who reads its message reads it, and one that is not sent its uploader alone. Whoever is a
    /// member learns of any other only that there is nothing.
    pub(crate) async fn find_file(
        &self,
        user_id: UserId,
        server_id: ServerId,
        id: FileId,
    ) -> Result<Attachment, MessagesError> {
        self.access.standing(server_id, user_id).await?;
        let found = attachments::lookup(self.tenants.reader(server_id), id).await?;
        let file = found.filter(|file| file.content_type.is_some());
        let file = file.ok_or(MessagesError::AttachmentNotFound)?;
        let channel_id = file.channel_id;
        let seen = if let Some(message_id) = file.message_id {
            let path = MessagePath {
                server_id,
                channel_id,
                message_id,
            };
            self.find_readable(user_id, path).await.map(|_| true)
        } else {
            let viewer = self.access.viewer(server_id, channel_id, user_id).await;
            viewer.map(|_| file.uploader_id == user_id && file.expires_at > self.clock.now())
        };
        match seen {
            Ok(true) => Ok(file),
            Ok(false)
            | Err(
                MessagesError::ChannelNotFound | MessagesError::MessageNotFound | MessagesError::ChannelHasNoMessages,
            ) => Err(MessagesError::AttachmentNotFound),
            Err(error) => Err(error),
        }
    }
}

/// Has the bytes of uploads deleted that were not sent in their time, whose rows go with `tx`.
pub(crate) async fn discard_uploads(tx: &mut Tx, gone: &[(ServerId, FileId)], now: Timestamp) -> DbResult<()> {
    discarded_files::add_all(tx, gone, now.plus(ON_ITS_WAY)).await
}
