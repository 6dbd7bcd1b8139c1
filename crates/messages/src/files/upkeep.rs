//! What nobody sent goes after its time, and bytes go after their rows.

use std::{sync::Arc, time::Duration};

use contracts::storage::DeleteFilesRequest;
use model::limits::FILES_DELETED_AT_ONCE;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::discard_uploads;
use crate::{
    error::MessagesError,
    service::Service,
    store::{attachments, discarded_files},
};

/// How often it is looked, if nothing is told before.
const EVERY: Duration = Duration::from_secs(30);
/// How long after something was discarded: until its transaction has ended, and more has come with it.
const GATHERING: Duration = Duration::from_secs(1);

/// Tidies now and then, and soon after something was discarded, until the process shuts down.
pub(crate) async fn work(service: Arc<Service>, shutdown: CancellationToken) {
    loop {
        let due = async {
            tokio::select! {
                () = service.files.discarded.notified() => sleep(GATHERING).await,
                () = sleep(EVERY) => {}
            }
        };
        if shutdown.run_until_cancelled(due).await.is_none() {
            return;
        }
        match shutdown.run_until_cancelled(tidy(&service)).await {
            None => return,
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(error.detail = %error, "files that were thrown away are still there; they are deleted later");
            }
        }
    }
}

/// Throws away what was not sent in its time, and deletes the bytes of what was thrown away.
pub(crate) async fn tidy(service: &Service) -> Result<(), MessagesError> {
    let most = i64::try_from(FILES_DELETED_AT_ONCE).unwrap_or(i64::MAX);
    loop {
        let (mut tx, now) = (service.tenants.begin_group().await?, service.clock.now());
        let expired = attachments::remove_expired(&mut tx, now, most).await?;
        if expired.is_empty() {
            break;
        }
        discard_uploads(&mut tx, &expired, now).await?;
        tx.commit().await?;
    }
    loop {
        let mut tx = service.tenants.begin_group().await?;
        let due = discarded_files::list_due(&mut tx, service.clock.now(), most).await?;
        drop(tx);
        if due.is_empty() {
            return Ok(());
        }
        let request = DeleteFilesRequest {
            file_ids: due.iter().map(|(_, id)| id.0).collect(),
        };
        service.files.storage.clone().delete_files(request).await?;
        let mut tx = service.tenants.begin_group().await?;
        discarded_files::remove(&mut tx, &due).await?;
        tx.commit().await?;
    }
}
