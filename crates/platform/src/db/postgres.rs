//! PostgreSQL: a pool of connections, statements prepared once per connection.

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::{NoTls, types::ToSql};

use super::{DbError, DbResult, Migration, Record, Row, Value};

/// How long to wait for a free connection, or for a new one, before the request is told to come back.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one statement may run in the server.
const STATEMENT_TIMEOUT_MS: u32 = 15_000;

/// A pool of connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct PostgresPool {
    pool: Pool,
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
        let manager = Manager::from_config(
            config,
            NoTls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let timeouts = Timeouts {
            wait: Some(CONNECTION_TIMEOUT),
            create: Some(CONNECTION_TIMEOUT),
            recycle: Some(CONNECTION_TIMEOUT),
        };
        let pool = Pool::builder(manager)
            .max_size(size.max(1))
            .timeouts(timeouts)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| DbError::Statement(error.to_string()))?;
        Ok(Self { pool })
    }

    pub(super) async fn get(&self) -> DbResult<Object> {
        Ok(self.pool.get().await?)
    }

    pub(super) async fn all<R: Record>(&self, sql: &str, args: &[Value]) -> DbResult<Vec<R>> {
        query(&self.get().await?, sql, args).await
    }

    /// Several instances may start at once: the first to take the lock migrates, the others find nothing left to do.
    pub(super) async fn migrate(&self, service: &str, migrations: &[Migration]) -> DbResult<()> {
        const LOCK: &str = "SELECT pg_advisory_lock(3137190419)";
        const UNLOCK: &str = "SELECT pg_advisory_unlock(3137190419)";
        let runner = Migration::runner(service, migrations)?;
        let mut connection = self.get().await?;
        connection.batch_execute(LOCK).await?;
        let result = runner.run_async(&mut **connection.as_mut()).await;
        connection.batch_execute(UNLOCK).await?;
        result
            .map_err(|error| DbError::Statement(error.to_string()))
            .map(|_| ())
    }
}

#[cfg(feature = "testing")]
impl PostgresPool {
    pub(super) fn go_away(&self) {
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
