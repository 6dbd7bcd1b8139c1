//! The tables `passkeys` and `answered_challenges`.

use model::{PasskeyId, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

platform::record! {
    /// A passkey of a user.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct PasskeyRow {
        pub(crate) id: PasskeyId,
        pub(crate) user_id: UserId,
        /// The public key and what goes with it, as JSON.
        pub(crate) credential: String,
        pub(crate) name: String,
        pub(crate) created_at: Timestamp,
        pub(crate) last_used_at: Option<Timestamp>,
    }
}

/// The columns of [`PasskeyRow`], in order.
const COLUMNS: &str = "id, user_id, credential, name, created_at, last_used_at";

/// Adds a passkey, by the id that its device gave it.
pub(crate) async fn add(tx: &mut Tx, row: &PasskeyRow, credential_id: &[u8]) -> DbResult<()> {
    const SQL: &str = "INSERT INTO passkeys (id, user_id, credential_id, credential, name, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let values = args![
        row.id,
        row.user_id,
        credential_id.to_vec(),
        row.credential.as_str(),
        row.name.as_str(),
        row.created_at
    ];
    tx.run(SQL, values).await.map(|_| ())
}

/// The user's passkeys, the oldest first.
pub(crate) async fn list(db: &Db, user_id: UserId) -> DbResult<Vec<PasskeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM passkeys WHERE user_id = $1 ORDER BY id");
    db.all(&sql, args![user_id]).await
}

/// The passkey of the user that has this id from its device, as this transaction sees it.
pub(crate) async fn find(tx: &mut Tx, user_id: UserId, credential_id: &[u8]) -> DbResult<Option<PasskeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM passkeys WHERE user_id = $1 AND credential_id = $2");
    tx.optional(&sql, args![user_id, credential_id.to_vec()]).await
}

/// It was used; with what is to be known of it from now on. `false` when it was removed, or used meanwhile, so that what was
/// known of it is not so any more.
pub(crate) async fn set_used(tx: &mut Tx, used: &PasskeyRow, credential: &str, now: Timestamp) -> DbResult<bool> {
    const SQL: &str = "UPDATE passkeys SET credential = $3, last_used_at = $4 WHERE id = $1 AND credential = $2";
    let values = args![used.id, used.credential.as_str(), credential, now];
    Ok(tx.run(SQL, values).await? > 0)
}

/// Removes one of the user's; `false` when there is none of this id.
pub(crate) async fn remove(tx: &mut Tx, user_id: UserId, id: PasskeyId) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM passkeys WHERE user_id = $1 AND id = $2";
    Ok(tx.run(SQL, args![user_id, id]).await? > 0)
}

/// Removes all of the user's; `false` when there was none.
pub(crate) async fn remove_all(tx: &mut Tx, user_id: UserId) -> DbResult<bool> {
    Ok(tx
        .run("DELETE FROM passkeys WHERE user_id = $1", args![user_id])
        .await?
        > 0)
}

/// Notes that a challenge was answered; `false` when it was answered before. Those that are over are forgotten.
pub(crate) async fn answer(tx: &mut Tx, hash: &[u8], expires_at: Timestamp, now: Timestamp) -> DbResult<bool> {
    const SQL: &str =
        "INSERT INTO answered_challenges (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    tx.run("DELETE FROM answered_challenges WHERE expires_at <= $1", args![now])
        .await?;
    Ok(tx.run(SQL, args![hash.to_vec(), expires_at]).await? > 0)
}
