//! Exports are prepared in the background, one at a time in each process.

use std::{sync::Arc, time::Duration};

use model::{FileId, limits};
use platform::db::DbResult;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    archive::{Archive, ArchiveError, LEASE},
    content, file_name,
};
use crate::{
    service::Service,
    store::exports::{self, Job},
};

/// How often one is taken until it is given up.
const ATTEMPTS: i64 = 3;
/// When one that did not succeed is taken again.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
/// How long somebody who has lost an export may still keep a part of it. What they kept is deleted after that.
const ON_ITS_WAY: Duration = Duration::from_mins(1);
/// How often the process looks for exports that it has not heard of.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How often it looks for those whose time is over.
const TIDY_EVERY: Duration = Duration::from_mins(1);
/// Files that one transaction throws away.
const THROWN_AWAY_AT_ONCE: i64 = 100;

/// Prepares exports until the process shuts down.
pub(crate) async fn work(service: Arc<Service>, shutdown: CancellationToken) {
    let mut tidied = None;
    while !shutdown.is_cancelled() {
        if tidied.is_none_or(|at: Instant| at.elapsed() >= TIDY_EVERY) {
            tidied = Some(Instant::now());
            if let Err(error) = tidy(&service).await {
                tracing::warn!(error.detail = %error, "exports whose time is over are still there");
            }
        }
        match take(&service).await {
            Ok(Some(job)) => {
                if shutdown
                    .run_until_cancelled(Box::pin(one(&service, job)))
                    .await
                    .is_none()
                {
                    give_back(&service, job).await;
                    return;
                }
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error.detail = %error, "exports wait to be prepared"),
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            () = service.exports.asked_for.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn take(service: &Service) -> DbResult<Option<Job>> {
    let now = service.clock.now();
    if !exports::any_due(service.tenants.shared(), now).await? {
        return Ok(None);
    }
    let mut tx = service.tenants.begin_group().await?;
    let file_id = FileId(service.ids.next());
    let job = exports::take(&mut tx, (now, now.plus(LEASE)), file_id, now.plus(ON_ITS_WAY)).await?;
    tx.commit().await?;
    Ok(job)
}

/// Prepares one export.
async fn one(service: &Service, job: Job) {
    // Those who took it before have died over it, or would have said so.
    if job.attempts > ATTEMPTS {
        tracing::error!(user.id = %job.user_id, "an export is given up that was taken several times and never ended");
        settle(fail(service, job).await, job);
        return;
    }
    match Box::pin(prepare(service, job)).await {
        Ok(()) => {}
        Err(ArchiveError::Lost) => {
            tracing::info!(user.id = %job.user_id, "an export is prepared by another process");
        }
        Err(error) if job.attempts < ATTEMPTS => {
            tracing::warn!(user.id = %job.user_id, error.detail = %error, "an export is tried once more later");
            settle(put_off(service, job).await, job);
        }
        Err(error) => {
            tracing::error!(user.id = %job.user_id, error.detail = %error, "an export is given up");
            settle(fail(service, job).await, job);
        }
    }
}

async fn prepare(service: &Service, job: Job) -> Result<(), ArchiveError> {
    let mut archive = Archive::new(service, job);
    let whose = content::write(service, job.user_id, &mut archive).await?;
    let size = Box::pin(archive.finish()).await?;
    let now = service.clock.now();
    let (name, expires_at) = (file_name(&whose.username, now), now.plus(limits::EXPORT_LIFETIME));
    let mut tx = service.tenants.begin_group().await?;
    if !exports::finish(&mut tx, job, (&name, size), (now, expires_at)).await? {
        return Err(ArchiveError::Lost);
    }
    Ok(tx.commit().await?)
}

async fn put_off(service: &Service, job: Job) -> DbResult<()> {
    let mut tx = service.tenants.begin_group().await?;
    exports::put_off(&mut tx, job, service.clock.now().plus(AGAIN_AFTER), false).await?;
    tx.commit().await
}

async fn fail(service: &Service, job: Job) -> DbResult<()> {
    let (mut tx, now) = (service.tenants.begin_group().await?, service.clock.now());
    exports::fail(&mut tx, job, now.plus(limits::EXPORT_LIFETIME), now.plus(ON_ITS_WAY)).await?;
    tx.commit().await
}

/// The process ends: another one takes it, or this one when it is there again.
async fn give_back(service: &Service, job: Job) {
    let given_back = async {
        let mut tx = service.tenants.begin_group().await?;
        exports::put_off(&mut tx, job, service.clock.now(), true).await?;
        tx.commit().await
    };
    settle(given_back.await, job);
}

/// Whatever is not written down is found when the time of whoever took it is over.
fn settle(settled: DbResult<()>, job: Job) {
    if let Err(error) = settled {
        tracing::warn!(user.id = %job.user_id, error.detail = %error, "how it went with an export is not written down");
    }
}

/// Throws away what was kept for long enough, and forgets what counts no more.
async fn tidy(service: &Service) -> DbResult<()> {
    loop {
        let (mut tx, now) = (service.tenants.begin_group().await?, service.clock.now());
        let expired = exports::expire(&mut tx, now, THROWN_AWAY_AT_ONCE).await?;
        exports::forget(&mut tx, now.minus(limits::EXPORTS_WITHIN)).await?;
        tx.commit().await?;
        if expired == 0 {
            return Ok(());
        }
    }
}
