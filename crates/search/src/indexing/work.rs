//! The one task that changes the index.

use std::{collections::HashMap, collections::VecDeque, sync::Arc, time::Duration};

use contracts::messages::messages_client::MessagesClient;
use platform::rpc::Peer;
use tokio::{task::spawn_blocking, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    Completeness,
    channel::news,
    marks::{Gone, Happened, Mark, Marks},
    sweep::{Compared, Sweep},
};
use crate::{
    error::SearchError,
    index::{Change, Index, IndexError, Place, Position},
};

/// How long a message may wait to be found, and how many may wait.
const COMMIT_AFTER: (Duration, usize) = (Duration::from_millis(400), 10_000);
/// How often it is looked at what happened: what happens meanwhile is read together.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long after the end of a comparison of all channels the next one begins.
const SWEEP_AFTER: Duration = Duration::from_mins(5);
/// How long to wait after something failed.
const PAUSE: Duration = Duration::from_secs(1);

/// What changes the index.
pub(crate) struct Indexer {
    index: Arc<dyn Index>,
    messages: MessagesClient<Peer>,
    marks: Arc<Marks>,
    completeness: Arc<Completeness>,
    positions: HashMap<Place, Position>,
    sweep: Option<Sweep>,
    next_sweep: Instant,
    /// What the comparison has found, and has not been followed yet.
    behind: VecDeque<(Place, Mark)>,
    /// A comparison has ended, and what it found is applied: once that is committed, the index is complete.
    compared: bool,
    /// How many changes are not committed, and since when.
    pending: usize,
    pending_since: Instant,
    look_at: Instant,
}

impl Indexer {
    /// Reads how far the index has followed the messages.
    pub(crate) fn new(
        index: Arc<dyn Index>,
        messages: MessagesClient<Peer>,
        marks: Arc<Marks>,
        completeness: Arc<Completeness>,
    ) -> Result<Self, IndexError> {
        let positions = index.positions()?.into_iter().collect();
        let now = Instant::now();
        Ok(Self {
            index,
            messages,
            marks,
            completeness,
            positions,
            sweep: None,
            next_sweep: now,
            behind: VecDeque::new(),
            compared: false,
            pending: 0,
            pending_since: now,
            look_at: now,
        })
    }

