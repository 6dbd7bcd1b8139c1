//! PostgreSQL: a pool of connections, statements prepared once per connection.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio::sync::Semaphore;
use tokio_postgres::{NoTls, types::ToSql};

use super::{DbError, DbResult, Migration, PATIENCE, Record, Row, Value, WAITING_FOR_EACH, error::NO_ROOM};

/// How long to wait for a free connection, or for a new one, before the request is told to come back.
const CONNECTION_TIMEOUT: Duration = PATIENCE;
/// How long one statement may run in the server.
const STATEMENT_TIMEOUT_MS: u32 = 15_000;

/// A pool of connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct PostgresPool {
    pool: Pool,
    /// One connection for what must not wait behind requests.
    aside: Pool,
    /// Room for those who wait for a connection.
    room: Arc<Semaphore>,
}

impl PostgresPool {
    pub(super) fn open(url: &str, size: usize) -> DbResult<Self> {
        let mut config: tokio_postgres::Config = url
            .parse()
            .map_err(|error| DbError::Statement(format!("database URL: {error}")))?;
        config.connect_timeout(CONNECTION_TIMEOUT);
        if config.get_options().is_none() {
            config.options(format!("-c statement_timeout={STATEMENT_TIMEOUT_MS}"));
        }
        let size = size.max(1);
        Ok(Self {
            pool: pool(config.clone(), size)?,
            aside: pool(config, 1)?,
            room: Arc::new(Semaphore::new(size * WAITING_FOR_EACH)),
        })
    }

    /// A connection for a request, which is told to come back when too many wait already.
    pub(super) async fn get(&self) -> DbResult<Object> {
        let _room = self.room.try_acquire().map_err(|_| DbError::Busy(NO_ROOM))?;
        self.get_patiently().await
    }

    /// A connection for work that is not asked for by the thousand: it waits its turn.
    pub(super) async fn get_patiently(&self) -> DbResult<Object> {
        Ok(self.pool.get().await?)
    }

    /// The connection beside those of requests.
    pub(super) async fn get_aside(&self) -> DbResult<Object> {
        Ok(self.aside.get().await?)
    }

    pub(super) async fn ping(&self) -> DbResult<()> {
        Ok(self.get_aside().await?.batch_execute("SELECT 1").await?)
    }

    pub(super) async fn all<R: Record>(&self, sql: &str, args: &[Value]) -> DbResult<Vec<R>> {
        query(&self.get().await?, sql, args).await
    }

    /// Several instances may start at once: the first to take the lock migrates, the others find nothing left to do.
    pub(super) async fn migrate(&self, service: &str, migrations: &[Migration]) -> DbResult<()> {
        const LOCK: &str = "SELECT pg_advisory_lock(3137190419)";
        const UNLOCK: &str = "SELECT pg_advisory_unlock(3137190419)";
        let runner = Migration::runner(service, migrations)?;
        let mut connection = self.get_patiently().await?;
        connection.batch_execute(LOCK).await?;
        let result = runner.run_async(&mut **connection.as_mut()).await;
        connection.batch_execute(UNLOCK).await?;
        result
            .map_err(|error| DbError::Statement(error.to_string()))
            .map(|_| ())
    }
}

fn pool(config: tokio_postgres::Config, size: usize) -> DbResult<Pool> {
    let recycling_method = RecyclingMethod::Fast;
    let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method });
    let timeouts = Timeouts {
        wait: Some(CONNECTION_TIMEOUT),
        create: Some(CONNECTION_TIMEOUT),
        recycle: Some(CONNECTION_TIMEOUT),
    };
    let builder = Pool::builder(manager).max_size(size).timeouts(timeouts);
    let built = builder.runtime(Runtime::Tokio1).build();
    built.map_err(|error| DbError::Statement(error.to_string()))
}

#[cfg(feature = "testing")]
impl PostgresPool {
    pub(super) fn go_away(&self) {
        self.aside.close();
        self.pool.close();
    }
}

fn parameters(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect()
}

async fn prepared(connection: &Object, sql: &str, args: &[Value]) -> DbResult<tokio_postgres::Statement> {
    let statement = connection.prepare_cached(sql).await?;
    if statement.params().len() == args.len() {
        Ok(statement)
    } else {
        Err(DbError::Statement(format!(
            "{} arguments do not fit: {sql}",
            args.len()
        )))
    }
}

pub(super) async fn query<R: Record>(connection: &Object, sql: &str, args: &[Value]) -> DbResult<Vec<R>> {
    let statement = prepared(connection, sql, args).await?;
    let rows = connection.query(&statement, &parameters(args)).await?;
    rows.iter().map(|row| R::read(&Row::Postgres(row))).collect()
}

pub(super) async fn execute(connection: &Object, sql: &str, args: &[Value]) -> DbResult<u64> {
    let statement = prepared(connection, sql, args).await?;
    Ok(connection.execute(&statement, &parameters(args)).await?)
}
