//! Messages get their previews in the background, a few at a time.
//!
//! Which messages wait is noted in the transaction that stores them, so that none is forgotten when the process ends. Each
//! process takes those that it has heard of at once, and others when whoever took them has not come back.

use std::{collections::HashMap, sync::Arc, time::Duration};

use contracts::events::EventKind;
use futures::future::join_all;
use model::UserId;
use platform::db::{DbError, DbResult};
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    Embeds,
    links::{links, without_fragment},
    memory::{Memory, Unknown},
};
use crate::{
    error::MessagesError,
    service::Service,
    showing::Reader,
    store::{
        embeds, messages,
        preview_jobs::{self, BUSY_AUTHORS, Job},
    },
};

/// Messages whose links are looked at at the same time.
const AT_ONCE: usize = 8;
/// How many of them are of one author at most: nobody's slow pages keep everybody else's waiting.
const OF_ONE_AUTHOR: usize = AT_ONCE / BUSY_AUTHORS;
/// No user has this id.
const NOBODY: UserId = UserId(-1);
/// How long the links of one message may take, and after what time another process takes the message.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(45), Duration::from_mins(1));
/// How often a message is taken until it stays without previews.
const ATTEMPTS: i64 = 3;
/// When to look again after another process was found to be fetching a link.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How often the process looks for messages that it has not heard of.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Looks at links until the process shuts down.
pub(crate) async fn work(service: Arc<Service>, memory: Memory, shutdown: CancellationToken) {
    let memory = Arc::new(memory);
    let mut working = JoinSet::new();
    let mut authors: HashMap<Id, UserId> = HashMap::new();
    loop {
        let woken = service.previews.woken();
        match take(&service, busy(&authors), AT_ONCE - working.len()).await {
            Ok(jobs) if !jobs.is_empty() => {
                for job in jobs {
                    let task = working.spawn(one(Arc::clone(&service), Arc::clone(&memory), job));
                    authors.insert(task.id(), job.author_id);
                }
                // The next one of each author.
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error.detail = %error, "links wait to be looked at"),
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            // Where all are busy, nothing more is taken until one is not.
            Some(done) = working.join_next_with_id(), if !working.is_empty() => {
                let id = done.map_or_else(|died| died.id(), |(id, ())| id);
                authors.remove(&id);
            }
            () = woken, if working.len() < AT_ONCE => {}
            () = tokio::time::sleep(LOOK_EVERY), if working.len() < AT_ONCE => {}
        }
    }
}

/// The authors of whom so many are in work that no more are taken; nobody in the places that are left.
fn busy(authors: &HashMap<Id, UserId>) -> [UserId; BUSY_AUTHORS] {
    let mut counts: HashMap<UserId, usize> = HashMap::new();
    for author in authors.values() {
        *counts.entry(*author).or_default() += 1;
    }
    let mut busy = counts.into_iter().filter(|(_, count)| *count >= OF_ONE_AUTHOR);
    std::array::from_fn(|_| busy.next().map_or(NOBODY, |(author, _)| author))
}

async fn take(service: &Service, busy: [UserId; BUSY_AUTHORS], most: usize) -> DbResult<Vec<Job>> {
    let now = service.clock.now();
    let next_due = preview_jobs::next_due(service.tenants.shared()).await?;
    if most == 0 || next_due.is_none_or(|due| due > now) {
        return Ok(Vec::new());
    }
    let mut tx = service.tenants.begin_group().await?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let jobs = preview_jobs::take(&mut tx, (now, now.plus(PATIENCE.1)), busy, most).await?;
    tx.commit().await?;
    Ok(jobs)
}

/// Gives one message its previews.
async fn one(service: Arc<Service>, memory: Arc<Memory>, job: Job) {
    let outcome = tokio::time::timeout(PATIENCE.0, preview(&service, &memory, job)).await;
    let settled = match outcome {
        Ok(Ok(())) => settle(&service, job, None).await,
        Ok(Err(NotYet::Unknown(unknown))) if matches!(*unknown, Unknown::Elsewhere) => {
            let settled = settle(&service, job, Some(AGAIN_AFTER)).await;
            tokio::time::sleep(AGAIN_AFTER).await;
            service.previews.wake();
            settled
        }
        Ok(Err(not_yet)) => {
            tracing::warn!(server.id = %job.server_id, error.detail = %not_yet, "a message waits for its previews");
            give_up(&service, job).await
        }
        Err(_) => give_up(&service, job).await,
    };
    if let Err(error) = settled {
        tracing::warn!(server.id = %job.server_id, error.detail = %error, "the links of a message are looked at again");
    }
}

/// It is taken again when its time comes, but not for ever.
async fn give_up(service: &Service, job: Job) -> DbResult<()> {
    if job.attempts < ATTEMPTS {
        return Ok(());
    }
    settle(service, job, None).await
}

async fn settle(service: &Service, job: Job, again_after: Option<Duration>) -> DbResult<()> {
    let mut tx = service.tenants.begin_group().await?;
    match again_after {
        None => preview_jobs::finish(&mut tx, job).await?,
        Some(pause) => preview_jobs::put_off(&mut tx, job, service.clock.now().plus(pause)).await?,
    }
    tx.commit().await
}

/// Why a message has no previews yet.
#[derive(Debug, thiserror::Error)]
enum NotYet {
    /// It is not known what one of its links leads to.
    #[error(transparent)]
    Unknown(#[from] Arc<Unknown>),
    /// Something else went wrong.
    #[error(transparent)]
    Failed(#[from] MessagesError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

async fn preview(service: &Service, memory: &Memory, job: Job) -> Result<(), NotYet> {
    match show(service, memory, job).await {
        // What was given to several at the same time has been forgotten since, and its picture is on its way out.
        Err(NotYet::Database(DbError::Conflict(_))) => {
            memory.ask_anew();
            show(service, memory, job).await
        }
        shown => shown,
    }
}

async fn show(service: &Service, memory: &Memory, job: Job) -> Result<(), NotYet> {
    let (channel_id, id) = (job.channel_id, job.message_id);
    let found = messages::lookup(service.tenants.reader(job.server_id), channel_id, id).await?;
    let Some(message) = found else { return Ok(()) };
    let wanted = service.previews.links(&message.content);
    let mut embeds = Vec::new();
    for embed in join_all(wanted.iter().map(|link| memory.of(link))).await {
        embeds.extend(embed?);
    }
    let embeds = Embeds(embeds);
    let mut tx = service.tenants.begin(job.server_id).await?;
    // It may say something else by now. Where its links are others, it is looked at again.
    let Some(content) = messages::content(&mut tx, channel_id, id).await? else {
        return Ok(());
    };
    if service.previews.links(&content) != wanted || embeds == message.embeds {
        return Ok(());
    }
    let now = service.clock.now();
    let Some(message) = embeds::set(&mut tx, (channel_id, id), &content, &embeds, now).await? else {
        return Ok(());
    };
    let seq = message.seq;
    let told = service.shown_one(message, Reader::All).await?;
    service
        .tell(&mut tx, EventKind::MessageUpdated, (channel_id, seq), &told)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Whether two texts have the same links.
pub(crate) fn have_the_same_links(one: &str, other: &str) -> bool {
    let pages = |text: &str| links(text).iter().map(without_fragment).collect::<Vec<_>>();
    pages(one) == pages(other)
}
