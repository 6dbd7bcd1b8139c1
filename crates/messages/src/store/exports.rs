//! The table `exports`: what users want to have of all that is kept of them.

use model::{FileId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{Column, Db, DbError, DbResult, Row, Tx},
};

use super::discarded_files;

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Preparing,
    Ready,
    Failed,
}

impl Column for Status {
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
        match String::read(row, index)?.as_str() {
            "preparing" => Ok(Self::Preparing),
            "ready" => Ok(Self::Ready),
            "failed" => Ok(Self::Failed),
            text => Err(DbError::Statement(format!("no such status of an export: {text}"))),
        }
    }
}

platform::record! {
    /// An export, as its user sees it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct ExportRow {
        pub(crate) status: Status,
        pub(crate) requested_at: Timestamp,
        pub(crate) ready_at: Option<Timestamp>,
        /// When it is no longer shown; known once it is ready, or has failed.
        pub(crate) expires_at: Option<Timestamp>,
        pub(crate) size: Option<i64>,
        pub(crate) file_id: Option<FileId>,
        /// What it is called where it is saved.
        pub(crate) file_name: String,
    }
}

platform::record! {
    /// An export that is prepared by whoever holds this.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Job {
        pub(crate) id: i64,
        pub(crate) user_id: UserId,
        /// Under what its parts are kept, this time.
        pub(crate) file_id: FileId,
        /// How often it has been taken, this time included.
        pub(crate) attempts: i64,
    }
}

/// Under which server the files of exports are discarded: they belong to none.
const NO_SERVER: ServerId = ServerId(0);

/// Has an export prepared; `false` when one of the user is being prepared, or they have had `most` since then.
pub(crate) async fn add(
    tx: &mut Tx,
    (id, user_id): (i64, UserId),
    now: Timestamp,
    (since, most): (Timestamp, i64),
) -> DbResult<bool> {
    const SQL: &str = "INSERT INTO exports (id, user_id, status, requested_at, due_at)
        SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), 'preparing', CAST($3 AS BIGINT), CAST($3 AS BIGINT)
        WHERE (SELECT COUNT(*) FROM exports WHERE user_id = $2 AND requested_at > $4 AND status <> 'failed') < $5
        ON CONFLICT DO NOTHING";
    Ok(tx.run(SQL, args![id, user_id, now, since, most]).await? == 1)
}

/// The last export that the user asked for, unless its time is over.
pub(crate) async fn newest(db: &Db, user_id: UserId, now: Timestamp) -> DbResult<Option<ExportRow>> {
    const SQL: &str = "SELECT status, requested_at, ready_at, expires_at, size, file_id, file_name FROM exports
        WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY requested_at DESC, id DESC LIMIT 1";
    db.optional(SQL, args![user_id, now]).await
}

/// The last one of the user that can be downloaded.
pub(crate) async fn newest_ready(db: &Db, user_id: UserId, now: Timestamp) -> DbResult<Option<ExportRow>> {
    const SQL: &str = "SELECT status, requested_at, ready_at, expires_at, size, file_id, file_name FROM exports
        WHERE user_id = $1 AND status = 'ready' AND file_id IS NOT NULL AND expires_at > $2
        ORDER BY requested_at DESC, id DESC LIMIT 1";
    db.optional(SQL, args![user_id, now]).await
}

/// When the user asked for their exports since then, but for those that failed, the last first.
pub(crate) async fn asked_since(db: &Db, user_id: UserId, since: Timestamp) -> DbResult<Vec<Timestamp>> {
    const SQL: &str = "SELECT requested_at FROM exports
        WHERE user_id = $1 AND requested_at > $2 AND status <> 'failed' ORDER BY requested_at DESC";
    let asked = db.all::<(Timestamp,)>(SQL, args![user_id, since]).await?;
    Ok(asked.into_iter().map(|(at,)| at).collect())
}

/// Whether one is due.
pub(crate) async fn any_due(db: &Db, now: Timestamp) -> DbResult<bool> {
    const SQL: &str = "SELECT id FROM exports WHERE status = 'preparing' AND due_at <= $1 LIMIT 1";
    Ok(db.optional::<(i64,)>(SQL, args![now]).await?.is_some())
}

