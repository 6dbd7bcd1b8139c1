//! The table `former_usernames`.

use model::{Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

/// The user's name of this moment, which stays theirs until this transaction ends.
pub(crate) async fn hold(tx: &mut Tx, user_id: UserId) -> DbResult<Option<String>> {
    const SQL: &str = "UPDATE users SET username = username WHERE id = $1 RETURNING username";
    let held: Option<(String,)> = tx.optional(SQL, args![user_id]).await?;
    Ok(held.map(|(username,)| username))
}

const LEFT_SINCE: &str = "SELECT left_at FROM former_usernames WHERE user_id = $1 AND left_at > $2 ORDER BY left_at";

/// When the user left a name since then, the earliest first.
pub(crate) async fn left_since(tx: &mut Tx, user_id: UserId, since: Timestamp) -> DbResult<Vec<Timestamp>> {
    let left: Vec<(Timestamp,)> = tx.all(LEFT_SINCE, args![user_id, since]).await?;
    Ok(left.into_iter().map(|(at,)| at).collect())
}

/// The same, for whoever only wants to know.
pub(crate) async fn list_since(db: &Db, user_id: UserId, since: Timestamp) -> DbResult<Vec<Timestamp>> {
    let left: Vec<(Timestamp,)> = db.all(LEFT_SINCE, args![user_id, since]).await?;
    Ok(left.into_iter().map(|(at,)| at).collect())
}

/// The names that the user has left and that are remembered, with when, the earliest first.
pub(crate) async fn list(db: &Db, user_id: UserId) -> DbResult<Vec<(String, Timestamp)>> {
    const SQL: &str = "SELECT username, left_at FROM former_usernames WHERE user_id = $1 ORDER BY left_at, username";
    db.all(SQL, args![user_id]).await
}

/// Remembers that the user has left the name, and forgets what anybody left before `forgotten`.
pub(crate) async fn leave(
    tx: &mut Tx,
    user_id: UserId,
    username: &str,
    now: Timestamp,
    forgotten: Timestamp,
) -> DbResult<()> {
    const SQL: &str = "INSERT INTO former_usernames (user_id, username, left_at) VALUES ($1, $2, $3)";
    forget(tx, forgotten).await?;
    tx.run(SQL, args![user_id, username, now]).await?;
    Ok(())
}

/// Forgets what anybody left before then.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> DbResult<()> {
    tx.run("DELETE FROM former_usernames WHERE left_at < $1", args![before])
        .await?;
    Ok(())
}

/// Whether somebody else left the name since then.
pub(crate) async fn is_kept_from(tx: &mut Tx, user_id: UserId, username: &str, since: Timestamp) -> DbResult<bool> {
    const SQL: &str =
        "SELECT user_id FROM former_usernames WHERE username = $1 AND left_at > $2 AND user_id <> $3 LIMIT 1";
    let kept: Option<(UserId,)> = tx.optional(SQL, args![username, since, user_id]).await?;
    Ok(kept.is_some())
}
