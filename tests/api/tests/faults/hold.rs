//! Holds the database of a Beep from outside, so that whoever needs it waits.

use std::time::{Duration, Instant};

use api::beep::{Beep, Database};

/// Beep gives up waiting for its database after five seconds, at the earliest. Whoever was let in before is answered when a
/// hold has been shorter.
const SHORT: Duration = Duration::from_secs(4);

/// A hold on a database.
pub(crate) struct Hold {
    how: How,
    since: Instant,
}

enum How {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

impl Hold {
    /// From now on nobody reads or writes this table; in a file, nobody writes any.
    pub(crate) async fn of(beep: &Beep, table: &str) -> Self {
        let how = match beep.database {
            Database::Sqlite => {
                let file = beep.database_url.strip_prefix("sqlite://").unwrap();
                let connection = rusqlite::Connection::open(file).unwrap();
                connection.busy_timeout(Duration::from_secs(20)).unwrap();
                connection.execute_batch("BEGIN IMMEDIATE").unwrap();
                How::Sqlite(connection)
            }
            Database::Postgres => {
                let (client, connection) = tokio_postgres::connect(&beep.database_url, tokio_postgres::NoTls)
                    .await
                    .unwrap();
                tokio::spawn(connection);
                let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
                client.batch_execute(&lock).await.unwrap();
                How::Postgres(client)
            }
        };
        Self {
            how,
            since: Instant::now(),
        }
    }

    /// Ends it; whether it has been short.
    pub(crate) async fn end(self) -> bool {
        let short = self.since.elapsed() < SHORT;
        match self.how {
            How::Sqlite(connection) => connection.execute_batch("ROLLBACK").unwrap(),
            How::Postgres(client) => client.batch_execute("ROLLBACK").await.unwrap(),
        }
        short
    }
}
