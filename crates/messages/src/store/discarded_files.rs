//! The table `discarded_files`: files whose bytes are still to be deleted. Written where their rows are removed, in the same
//! transaction, so that no crash leaves bytes that nobody knows of.

use model::{FileId, ServerId, Timestamp};
use platform::{
    args,
    db::{DbResult, TenantTx, Tx},
};

/// Has the bytes of files deleted, not before `due_at`.
pub(crate) async fn add(tx: &mut TenantTx, ids: &[FileId], due_at: Timestamp) -> DbResult<()> {
    const FILE: &str = "INSERT INTO discarded_files (server_id, file_id, due_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    const PARTS: &str = "DELETE FROM upload_parts WHERE server_id = $1 AND attachment_id = $2";
    for id in ids {
        tx.run(FILE, args![*id, due_at]).await?;
        tx.run(PARTS, args![*id]).await?;
    }
    Ok(())
}

/// The same for files of several servers.
pub(crate) async fn add_all(tx: &mut Tx, files: &[(ServerId, FileId)], due_at: Timestamp) -> DbResult<()> {
    const FILE: &str = "INSERT INTO discarded_files (server_id, file_id, due_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING";
    const PARTS: &str = "DELETE FROM upload_parts WHERE server_id = $1 AND attachment_id = $2";
    for (server_id, id) in files {
        tx.run(FILE, args![*server_id, *id, due_at]).await?;
        tx.run(PARTS, args![*server_id, *id]).await?;
    }
    Ok(())
}

/// Up to `most` files that are due, the longest first.
pub(crate) async fn list_due(tx: &mut Tx, now: Timestamp, most: i64) -> DbResult<Vec<(ServerId, FileId)>> {
    const SQL: &str = "SELECT server_id, file_id FROM discarded_files WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    tx.all(SQL, args![now, most]).await
}

/// The bytes of these files are gone.
pub(crate) async fn remove(tx: &mut Tx, files: &[(ServerId, FileId)]) -> DbResult<()> {
    const SQL: &str = "DELETE FROM discarded_files WHERE server_id = $1 AND file_id = $2";
    for (server_id, id) in files {
        tx.run(SQL, args![*server_id, *id]).await?;
    }
    Ok(())
}
