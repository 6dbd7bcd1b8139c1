//! What a Beep keeps in its database, from outside.

use std::time::Duration;

use api::beep::{Beep, Database};

/// The database of a Beep, from outside.
pub(crate) enum Tables {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

impl Tables {
    pub(crate) async fn of(beep: &Beep) -> Self {
        match beep.database {
            Database::Sqlite => {
                let file = beep.database_url.strip_prefix("sqlite://").unwrap();
                let connection = rusqlite::Connection::open(file).unwrap();
                connection.busy_timeout(Duration::from_secs(20)).unwrap();
                Self::Sqlite(connection)
            }
            Database::Postgres => {
                let (client, connection) = tokio_postgres::connect(&beep.database_url, tokio_postgres::NoTls)
                    .await
                    .unwrap();
                tokio::spawn(connection);
                Self::Postgres(client)
            }
        }
    }

    /// How many rows of a table fulfil the condition.
    pub(crate) async fn count(&self, table: &str, condition: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {condition}");
        match self {
            Self::Sqlite(connection) => connection.query_row(&sql, (), |row| row.get(0)).unwrap(),
            Self::Postgres(client) => client.query_one(&sql, &[]).await.unwrap().get(0),
        }
    }

    /// Changes rows.
    pub(crate) async fn change(&self, sql: &str) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).unwrap(),
            Self::Postgres(client) => client.batch_execute(sql).await.unwrap(),
        }
    }
}
