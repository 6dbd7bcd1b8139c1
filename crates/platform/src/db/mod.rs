//! One SQL text, two databases: SQLite and PostgreSQL behind one handle. The only place that names a driver.
//!
//! Statements are written once, with `$1` placeholders, in the dialect that both understand (`RETURNING`,
//! `ON CONFLICT`, `BIGINT`, times as milliseconds, JSON as text). Arguments are bound by the digits of their
//! placeholder on both, and a statement whose placeholders do not match its arguments fails on both.

mod error;
mod group;
pub(crate) mod kept_pictures;
mod migration;
mod nodes;
mod outbox;
mod postgres;
mod record;
mod sqlite;
mod tenant;
mod transaction;
mod value;

use std::{sync::Arc, time::Duration};

pub use error::DbError;
pub use group::{GroupCommit, GroupError};
pub use migration::Migration;
pub use nodes::NodeLease;
pub use outbox::{Outbox, OutboxSettings};
pub use record::{Column, Record, Row};
pub use tenant::{TenantReader, TenantTx, Tenants};
pub use transaction::Tx;
pub use value::{Value, in_list, tuples};

use self::{postgres::PostgresPool, sqlite::SqliteFile};

/// How many requests may wait for each connection; more are told to come back at once.
const WAITING_FOR_EACH: usize = 32;
/// How long a request may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every operation of the database may answer.
pub type DbResult<T> = Result<T, DbError>;

/// A database: a pool of connections to SQLite or PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    outbox: Option<Arc<Outbox>>,
}

#[derive(Clone)]
enum Backend {
    Sqlite(SqliteFile),
    Postgres(PostgresPool),
}

impl Db {
    /// Opens `sqlite://PATH` (created when missing) or `postgres://…` with at most `pool_size` connections.
    ///
    /// PostgreSQL is not contacted before the first use, so that Beep starts, and says why it is not ready, while its
    /// database is away.
    pub fn open(url: &str, pool_size: usize) -> DbResult<Self> {
        let backend = if let Some(path) = url.strip_prefix("sqlite://") {
            Backend::Sqlite(SqliteFile::open(path, pool_size)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Postgres(PostgresPool::open(url, pool_size)?)
        } else {
            return Err(DbError::Statement(
                "a database URL begins with sqlite:// or postgres://".to_owned(),
            ));
        };
        Ok(Self { backend, outbox: None })
    }

    /// The same database for a service whose transactions emit events: see [`Tx::emit`].
    #[must_use]
    pub fn with_outbox(&self, outbox: Arc<Outbox>) -> Self {
        Self {
            backend: self.backend.clone(),
            outbox: Some(outbox),
        }
    }

    /// All rows of a query, outside of any transaction.
    pub async fn all<R: Record>(&self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Vec<R>> {
        match &self.backend {
            Backend::Sqlite(file) => file.read(sql, args.as_ref()).await,
            Backend::Postgres(pool) => pool.all(sql, args.as_ref()).await,
        }
    }

    /// The first row of a query, if there is one.
    pub async fn optional<R: Record>(&self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Option<R>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The first row of a query that always has one.
    pub async fn one<R: Record>(&self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<R> {
        self.optional(sql, args).await?.ok_or(DbError::NotFound)
    }

    /// Begins a transaction that may write. On SQLite there is one at a time, and the others wait.
    pub async fn begin(&self) -> DbResult<Tx> {
        match &self.backend {
            Backend::Sqlite(file) => Tx::begin_sqlite(file.lock_writer().await?, file, self.outbox.clone()),
            Backend::Postgres(pool) => Tx::begin_postgres(pool.get().await?, self.outbox.clone()).await,
        }
    }

    /// The same for work that many requests share, or that no request asks for: it waits its turn, however many wait.
    pub async fn begin_patiently(&self) -> DbResult<Tx> {
        match &self.backend {
            Backend::Sqlite(file) => Tx::begin_sqlite(file.lock_writer_patiently().await?, file, self.outbox.clone()),
            Backend::Postgres(pool) => Tx::begin_postgres(pool.get_patiently().await?, self.outbox.clone()).await,
        }
    }

    /// The same for the little that must go on whatever requests ask for: on PostgreSQL it has a connection of its own.
    pub(crate) async fn begin_aside(&self) -> DbResult<Tx> {
        match &self.backend {
            Backend::Sqlite(_) => self.begin_patiently().await,
            Backend::Postgres(pool) => Tx::begin_postgres(pool.get_aside().await?, self.outbox.clone()).await,
        }
    }

    /// Whether the database answers; what `/readyz` asks. It has a connection of its own: that many requests wait is no reason
    /// to send them elsewhere, where they would wait for the same database.
    pub async fn ping(&self) -> DbResult<()> {
        match &self.backend {
            Backend::Sqlite(file) => file.ping(),
            Backend::Postgres(pool) => pool.ping().await,
        }
    }

    /// Whether the database takes writes, as far as it can be told: once a write has failed, one is tried. The text of the
    /// error holds no secrets. Always so for PostgreSQL, whose operator watches its disk.
    pub async fn check_writes(&self) -> DbResult<()> {
        match &self.backend {
            Backend::Sqlite(file) => file.check_writes().await,
            Backend::Postgres(_) => Ok(()),
        }
    }

    /// Brings the tables of `service` up to date. Applied migrations are remembered in a table of the service's own.
    pub async fn migrate(&self, service: &str, migrations: &[Migration]) -> DbResult<()> {
        match &self.backend {
            Backend::Sqlite(file) => file.migrate(service, migrations).await,
            Backend::Postgres(pool) => pool.migrate(service, migrations).await,
        }
    }

    /// `"sqlite"` or `"postgresql"`, for logs and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite(_) => "sqlite",
            Backend::Postgres(_) => "postgresql",
        }
    }
}

#[cfg(feature = "testing")]
impl Db {
    /// From now on nothing can be read, for whoever has this database open by a clone of this handle: it is gone, as if its
    /// server had gone.
    pub fn go_away(&self) {
        match &self.backend {
            Backend::Sqlite(file) => file.go_away(),
            Backend::Postgres(pool) => pool.go_away(),
        }
    }

    /// Creates the database `name` in the PostgreSQL server at `url`.
    pub(crate) async fn create_postgres_database(url: &str, name: &str) -> DbResult<()> {
        let pool = PostgresPool::open(url, 1)?;
        Ok(pool
            .get_patiently()
            .await?
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await?)
    }
}
