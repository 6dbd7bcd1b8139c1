//! What the planner of PostgreSQL cannot know by itself: a channel is in one server. It takes the two for independent otherwise,
//! thinks that a channel of thousands of messages has less than one, and then reads them all to find a few by their ids.

use platform::db::{Db, DbResult};

/// Tables whose rows are found by server and channel.
const TABLES: [&str; 6] = [
    "messages",
    "reactions",
    "attachments",
    "mentions",
    "changes",
    "preview_jobs",
];

/// Tells it, for good; `ANALYZE`, which PostgreSQL runs by itself, counts from then on. SQLite looks at the rows themselves.
pub(crate) async fn tell_of_places(db: &Db) -> DbResult<()> {
    if db.kind() != "postgresql" {
        return Ok(());
    }
    for table in TABLES {
        let sql = format!(
            "CREATE STATISTICS IF NOT EXISTS {table}_by_place (ndistinct, dependencies) ON server_id, channel_id FROM {table}"
        );
        let mut tx = db.begin_patiently().await?;
        if tx.run(&sql, []).await.is_err() {
            // Another instance has made it in this moment, and then there is nothing to do.
            drop(tx);
            tx = db.begin_patiently().await?;
            tx.run(&sql, []).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use platform::testing::databases;

    use super::*;
    use crate::store::MIGRATIONS;

    #[tokio::test(flavor = "multi_thread")]
    async fn postgresql_is_told_once_that_channels_belong_to_servers() {
        for database in databases().await {
            database.db.migrate("messages", MIGRATIONS).await.unwrap();
            for _ in 0..2 {
                tell_of_places(&database.db).await.unwrap();
            }
            if database.db.kind() == "postgresql" {
                let sql = "SELECT COUNT(*) FROM pg_statistic_ext WHERE stxname LIKE '%_by_place'";
                let (told,) = database.db.one::<(i64,)>(sql, []).await.unwrap();
                assert_eq!(told, i64::try_from(TABLES.len()).unwrap());
            }
        }
    }
}
