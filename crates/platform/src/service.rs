//! The shape of a service: what every one of them is given, and what each gives back when it is wired.

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::{
    bus::{BusError, EventBus},
    clock::{Clock, Ids},
    db::{Db, DbError, DbResult, Outbox, OutboxSettings},
};

/// Why a service cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// Its tables cannot be brought up to date.
    #[error(transparent)]
    Database(#[from] DbError),
    /// It cannot listen to events.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// It cannot use its files.
    #[error("{0}")]
    Files(String),
}

/// What every service is given.
#[derive(Clone)]
pub struct Context {
    /// The database, without an outbox: see [`Context::database_of`].
    pub db: Db,
    /// How the service learns of others' changes.
    pub bus: Arc<dyn EventBus>,
    /// Makes ids.
    pub ids: Ids,
    /// Tells the time.
    pub clock: Clock,
    /// Cancelled when the process shuts down: background tasks then finish what they hold and end.
    pub shutdown: CancellationToken,
}

impl Context {
    /// The database of `service`, whose transactions emit events, and the task that sweeps its outbox.
    pub async fn database_of(&self, service: &'static str) -> DbResult<(Db, Task)> {
        let (outbox, sweeper) = Outbox::open(
            service,
            &self.db,
            Arc::clone(&self.bus),
            self.ids.clone(),
            self.clock.clone(),
            OutboxSettings::default(),
            self.shutdown.clone(),
        )
        .await?;
        Ok((self.db.with_outbox(outbox), Task::new(service, sweeper)))
    }
}

/// Work that goes on beside requests until the process shuts down.
pub struct Task {
    /// Of which service, for logs.
    pub service: &'static str,
    /// The work.
    pub work: BoxFuture<'static, ()>,
}

impl Task {
    /// The work of a service.
    pub fn new(service: &'static str, work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            service,
            work: Box::pin(work),
        }
    }
}

/// A wired service.
pub struct Wired<P> {
    /// The public REST routes, with their full paths.
    pub public: axum::Router,
    /// The generated server of the internal calls; peers build their clients on it. `()` for a service without any.
    pub peer: P,
    /// What goes on in the background.
    pub tasks: Vec<Task>,
}
