//! What is private to users who are no more, in all tables: what they began and did not send, and how far they had read. Their
//! exports: `exports`.

use model::{FileId, ServerId, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx, in_list},
};

/// Those of these users of whom anything private is kept.
pub(crate) async fn list_known(db: &Db, users: &[UserId]) -> DbResult<Vec<UserId>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let (these, ids) = in_list(1, users.iter().copied());
    let sql = format!(
        "SELECT user_id FROM drafts WHERE user_id IN {these}
         UNION SELECT user_id FROM read_states WHERE user_id IN {these}
         UNION SELECT user_id FROM slow_mode WHERE user_id IN {these}
         UNION SELECT user_id FROM uploaders WHERE user_id IN {these}
         UNION SELECT user_id FROM exports WHERE user_id IN {these}
         UNION SELECT uploader_id FROM attachments WHERE uploader_id IN {these} AND message_id IS NULL ORDER BY 1"
    );
    let found: Vec<(UserId,)> = db.all(&sql, ids).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Removes up to `most` uploads and files of the user that were not sent, and answers which they were.
pub(crate) async fn remove_unsent(tx: &mut Tx, user_id: UserId, most: i64) -> DbResult<Vec<(ServerId, FileId)>> {
    const SQL: &str = "DELETE FROM attachments WHERE message_id IS NULL AND (server_id, id) IN
        (SELECT server_id, id FROM attachments WHERE uploader_id = $1 AND message_id IS NULL LIMIT $2)
        RETURNING server_id, id";
    tx.all(SQL, args![user_id, most]).await
}

/// Removes the rows that are the user's alone.
pub(crate) async fn remove_rows(tx: &mut Tx, user_id: UserId) -> DbResult<()> {
    for sql in [
        "DELETE FROM drafts WHERE user_id = $1",
        "DELETE FROM read_states WHERE user_id = $1",
        "DELETE FROM slow_mode WHERE user_id = $1",
        "DELETE FROM uploaders WHERE user_id = $1",
    ] {
        tx.run(sql, args![user_id]).await?;
    }
    Ok(())
}