    /// Follows the messages until the process shuts down.
    pub(crate) async fn work(mut self, shutdown: CancellationToken) {
        loop {
            match shutdown.run_until_cancelled(self.step()).await {
                None => break,
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::warn!(error.detail = %error, "the index cannot follow the messages at the moment");
                    if shutdown.run_until_cancelled(self.recover()).await.is_none() {
                        break;
                    }
                }
            }
        }
        // What is not committed now is read again after the next start.
        if let Err(error) = self.commit().await {
            tracing::warn!(error.detail = %error, "the last messages were not committed; they will be read again");
        }
    }

    /// Begins anew from what is committed.
    async fn recover(&mut self) {
        self.completeness.set(false);
        tokio::time::sleep(PAUSE).await;
        let index = Arc::clone(&self.index);
        let positions = spawn_blocking(move || {
            index.roll_back()?;
            index.positions()
        });
        match positions.await {
            Ok(Ok(positions)) => self.positions = positions.into_iter().collect(),
            Ok(Err(error)) => tracing::error!(error.detail = %error, "the index cannot be used"),
            Err(error) => tracing::error!(error.detail = %error, "the index failed"),
        }
        (self.pending, self.sweep, self.compared) = (0, None, false);
        self.behind.clear();
        self.next_sweep = Instant::now();
    }

    /// Does the next piece of work, or waits for some.
    async fn step(&mut self) -> Result<(), SearchError> {
        let now = Instant::now();
        if self.pending >= COMMIT_AFTER.1 || (self.pending > 0 && now >= self.commit_at()) {
            return self.commit().await;
        }
        let mut worked = false;
        if now >= self.look_at {
            let happened = self.marks.take();
            worked = !happened.is_nothing();
            if worked {
                self.look_at = now + LOOK_EVERY;
                self.on(happened).await?;
            }
        }
        // However much happens, comparing goes on.
        if let Some((place, mark)) = self.behind.pop_front() {
            self.catch_up(place, mark).await
        } else if self.sweep.is_some() {
            self.compare().await
        } else if now >= self.next_sweep {
            self.begin_sweep();
            Ok(())
        } else {
            if !worked {
                self.wait().await;
            }
            Ok(())
        }
    }

    fn commit_at(&self) -> Instant {
        self.pending_since + COMMIT_AFTER.0
    }

    /// Answers when there is something to do, or soon before.
    async fn wait(&self) {
        let mut until = self.next_sweep;
        if self.pending > 0 {
            until = until.min(self.commit_at());
        }
        if self.marks.are_there() {
            return tokio::time::sleep_until(until.min(self.look_at)).await;
        }
        tokio::select! {
            () = self.marks.woken() => {}
            () = tokio::time::sleep_until(until) => {}
        }
    }

    /// Tells when nothing is missing any more.
    fn settle(&mut self) {
        if self.compared && self.pending == 0 && self.behind.is_empty() {
            self.compared = false;
            self.completeness.set(true);
        }
    }

    fn begin_sweep(&mut self) {
        self.sweep = Some(Sweep::new(self.positions.keys().copied()));
        self.compared = false;
    }

    async fn on(&mut self, happened: Happened) -> Result<(), SearchError> {
        if happened.anywhere {
            self.completeness.set(false);
            self.begin_sweep();
        }
        for gone in happened.gone {
            match gone {
                Gone::Channel(place) => self.forget(place).await?,
                Gone::Server(server_id) => {
                    self.positions.retain(|(server, _), _| *server != server_id);
                    self.apply(vec![Change::RemoveServer(server_id)]).await?;
                }
            }
        }
        for (place, mark) in happened.channels {
            self.catch_up(place, mark).await?;
        }
        Ok(())
    }

    async fn compare(&mut self) -> Result<(), SearchError> {
        let Some(sweep) = &mut self.sweep else { return Ok(()) };
        let positions = &self.positions;
        let position_of = |place| positions.get(&place).copied().unwrap_or_default();
        match sweep.step(&self.messages, position_of).await? {
            Compared::Behind { behind, ahead } => {
                if !ahead.is_empty() {
                    tracing::warn!(
                        channels = ahead.len(),
                        "messages are of an earlier time than the index, which takes them anew"
                    );
                    self.completeness.set(false);
                }
                for place in ahead {
                    self.forget(place).await?;
                }
                self.behind.extend(behind);
            }
            Compared::Ended(gone) => {
                for place in gone {
                    self.forget(place).await?;
                }
                self.sweep = None;
                self.compared = true;
                self.next_sweep = Instant::now() + SWEEP_AFTER;
                self.settle();
            }
        }
        Ok(())
    }

    /// Follows a channel; what is left of it waits for its next turn.
    async fn catch_up(&mut self, place: Place, mark: Mark) -> Result<(), SearchError> {
        let position = self.positions.get(&place).copied().unwrap_or_default();
        let news = news(&self.messages, place, position, mark).await?;
        if news.position != position {
            let mut changes = news.changes;
            changes.push(Change::Follow(place, news.position));
            self.apply(changes).await?;
            self.positions.insert(place, news.position);
            self.completeness.count(news.position.seq - position.seq);
        }
        if let Some(left) = news.left {
            self.behind.push_back((place, left));
        }
        Ok(())
    }

    async fn forget(&mut self, place: Place) -> Result<(), SearchError> {
        self.positions.remove(&place);
        self.apply(vec![Change::RemoveChannel(place.1)]).await
    }

    async fn apply(&mut self, changes: Vec<Change>) -> Result<(), SearchError> {
        if self.pending == 0 {
            self.pending_since = Instant::now();
        }
        self.pending += changes.len();
        let index = Arc::clone(&self.index);
        blocking(move || index.apply(changes)).await
    }

    async fn commit(&mut self) -> Result<(), SearchError> {
        if self.pending == 0 {
            return Ok(());
        }
        let index = Arc::clone(&self.index);
        let started = std::time::Instant::now();
        blocking(move || index.commit()).await?;
        metrics::histogram!("search_commit_seconds").record(started.elapsed().as_secs_f64());
        self.pending = 0;
        self.settle();
        Ok(())
    }
}

async fn blocking(work: impl FnOnce() -> Result<(), IndexError> + Send + 'static) -> Result<(), SearchError> {
    match spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(IndexError::Engine(error.to_string()).into()),
    }
}
