//! The tables `identities` and `pending_sign_ups`.

use model::{Email, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

/// Says that the user is this subject of the issuer. [`platform::db::DbError::Unique`] when somebody is already.
pub(crate) async fn add(tx: &mut Tx, issuer: &str, subject: &str, user_id: UserId, now: Timestamp) -> DbResult<()> {
    const SQL: &str = "INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)";
    tx.run(SQL, args![issuer, subject, user_id, now]).await?;
    Ok(())
}

/// Who this subject of the issuer is.
pub(crate) async fn find(db: &Db, issuer: &str, subject: &str) -> DbResult<Option<UserId>> {
    const SQL: &str = "SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2";
    let found: Option<(UserId,)> = db.optional(SQL, args![issuer, subject]).await?;
    Ok(found.map(|(id,)| id))
}

/// As which subject of the issuer the user of this e-mail address or name is known.
pub(crate) async fn subject_of(db: &Db, issuer: &str, name: &str) -> DbResult<Option<String>> {
    const SQL: &str = "SELECT i.subject FROM identities i JOIN users u ON u.id = i.user_id
        WHERE i.issuer = $1 AND (u.email = $2 OR u.username = $2)";
    let found: Option<(String,)> = db.optional(SQL, args![issuer, name]).await?;
    Ok(found.map(|(subject,)| subject))
}

/// As which subject of the issuer the user is known.
pub(crate) async fn subject_of_user(db: &Db, issuer: &str, user_id: UserId) -> DbResult<Option<String>> {
    const SQL: &str = "SELECT subject FROM identities WHERE issuer = $1 AND user_id = $2";
    let found: Option<(String,)> = db.optional(SQL, args![issuer, user_id]).await?;
    Ok(found.map(|(subject,)| subject))
}

/// As whom the user is known, by whichever issuer, and since when.
pub(crate) async fn list_of_user(db: &Db, user_id: UserId) -> DbResult<Vec<(String, String, Timestamp)>> {
    const SQL: &str =
        "SELECT issuer, subject, created_at FROM identities WHERE user_id = $1 ORDER BY created_at, issuer";
    db.all(SQL, args![user_id]).await
}

/// Keeps the names for somebody who signs up. [`platform::db::DbError::Unique`] when somebody else does with one of them.
pub(crate) async fn reserve(
    tx: &mut Tx,
    user_id: UserId,
    (username, email): (&str, &Email),
    lease_until: Timestamp,
) -> DbResult<()> {
    const SQL: &str = "INSERT INTO pending_sign_ups (user_id, username, email, lease_until) VALUES ($1, $2, $3, $4)";
    tx.run(SQL, args![user_id, username, email.expose(), lease_until])
        .await?;
    Ok(())
}

/// Which of the two somebody has who is a user.
pub(crate) async fn taken(tx: &mut Tx, username: &str, email: &Email) -> DbResult<(bool, bool)> {
    const SQL: &str = "SELECT username, email FROM users WHERE username = $1 OR email = $2";
    let found: Vec<(String, String)> = tx.all(SQL, args![username, email.expose()]).await?;
    let of = |is: &dyn Fn(&(String, String)) -> bool| found.iter().any(is);
    Ok((of(&|(name, _)| name == username), of(&|(_, at)| at == email.expose())))
}

/// Whether somebody who signs up has this name.
pub(crate) async fn is_reserved(tx: &mut Tx, username: &str) -> DbResult<bool> {
    const SQL: &str = "SELECT user_id FROM pending_sign_ups WHERE username = $1";
    let found: Option<(UserId,)> = tx.optional(SQL, args![username]).await?;
    Ok(found.is_some())
}

/// Ends the reservation, if it is still under this lease.
pub(crate) async fn release(tx: &mut Tx, user_id: UserId, lease_until: Timestamp) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM pending_sign_ups WHERE user_id = $1 AND lease_until = $2";
    Ok(tx.run(SQL, args![user_id, lease_until]).await? > 0)
}

/// Those whose lease is over, oldest first.
pub(crate) async fn left(db: &Db, now: Timestamp, limit: i64) -> DbResult<Vec<UserId>> {
    const SQL: &str = "SELECT user_id FROM pending_sign_ups WHERE lease_until <= $1 ORDER BY lease_until LIMIT $2";
    let found: Vec<(UserId,)> = db.all(SQL, args![now, limit]).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Takes the lease of one that is over; of several who want to, one does.
pub(crate) async fn take_lease(tx: &mut Tx, user_id: UserId, now: Timestamp, until: Timestamp) -> DbResult<bool> {
    const SQL: &str = "UPDATE pending_sign_ups SET lease_until = $3 WHERE user_id = $1 AND lease_until <= $2";
    Ok(tx.run(SQL, args![user_id, now, until]).await? > 0)
}
