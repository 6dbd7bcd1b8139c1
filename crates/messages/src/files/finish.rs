//! How an upload becomes a file.

use contracts::storage::{FinishFileRequest, FinishFileResponse};

use crate::{
    error::MessagesError,
    service::Service,
    store::{
        attachments::{self, Attachment},
        uploads::{self, Facts},
    },
};

impl Service {
    /// Makes a file of an upload that has arrived to its end. Finishing again answers the same.
    pub(crate) async fn finish(&self, upload: Attachment) -> Result<Attachment, MessagesError> {
        if upload.content_type.is_some() {
            return Ok(upload);
        }
        let tenant = self.tenants.reader(upload.server_id);
        let parts = uploads::parts(tenant, upload.id).await?;
        let request = FinishFileRequest {
            file_id: upload.id.0,
            parts: parts.into_iter().map(Into::into).collect(),
        };
        let told = self.files.storage.clone().finish_file(request).await;
        let facts = match told {
            Ok(answer) => Facts::from(answer.into_inner()),
            Err(status) => return self.finished_meanwhile(&upload).await?.ok_or(status.into()),
        };
        let mut tx = self.tenants.begin(upload.server_id).await?;
        let Some(finished) = uploads::finish(&mut tx, upload.id, &facts).await? else {
            drop(tx);
            let finished = self.finished_meanwhile(&upload).await?;
            return finished.ok_or(MessagesError::AttachmentNotFound);
        };
        tx.commit().await?;
        Ok(finished)
    }

    /// The file, if another request has finished it.
    async fn finished_meanwhile(&self, upload: &Attachment) -> Result<Option<Attachment>, MessagesError> {
        let found = attachments::lookup(self.tenants.reader(upload.server_id), upload.id).await?;
        Ok(found.filter(|file| file.content_type.is_some()))
    }
}

impl From<FinishFileResponse> for Facts {
    fn from(told: FinishFileResponse) -> Self {
        let pixels = |side: i32| (side > 0).then_some(i64::from(side));
        Self {
            size: told.size,
            content_type: told.content_type,
            width: pixels(told.width),
            height: pixels(told.height),
            placeholder: (!told.placeholder.is_empty()).then_some(told.placeholder),
            has_thumbnail: told.has_thumbnail,
        }
    }
}