/// Takes the one that has waited longest of those that are due, to be kept under `file_id`. Nobody else takes it until then.
/// What was kept of it before is thrown away at `gone_at`.
pub(crate) async fn take(
    tx: &mut Tx,
    (now, until): (Timestamp, Timestamp),
    file_id: FileId,
    gone_at: Timestamp,
) -> DbResult<Option<Job>> {
    const DUE: &str = "SELECT id, file_id FROM exports WHERE status = 'preparing' AND due_at <= $1
        ORDER BY due_at, id LIMIT 1";
    const SQL: &str = "UPDATE exports SET due_at = $3, attempts = attempts + 1, file_id = $4
        WHERE id = $1 AND status = 'preparing' AND due_at <= $2 AND COALESCE(file_id, 0) = $5
        RETURNING id, user_id, file_id, attempts";
    let Some((id, before)) = tx.optional::<(i64, Option<FileId>)>(DUE, args![now]).await? else {
        return Ok(None);
    };
    // No file has the id 0.
    let kept = before.unwrap_or(FileId(0));
    let taken = tx.optional::<Job>(SQL, args![id, now, until, file_id, kept]).await?;
    if let (Some(_), Some(before)) = (taken, before) {
        discarded_files::add_all(tx, &[(NO_SERVER, before)], gone_at).await?;
    }
    Ok(taken)
}

/// Nobody else takes it until then; `false` when somebody has.
pub(crate) async fn keep(tx: &mut Tx, job: Job, until: Timestamp) -> DbResult<bool> {
    const SQL: &str = "UPDATE exports SET due_at = $3 WHERE id = $1 AND file_id = $2 AND status = 'preparing'";
    Ok(tx.run(SQL, args![job.id, job.file_id, until]).await? == 1)
}

/// It is taken again at another time; where `uncounted`, as if it had not been taken this time.
pub(crate) async fn put_off(tx: &mut Tx, job: Job, until: Timestamp, uncounted: bool) -> DbResult<bool> {
    const SQL: &str = "UPDATE exports SET due_at = $3, attempts = attempts - $4
        WHERE id = $1 AND file_id = $2 AND status = 'preparing'";
    let less = i64::from(uncounted);
    Ok(tx.run(SQL, args![job.id, job.file_id, until, less]).await? == 1)
}

/// It is ready; `false` when somebody else has taken it.
pub(crate) async fn finish(
    tx: &mut Tx,
    job: Job,
    (file_name, size): (&str, i64),
    (now, expires_at): (Timestamp, Timestamp),
) -> DbResult<bool> {
    const SQL: &str = "UPDATE exports SET status = 'ready', file_name = $3, size = $4, ready_at = $5, expires_at = $6
        WHERE id = $1 AND file_id = $2 AND status = 'preparing'";
    let arguments = args![job.id, job.file_id, file_name, size, now, expires_at];
    Ok(tx.run(SQL, arguments).await? == 1)
}

/// It is given up; what was kept of it is thrown away at `gone_at`.
pub(crate) async fn fail(tx: &mut Tx, job: Job, expires_at: Timestamp, gone_at: Timestamp) -> DbResult<bool> {
    const SQL: &str = "UPDATE exports SET status = 'failed', file_id = NULL, expires_at = $3
        WHERE id = $1 AND file_id = $2 AND status = 'preparing'";
    if tx.run(SQL, args![job.id, job.file_id, expires_at]).await? == 0 {
        return Ok(false);
    }
    discarded_files::add_all(tx, &[(NO_SERVER, job.file_id)], gone_at).await?;
    Ok(true)
}

/// Throws up to `most` files away whose time is over, and answers how many.
pub(crate) async fn expire(tx: &mut Tx, now: Timestamp, most: i64) -> DbResult<usize> {
    const OVER: &str = "SELECT id, file_id FROM exports
        WHERE status = 'ready' AND file_id IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2";
    const SQL: &str = "UPDATE exports SET file_id = NULL WHERE id = $1";
    let over = tx.all::<(i64, FileId)>(OVER, args![now, most]).await?;
    for (id, file_id) in &over {
        discarded_files::add_all(tx, &[(NO_SERVER, *file_id)], now).await?;
        tx.run(SQL, args![*id]).await?;
    }
    Ok(over.len())
}

/// Removes all of a user who is no more: what is ready is thrown away `now`, what is still being prepared at `gone_at`. Whoever is
/// at it notices that they have lost it.
pub(crate) async fn remove_of(tx: &mut Tx, user_id: UserId, (now, gone_at): (Timestamp, Timestamp)) -> DbResult<()> {
    const SQL: &str = "DELETE FROM exports WHERE user_id = $1 RETURNING status, file_id";
    for (status, file_id) in tx.all::<(Status, Option<FileId>)>(SQL, args![user_id]).await? {
        let due_at = if status == Status::Preparing { gone_at } else { now };
        if let Some(file_id) = file_id {
            discarded_files::add_all(tx, &[(NO_SERVER, file_id)], due_at).await?;
        }
    }
    Ok(())
}

/// Forgets those that were asked for before, and of which nothing is kept.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> DbResult<u64> {
    const SQL: &str = "DELETE FROM exports WHERE requested_at <= $1 AND file_id IS NULL AND status <> 'preparing'";
    tx.run(SQL, args![before]).await
}
