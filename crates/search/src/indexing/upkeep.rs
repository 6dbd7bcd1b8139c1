//! An index follows the messages; when it is wanted anew, another is made by the same way while the old one goes on, and takes
//! its place once it has everything.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use contracts::messages::messages_client::MessagesClient;
use platform::{
    bus::{BusError, EventBus, Subscription, Topics},
    rpc::Peer,
};
use tokio::{
    task::{JoinError, JoinSet, spawn_blocking},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Completeness, Indexer, Marks, marks::follow};
use crate::{
    folder::Folder,
    index::{EmbeddedIndex, Index, IndexError},
    live::{Answering, Live},
};

/// How often it is looked whether the index is wanted anew, and told how far it is.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why there is no index to follow the messages.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpkeepError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The folder.
    #[error("the folder of the index cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// The bus.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The opening itself failed.
    #[error(transparent)]
    Opening(#[from] JoinError),
}

/// Where what an index follows comes from.
#[derive(Clone)]
pub(crate) struct Sources {
    pub(crate) messages: MessagesClient<Peer>,
    pub(crate) bus: Arc<dyn EventBus>,
}

/// An index that is ready to follow the messages.
struct Follower {
    answering: Answering,
    marks: Arc<Marks>,
    events: Subscription,
    indexer: Indexer,
}

impl Follower {
    async fn open(folder: PathBuf, sources: &Sources) -> Result<Self, UpkeepError> {
        let index = spawn_blocking(move || EmbeddedIndex::open(&folder)).await??;
        let index: Arc<dyn Index> = Arc::new(index);
        let (marks, completeness) = (Arc::<Marks>::default(), Arc::<Completeness>::default());
        // Subscribed before the index is compared with the messages: what happens meanwhile is heard of.
        let events = sources.bus.subscribe(Topics::All).await?;
        let indexer = Indexer::new(
            Arc::clone(&index),
            sources.messages.clone(),
            Arc::clone(&marks),
            Arc::clone(&completeness),
        )?;
        Ok(Self {
            answering: Answering { index, completeness },
            marks,
            events,
            indexer,
        })
    }

    /// Follows the messages until it is told to stop.
    fn start(self, stop: CancellationToken) -> Following {
        let mut tasks = JoinSet::new();
        tasks.spawn(follow(self.marks, self.events, stop.clone()));
        tasks.spawn(self.indexer.work(stop.clone()));
        Following {
            answering: self.answering,
            stop,
            tasks,
        }
    }
}

/// An index that follows the messages.
struct Following {
    answering: Answering,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Following {
    async fn end(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// The index that answers, before anything follows the messages.
pub(crate) struct Upkeep {
    keeper: Keeper,
    first: Follower,
}

impl Upkeep {
    /// Opens the index that answers at first.
    pub(crate) async fn open(folder: PathBuf, sources: Sources) -> Result<Self, UpkeepError> {
        let folder = spawn_blocking(move || Folder::open(&folder)).await??;
        let first = Follower::open(folder.current(), &sources).await?;
        let live = Live::new(first.answering.clone(), folder.is_wanted()?);
        let keeper = Keeper {
            folder: Arc::new(folder),
            sources,
            live: Arc::new(live),
        };
        Ok(Self { keeper, first })
    }

    /// The index that answers.
    pub(crate) fn live(&self) -> Arc<Live> {
        Arc::clone(&self.keeper.live)
    }

    /// Follows the messages until the process shuts down, and makes the index anew whenever that is wanted.
    pub(crate) async fn work(self, shutdown: CancellationToken) {
        let Self { keeper, first } = self;
        let mut following = first.start(shutdown.child_token());
        while shutdown.run_until_cancelled(keeper.until_wanted()).await.is_some() {
            match keeper.remake(&shutdown).await {
                Ok(None) => break,
                Ok(Some(next)) => {
                    std::mem::replace(&mut following, next).end().await;
                    keeper.take_away_the_old().await;
                }
                Err(error) => {
                    tracing::warn!(error.detail = %error, "the index cannot be made anew at the moment");
                }
            }
        }
        following.end().await;
    }
}

/// Keeps the index that answers.
struct Keeper {
    folder: Arc<Folder>,
    sources: Sources,
    live: Arc<Live>,
}

impl Keeper {
    /// Answers when the index is wanted anew.
    async fn until_wanted(&self) {
        loop {
            sleep(LOOK_EVERY).await;
            match self.in_folder(Folder::is_wanted).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(error.detail = %error, "the folder of the index cannot be read"),
            }
        }
    }

    /// Makes another index, from nothing or from where the one that made it before was ended, and lets it answer when it has
    /// everything; not if the process shuts down before.
    async fn remake(&self, shutdown: &CancellationToken) -> Result<Option<Following>, UpkeepError> {
        self.live.doubt();
        tracing::info!("the index is made anew; the old one answers until that is done");
        let next = Follower::open(self.folder.next(), &self.sources).await?;
        let next = next.start(shutdown.child_token());
        let whole = self.make_whole(&next.answering.completeness);
        match shutdown.run_until_cancelled(whole).await {
            Some(Ok(())) => {}
            unfinished => {
                next.end().await;
                return unfinished.transpose().map(|_| None);
            }
        }
        self.live.replace(next.answering.clone());
        match self.in_folder(Folder::is_done).await {
            Ok(()) => tracing::info!(
                messages = next.answering.completeness.read(),
                "the index has been made anew"
            ),
            Err(error) => {
                tracing::warn!(error.detail = %error, "the index has been made anew, which cannot be noted down");
            }
        }
        Ok(Some(next))
    }

    /// Waits until an index has everything; then it is the one that answers, also after another start.
    async fn make_whole(&self, completeness: &Completeness) -> Result<(), UpkeepError> {
        let mut told = 0;
        while timeout(LOOK_EVERY, completeness.complete()).await.is_err() {
            let read = completeness.read();
            if read != told {
                told = read;
                self.in_folder(move |folder| folder.tell(read)).await?;
            }
        }
        self.in_folder(Folder::advance).await
    }

    async fn take_away_the_old(&self) {
        if let Err(error) = self.in_folder(Folder::tidy).await {
            tracing::warn!(error.detail = %error, "the old index stays on the disk until the next start");
        }
    }

    async fn in_folder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> io::Result<T> + Send + 'static,
    ) -> Result<T, UpkeepError> {
        let folder = Arc::clone(&self.folder);
        Ok(spawn_blocking(move || work(&folder)).await??)
    }
}
