//! The table `mails`: what waits to be sent.

use model::{Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

/// A mail to be.
pub(crate) struct NewMail<'a> {
    pub(crate) id: i64,
    pub(crate) kind: &'a str,
    pub(crate) address: &'a str,
    pub(crate) user_id: Option<UserId>,
    pub(crate) now: Timestamp,
}

platform::record! {
    /// A mail that waits.
    #[derive(Debug, Clone)]
    pub(crate) struct WaitingMail {
        pub(crate) id: i64,
        pub(crate) kind: String,
        pub(crate) address: String,
        pub(crate) user_id: Option<UserId>,
        pub(crate) attempts: i64,
        pub(crate) created_at: Timestamp,
    }
}

/// Adds a mail, which is due at once.
pub(crate) async fn add(tx: &mut Tx, new: &NewMail<'_>) -> DbResult<()> {
    const SQL: &str = "INSERT INTO mails (id, kind, address, user_id, attempts, due_at, created_at)
        VALUES ($1, $2, $3, $4, 0, $5, $5)";
    tx.run(SQL, args![new.id, new.kind, new.address, new.user_id, new.now])
        .await?;
    Ok(())
}

/// Whether any is due.
pub(crate) async fn any_due(db: &Db, now: Timestamp) -> DbResult<bool> {
    let due: Option<(i64,)> = db
        .optional("SELECT id FROM mails WHERE due_at <= $1 LIMIT 1", args![now])
        .await?;
    Ok(due.is_some())
}

/// Takes the one that is due longest, until `until`: of several who want it, one gets it.
pub(crate) async fn claim(tx: &mut Tx, now: Timestamp, until: Timestamp) -> DbResult<Option<WaitingMail>> {
    const SQL: &str = "UPDATE mails SET attempts = attempts + 1, due_at = $2
        WHERE due_at <= $1 AND id = (SELECT id FROM mails WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1)
        RETURNING id, kind, address, user_id, attempts, created_at";
    tx.optional(SQL, args![now, until]).await
}

/// Removes it, unless somebody else has taken it meanwhile.
pub(crate) async fn remove(tx: &mut Tx, id: i64, attempts: i64) -> DbResult<()> {
    tx.run("DELETE FROM mails WHERE id = $1 AND attempts = $2", args![id, attempts])
        .await?;
    Ok(())
}

/// Puts it off, unless somebody else has taken it meanwhile.
pub(crate) async fn put_off(tx: &mut Tx, id: i64, attempts: i64, until: Timestamp) -> DbResult<()> {
    const SQL: &str = "UPDATE mails SET due_at = $3 WHERE id = $1 AND attempts = $2";
    tx.run(SQL, args![id, attempts, until]).await?;
    Ok(())
}
