//! Transactions. What is not committed is rolled back when the value is dropped, wherever its task was.

use std::sync::Arc;

use contracts::events::Event;
use rusqlite::Connection;
use tokio::{sync::OwnedMutexGuard, task::block_in_place};

use super::{
    DbError, DbResult, Outbox, Record, Value, postgres,
    sqlite::{self, SqliteFile},
};
use crate::telemetry::{Part, RequestContext, Span};

/// An open transaction, consumed by [`Tx::commit`].
pub struct Tx {
    handle: Handle,
    outbox: Option<Arc<Outbox>>,
    events: Vec<Event>,
}

enum Handle {
    Sqlite {
        connection: OwnedMutexGuard<Connection>,
        file: SqliteFile,
        open: bool,
    },
    Postgres(Option<Box<deadpool_postgres::Object>>),
}

impl Tx {
    pub(super) fn begin_sqlite(
        connection: OwnedMutexGuard<Connection>,
        file: &SqliteFile,
        outbox: Option<Arc<Outbox>>,
    ) -> DbResult<Self> {
        // Immediate: a deferred transaction fails at its first write instead of waiting for the lock.
        block_in_place(|| connection.execute_batch("BEGIN IMMEDIATE"))?;
        Ok(Self {
            handle: Handle::Sqlite {
                connection,
                file: file.clone(),
                open: true,
            },
            outbox,
            events: Vec::new(),
        })
    }

    pub(super) async fn begin_postgres(
        connection: deadpool_postgres::Object,
        outbox: Option<Arc<Outbox>>,
    ) -> DbResult<Self> {
        // The handle exists before BEGIN is sent, so that a caller who is cancelled in between rolls back all the same.
        let tx = Self {
            handle: Handle::Postgres(Some(Box::new(connection))),
            outbox,
            events: Vec::new(),
        };
        if let Handle::Postgres(Some(connection)) = &tx.handle {
            connection.batch_execute("BEGIN").await?;
        }
        Ok(tx)
    }

    /// All rows of a statement.
    pub async fn all<R: Record>(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Vec<R>> {
        match &self.handle {
            Handle::Sqlite { connection, file, .. } => {
                let rows = block_in_place(|| sqlite::query(connection, sql, args.as_ref()));
                file.note_failure(&rows);
                rows
            }
            Handle::Postgres(connection) => postgres::query(opened(connection.as_deref())?, sql, args.as_ref()).await,
        }
    }

    /// The first row of a statement, if there is one.
    pub async fn optional<R: Record>(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Option<R>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The first row of a statement that always has one.
    pub async fn one<R: Record>(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<R> {
        self.optional(sql, args).await?.ok_or(DbError::NotFound)
    }

    /// Runs a statement and answers how many rows it changed.
    pub async fn run(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<u64> {
        match &self.handle {
            Handle::Sqlite { connection, file, .. } => {
                let changed = block_in_place(|| sqlite::execute(connection, sql, args.as_ref()));
                file.note_failure(&changed);
                changed
            }
            Handle::Postgres(connection) => postgres::execute(opened(connection.as_deref())?, sql, args.as_ref()).await,
        }
    }

    /// Has the event told to others if, and only if, this transaction commits.
    /// It carries the trace of the present request, unless it has another one already.
    pub fn emit(&mut self, event: Event) {
        let trace = event.trace.or_else(RequestContext::current_cause);
        self.events.push(Event { trace, ..event });
    }

    /// Commits; then tells the events. When this answers [`DbError::Unavailable`], whether it took effect is unknown.
    pub async fn commit(mut self) -> DbResult<()> {
        let events = std::mem::take(&mut self.events);
        let batch = match self.outbox.clone() {
            Some(outbox) if !events.is_empty() => Some((outbox.store(&mut self, &events).await?, outbox)),
            _ => None,
        };
        let committing = Span::begin(Part::Internal, "commit");
        match &mut self.handle {
            Handle::Sqlite { connection, file, open } => {
                let committed = block_in_place(|| connection.execute_batch("COMMIT")).map_err(DbError::from);
                file.note(&committed);
                committed?;
                *open = false;
            }
            Handle::Postgres(connection) => {
                opened(connection.as_deref())?.batch_execute("COMMIT").await?;
                *connection = None;
            }
        }
        // The writer is free for the next one before anybody is told.
        drop(self);
        drop(committing);
        if let Some((batch, outbox)) = batch {
            let _telling = Span::begin(Part::Internal, "tell events");
            outbox.tell(batch, events).await;
        }
        Ok(())
    }
}

fn opened(connection: Option<&deadpool_postgres::Object>) -> DbResult<&deadpool_postgres::Object> {
    connection.ok_or_else(|| DbError::Statement("the transaction is over".to_owned()))
}

impl Drop for Tx {
    fn drop(&mut self) {
        match &mut self.handle {
            Handle::Sqlite {
                connection, open: true, ..
            } => {
                // Without `block_in_place`: a transaction may be dropped outside of the runtime, when it shuts down.
                let _ = connection.execute_batch("ROLLBACK");
            }
            Handle::Sqlite { .. } | Handle::Postgres(None) => {}
            Handle::Postgres(connection) => {
                // Statements of one connection are answered in order, so the rollback stands behind whatever was on
                // its way, and the connection returns to the pool only after it.
                if let (Some(connection), Ok(runtime)) = (connection.take(), tokio::runtime::Handle::try_current()) {
                    runtime.spawn(async move {
                        if connection.batch_execute("ROLLBACK").await.is_err() {
                            drop(deadpool_postgres::Object::take(*connection));
                        }
                    });
                }
            }
        }
    }
}
