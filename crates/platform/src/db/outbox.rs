//! The outbox: events are stored in the transaction of the change they tell of, told at once after the commit, and
//! told again by a sweeper when the process died in between (architecture, section 4).
//!
//! A transaction stores all its events as one row, so a grouped commit of fifty messages costs one row, not fifty.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use contracts::events::Event;
use model::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Db, DbError, DbResult, Migration, Tx, tuples};
use crate::{
    args,
    bus::EventBus,
    clock::{Clock, Ids},
};

const MIGRATIONS: &[Migration] = crate::migrations!["V1__outbox"];

/// How soon what the bus did not take is tried again.
const RETRY_EVERY: Duration = Duration::from_millis(250);

/// How the outbox of a service behaves.
#[derive(Debug, Clone, Copy)]
pub struct OutboxSettings {
    /// How old a batch must be before the sweeper takes it for forgotten.
    pub forgotten_after: Duration,
    /// How often the sweeper looks.
    pub sweep_every: Duration,
    /// How many told batches are removed by one statement at most.
    pub removals: usize,
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self {
            forgotten_after: Duration::from_secs(5),
            sweep_every: Duration::from_secs(2),
            removals: 200,
        }
    }
}

/// The outbox of one service.
pub struct Outbox {
    service: &'static str,
    bus: Arc<dyn EventBus>,
    ids: Ids,
    clock: Clock,
    told: mpsc::UnboundedSender<i64>,
    /// Whether the bus did not take something that is now to be tried again.
    behind: AtomicBool,
}

impl Outbox {
    /// The outbox of `service` in `db`, and its background task, which sweeps until `shutdown`.
    pub async fn open(
        service: &'static str,
        db: &Db,
        bus: Arc<dyn EventBus>,
        ids: Ids,
        clock: Clock,
        settings: OutboxSettings,
        shutdown: CancellationToken,
    ) -> DbResult<(Arc<Self>, impl Future<Output = ()> + Send + 'static)> {
        db.migrate("outbox", MIGRATIONS).await?;
        // Bounded by the number of transactions that commit between two removals: each adds one id of 8 bytes.
        let (told, removals) = mpsc::unbounded_channel();
        let outbox = Arc::new(Self {
            service,
            bus,
            ids,
            clock,
            told,
            behind: AtomicBool::new(false),
        });
        let sweeper = Sweeper {
            service,
            db: db.clone(),
            outbox: Arc::clone(&outbox),
            settings,
        };
        Ok((outbox, sweeper.run(removals, shutdown)))
    }

    /// Makes sure that events can be left in this database, see [`Outbox::leave`].
    pub async fn prepare(db: &Db) -> DbResult<()> {
        db.migrate("outbox", MIGRATIONS).await
    }

    /// Leaves the events in `tx` for the processes of `service`, from a process that has no bus: a command beside a running Beep.
    /// The next sweep tells them, of a Beep that runs or is started.
    pub async fn leave(service: &str, tx: &mut Tx, ids: &Ids, events: &[Event]) -> DbResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        let json = serde_json::to_string(events).map_err(|error| DbError::Statement(error.to_string()))?;
        // Below all ids of the processes that hold what they tell: nobody waits whether they do.
        let batch = i64::MIN + ids.next();
        tx.run(
            "INSERT INTO outbox (service, id, events) VALUES ($1, $2, $3)",
            args![service, batch, json],
        )
        .await?;
        Ok(())
    }

    /// Stores the events as one batch inside `tx` and answers the batch's id.
    pub(super) async fn store(&self, tx: &mut Tx, events: &[Event]) -> DbResult<i64> {
        let batch = self.ids.next();
        let json = serde_json::to_string(events).map_err(|error| DbError::Statement(error.to_string()))?;
        tx.run(
            "INSERT INTO outbox (service, id, events) VALUES ($1, $2, $3)",
            args![self.service, batch, json],
        )
        .await?;
        Ok(batch)
    }

    /// Tells the events of a committed batch. What the bus does not take stays for the sweeper.
    pub(super) async fn tell(&self, batch: i64, events: Vec<Event>) {
        if self.publish(events).await {
            // Without a receiver the process is shutting down, and the batch is told twice: consumers drop the second.
            let _ = self.told.send(batch);
        }
    }

    async fn publish(&self, events: Vec<Event>) -> bool {
        for event in events {
            if let Err(error) = self.bus.publish(Arc::new(event)).await {
                if !self.behind.swap(true, Ordering::Relaxed) {
                    tracing::warn!(error.detail = %error, "the event bus did not take an event; it waits in the outbox");
                }
                return false;
            }
        }
        true
    }
}

