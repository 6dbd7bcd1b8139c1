//! Indexing servers that were not found by words before, or by other rules: at the start, before anything is answered, so
//! that the first search after an upgrade is right. Several instances may do it at once; each takes what no other has.

use platform::db::{Db, DbError, DbResult};

use super::listing::{RULES, found_by};
use crate::store::words;

/// Servers in one transaction.
const BATCH: i64 = 500;

/// How often a batch is tried again that another instance stood against.
const RETRIES: usize = 8;

/// Indexes all that need it, and answers how many did.
pub(crate) async fn index_outdated(db: &Db) -> DbResult<usize> {
    let (mut indexed, mut conflicts) = (0, 0);
    loop {
        match index_some(db).await {
            Ok(0) => break,
            Ok(batch) => (indexed, conflicts) = (indexed + batch, 0),
            Err(DbError::Conflict(_)) if conflicts < RETRIES => conflicts += 1,
            Err(error) => return Err(error),
        }
    }
    if indexed > 0 {
        tracing::info!(servers.count = indexed, "servers were indexed for discovery");
    }
    Ok(indexed)
}

async fn index_some(db: &Db) -> DbResult<usize> {
    let mut tx = db.begin_patiently().await?;
    let outdated = words::take_outdated(&mut tx, RULES, BATCH).await?;
    let found: Vec<_> = outdated
        .iter()
        .filter_map(|(id, name, description, visibility)| Some((*id, found_by(*visibility, name, description)?)))
        .collect();
    words::add(&mut tx, &found).await?;
    tx.commit().await?;
    Ok(outdated.len())
}
