//! What belonged to a deleted channel or server is removed, a little at a time.
//!
//! The event of the deletion has it removed at once. Should that event be lost, or the process die in between, rows stay
//! that nobody can reach: a sweep over all channels that have had messages finds them. Both remove the same rows in the
//! same way, so it does not matter how often, or from where, either of them starts again.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use contracts::{permissions::TenantAccess, servers::GetTenantRequest};
use model::{ChannelId, ServerId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    error::MessagesError,
    service::Service,
    store::{
        attachments, changes, counters, drafts, mentions, messages, preview_pictures, reactions, read_states, slow_mode,
    },
};

/// Messages that one transaction removes: others write between two of them.
const AT_ONCE: i64 = 500;
/// Channels that the sweep looks at in one step.
const STEP: i64 = 200;
/// How long the sweep rests after each step.
const REST: Duration = Duration::from_millis(200);
/// How long after its start, and after the end of the last sweep, the process sweeps.
const SWEEP_AFTER: (Duration, Duration) = (Duration::from_secs(10), Duration::from_hours(1));
/// Deletions that wait to be followed; what is beyond is left to the sweep.
const WAITING: usize = 1_024;

/// A channel that was deleted, or without one the whole server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deleted {
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: Option<ChannelId>,
}

/// Where deletions are told. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Removal(mpsc::Sender<Deleted>);

impl Removal {
    /// Where deletions are told, and what [`work`] takes them from.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Deleted>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Has what belonged to it removed soon.
    pub(crate) fn tell(&self, deleted: Deleted) {
        if self.0.try_send(deleted).is_err() {
            tracing::info!(server.id = %deleted.server_id, "more was deleted than can be followed; the sweep removes it");
        }
    }
}

/// Follows deletions and sweeps now and then, until the process shuts down.
pub(crate) async fn work(service: Arc<Service>, mut deletions: mpsc::Receiver<Deleted>, shutdown: CancellationToken) {
    let mut next_sweep = tokio::time::Instant::now() + SWEEP_AFTER.0;
    loop {
        let outcome = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            deleted = deletions.recv() => match deleted {
                Some(deleted) => remove_all(&service, deleted).await,
                None => return,
            },
            () = tokio::time::sleep_until(next_sweep) => {
                let swept = shutdown.run_until_cancelled(sweep(&service)).await;
                next_sweep = tokio::time::Instant::now() + SWEEP_AFTER.1;
                swept.unwrap_or(Ok(()))
            }
        };
        if let Err(error) = outcome {
            tracing::error!(error.detail = %error, "messages of what was deleted are still there; the next sweep removes them");
        }
    }
}

/// Removes all messages of a channel, or of the whole server.
async fn remove_all(service: &Service, deleted: Deleted) -> Result<(), MessagesError> {
    loop {
        let mut tx = service.tenants.begin(deleted.server_id).await?;
        let removed = messages::remove_some(&mut tx, deleted.channel_id, AT_ONCE).await?;
        let mut all_gone = removed == 0;
        if all_gone {
            let now = service.clock.now();
            let files = attachments::remove_some(&mut tx, deleted.channel_id, AT_ONCE).await?;
            let pictures = preview_pictures::remove_some(&mut tx, deleted.channel_id, AT_ONCE).await?;
            all_gone = files.is_empty() && pictures.is_empty();
            service.files.discard(&mut tx, &files, now).await?;
            preview_pictures::let_go(&mut tx, pictures, now).await?;
        }
        if all_gone {
            counters::remove(&mut tx, deleted.channel_id).await?;
            changes::remove(&mut tx, deleted.channel_id).await?;
            slow_mode::remove(&mut tx, deleted.channel_id).await?;
            mentions::remove(&mut tx, deleted.channel_id).await?;
            reactions::remove_all(&mut tx, deleted.channel_id).await?;
            read_states::remove(&mut tx, deleted.channel_id).await?;
            drafts::remove(&mut tx, deleted.channel_id).await?;
        }
        tx.commit().await?;
        if all_gone {
            return Ok(());
        }
    }
}

/// Looks at every channel that has had messages, and removes what belongs to one that does not exist any more.
pub(crate) async fn sweep(service: &Service) -> Result<(), MessagesError> {
    let mut after = (ServerId(0), ChannelId(0));
    loop {
        let mut tx = service.tenants.begin_group().await?;
        let channels = counters::list(&mut tx, after, STEP).await?;
        drop(tx);
        let Some(last) = channels.last() else { return Ok(()) };
        after = *last;
        let mut of_server: BTreeMap<ServerId, Vec<ChannelId>> = BTreeMap::new();
        for (server_id, channel_id) in channels {
            of_server.entry(server_id).or_default().push(channel_id);
        }
        for (server_id, channels) in of_server {
            for channel_id in deleted_of(service, server_id, channels).await? {
                tracing::info!(server.id = %server_id, channel.id = %channel_id, "messages of a deleted channel are removed");
                let deleted = Deleted {
                    server_id,
                    channel_id: Some(channel_id),
                };
                remove_all(service, deleted).await?;
            }
        }
        tokio::time::sleep(REST).await;
    }
}

/// Those of the channels that are not there any more. A channel has existed before its first message was stored, and is
/// asked for after that was read, so whatever the servers service does not know now has been deleted.
async fn deleted_of(
    service: &Service,
    server_id: ServerId,
    channels: Vec<ChannelId>,
) -> Result<Vec<ChannelId>, MessagesError> {
    let request = GetTenantRequest { server_id: server_id.0 };
    let answer = service.servers.clone().get_tenant(request).await?.into_inner();
    let tenant = answer.tenant.as_ref().map(TenantAccess::from);
    let exists = |id: ChannelId| tenant.as_ref().is_some_and(|tenant| tenant.channel(id).is_some());
    Ok(channels.into_iter().filter(|id| !exists(*id)).collect())
}

#[cfg(test)]
#[path = "removal_tests.rs"]
pub(crate) mod tests;