struct Sweeper {
    service: &'static str,
    db: Db,
    outbox: Arc<Outbox>,
    settings: OutboxSettings,
}

impl Sweeper {
    async fn run(self, mut told: mpsc::UnboundedReceiver<i64>, shutdown: CancellationToken) {
        let mut sweeps = tokio::time::interval(self.settings.sweep_every);
        sweeps.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(self.settings.removals);
        loop {
            tokio::select! {
                count = told.recv_many(&mut batch, self.settings.removals) => {
                    if count == 0 {
                        return;
                    }
                    self.settle(&batch).await;
                    batch.clear();
                    // Removals wait for each other a little, so that a busy time needs few statements.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                _ = sweeps.tick() => self.log(self.sweep(self.settings.forgotten_after).await, "the outbox was not swept"),
                // The bus did not take something: that is tried again until it does.
                () = tokio::time::sleep(RETRY_EVERY), if self.outbox.behind.load(Ordering::Relaxed) => {
                    self.outbox.behind.store(false, Ordering::Relaxed);
                    self.log(self.sweep(Duration::ZERO).await, "the outbox was not swept");
                }
                () = shutdown.cancelled() => break,
            }
        }
        while let Ok(id) = told.try_recv() {
            batch.push(id);
        }
        for ids in batch.chunks(self.settings.removals) {
            self.settle(ids).await;
        }
    }

    /// Removes batches that were told, once the bus has taken them for certain.
    async fn settle(&self, batches: &[i64]) {
        if let Err(error) = self.outbox.bus.barrier().await {
            tracing::warn!(service = self.service, error.detail = %error, "the event bus does not say whether it took events; they stay in the outbox");
            self.outbox.behind.store(true, Ordering::Relaxed);
            return;
        }
        self.log(
            self.remove(batches).await,
            "told events were not removed from the outbox",
        );
    }

    fn log(&self, result: DbResult<()>, sentence: &str) {
        if let Err(error) = result {
            tracing::warn!(service = self.service, error.detail = %error, "{sentence}");
        }
    }

    async fn remove(&self, batches: &[i64]) -> DbResult<()> {
        if batches.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "DELETE FROM outbox WHERE service = $1 AND id IN {}",
            tuples(2, 1, batches.len())
        );
        let mut arguments = args![self.service].to_vec();
        arguments.extend(batches.iter().map(|id| (*id).into()));
        let mut tx = self.db.begin().await?;
        tx.run(&sql, arguments).await?;
        tx.commit().await
    }

    /// Tells what was committed and never told.
    async fn sweep(&self, forgotten_after: Duration) -> DbResult<()> {
        let now = self.outbox.clock.now();
        let before = Timestamp::from_millis(now.as_millis() - i64::try_from(forgotten_after.as_millis()).unwrap_or(0));
        let newest = model::snowflake::first_of(before);
        let sql = "SELECT id, events FROM outbox WHERE service = $1 AND id < $2 ORDER BY id LIMIT 100";
        let mut told = Vec::new();
        for (id, json) in self.db.all::<(i64, String)>(sql, args![self.service, newest]).await? {
            match serde_json::from_str::<Vec<Event>>(&json) {
                Ok(events) => {
                    if !self.outbox.publish(events).await {
                        break;
                    }
                }
                Err(error) => {
                    tracing::error!(service = self.service, error.detail = %error, "events in the outbox cannot be read");
                }
            }
            told.push(id);
        }
        if !told.is_empty() {
            self.settle(&told).await;
        }
        Ok(())
    }
}
