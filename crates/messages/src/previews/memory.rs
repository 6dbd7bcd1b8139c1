//! What links lead to, remembered for a while, so that each is fetched once, however often it is written, and by one process
//! at a time.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use platform::{
    clock::Clock,
    db::{DbError, DbResult, Tenants},
};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{embed::Embed, fetching::Fetching, links::without_fragment};
use crate::{service::Service, store::link_previews};

/// How long it is believed that a link leads to this, and that it leads to nothing.
const BELIEVED: (Duration, Duration) = (Duration::from_hours(1), Duration::from_mins(10));
/// How long one process may take to fetch what a link leads to; then another one may.
const FETCHING: Duration = Duration::from_mins(1);
/// For how long, and for how many links, those who ask in this process at the same time are given one answer.
const SHARED: (Duration, u64) = (Duration::from_secs(5), 1_000);

/// How often what is believed no more is forgotten, and how much of it in one transaction.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Why nobody can say what a link leads to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unknown {
    /// Another process is about to find out.
    #[error("another process is fetching it")]
    Elsewhere,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// What is remembered.
pub(crate) struct Memory {
    tenants: Tenants,
    clock: Clock,
    fetching: Fetching,
    /// What has just been asked for here.
    shared: Cache<String, Option<Embed>>,
}

impl Memory {
    pub(super) fn new(tenants: Tenants, clock: Clock, fetching: Fetching) -> Self {
        Self {
            tenants,
            clock,
            fetching,
            shared: Cache::builder().time_to_live(SHARED.0).max_capacity(SHARED.1).build(),
        }
    }

    /// What the link leads to, if there is anything to show.
    pub(super) async fn of(&self, link: &Url) -> Result<Option<Embed>, Arc<Unknown>> {
        let page = without_fragment(link);
        let hash = hex::encode(Sha256::digest(page.as_str()));
        let finding = self.find(&page, &hash);
        let embed = self.shared.try_get_with(hash.clone(), finding).await?;
        // As it stands in the message.
        Ok(embed.map(|embed| Embed {
            url: link.to_string(),
            ..embed
        }))
    }

    /// From now on nobody is given what others were given a moment ago.
    pub(super) fn ask_anew(&self) {
        self.shared.invalidate_all();
    }

    async fn find(&self, page: &Url, hash: &str) -> Result<Option<Embed>, Unknown> {
        let now = self.clock.now();
        if let Some(known) = link_previews::lookup(self.tenants.shared(), hash, now).await? {
            // What an older Beep has written, and this one cannot read, is nothing.
            return Ok(known.and_then(|json| serde_json::from_str(&json).ok()));
        }
        let mut tx = self.tenants.begin_group().await?;
        let is_mine = link_previews::claim(&mut tx, hash, now, now.plus(FETCHING)).await?;
        tx.commit().await?;
        if !is_mine {
            return Err(Unknown::Elsewhere);
        }
        let found = self.fetching.look(page).await;
        let believed = if found.complete { BELIEVED.0 } else { BELIEVED.1 };
        let (mut tx, now) = (self.tenants.begin_group().await?, self.clock.now());
        link_previews::store(&mut tx, hash, found.embed.as_ref(), (now, now.plus(believed))).await?;
        tx.commit().await?;
        Ok(found.embed)
    }
}

/// Forgets what is believed no more, until the process shuts down. Also where links are not looked at any more: the pictures go with it.
pub(crate) async fn forget(service: Arc<Service>, shutdown: CancellationToken) {
    let forgetting = async {
        loop {
            if let Err(error) = sweep(&service).await {
                tracing::warn!(error.detail = %error, "old previews of links are still there");
            }
            tokio::time::sleep(SWEEP_EVERY).await;
        }
    };
    let _ = shutdown.run_until_cancelled(forgetting).await;
}

async fn sweep(service: &Service) -> DbResult<()> {
    loop {
        let (mut tx, now) = (service.tenants.begin_group().await?, service.clock.now());
        let forgotten = link_previews::sweep(&mut tx, now, FORGOTTEN_AT_ONCE).await?;
        tx.commit().await?;
        if forgotten == 0 {
            return Ok(());
        }
    }
}
