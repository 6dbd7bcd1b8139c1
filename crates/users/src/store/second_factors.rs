//! The tables `second_factors` and `recovery_codes`.

use model::{Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx, Value, tuples},
};

platform::record! {
    /// A second factor, confirmed or begun.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct SecondFactor {
        pub(crate) sealed: Vec<u8>,
        pub(crate) begun_at: Timestamp,
        pub(crate) confirmed_at: Option<Timestamp>,
    }
}

/// Begins a second factor in place of one that was begun; `false` when one is confirmed.
pub(crate) async fn begin(tx: &mut Tx, user_id: UserId, sealed: &[u8], now: Timestamp) -> DbResult<bool> {
    const SQL: &str = "INSERT INTO second_factors (user_id, sealed, begun_at, last_step) VALUES ($1, $2, $3, 0)
        ON CONFLICT (user_id) DO UPDATE SET sealed = $2, begun_at = $3 WHERE second_factors.confirmed_at IS NULL";
    Ok(tx.run(SQL, args![user_id, sealed.to_vec(), now]).await? > 0)
}

/// The user's second factor as this transaction sees it.
pub(crate) async fn find(tx: &mut Tx, user_id: UserId) -> DbResult<Option<SecondFactor>> {
    const SQL: &str = "SELECT sealed, begun_at, confirmed_at FROM second_factors WHERE user_id = $1";
    tx.optional(SQL, args![user_id]).await
}

/// Confirms the one that was begun with this secret, by the code of that step; `false` when it is not there any more.
pub(crate) async fn confirm(tx: &mut Tx, user_id: UserId, sealed: &[u8], step: i64, now: Timestamp) -> DbResult<bool> {
    const SQL: &str = "UPDATE second_factors SET confirmed_at = $4, last_step = $3
        WHERE user_id = $1 AND sealed = $2 AND confirmed_at IS NULL";
    Ok(tx.run(SQL, args![user_id, sealed.to_vec(), step, now]).await? > 0)
}

/// Accepts the code of that step; `false` when one of that step or a later one was accepted before.
pub(crate) async fn accept_step(tx: &mut Tx, user_id: UserId, sealed: &[u8], step: i64) -> DbResult<bool> {
    const SQL: &str = "UPDATE second_factors SET last_step = $3
        WHERE user_id = $1 AND sealed = $2 AND confirmed_at IS NOT NULL AND last_step < $3 RETURNING last_step";
    let accepted: Option<(i64,)> = tx.optional(SQL, args![user_id, sealed.to_vec(), step]).await?;
    Ok(accepted.is_some())
}

/// Removes the second factor and its recovery codes; `false` when there was none that was confirmed.
pub(crate) async fn remove(tx: &mut Tx, user_id: UserId) -> DbResult<bool> {
    const FACTOR: &str = "DELETE FROM second_factors WHERE user_id = $1 RETURNING confirmed_at";
    tx.run("DELETE FROM recovery_codes WHERE user_id = $1", args![user_id])
        .await?;
    let removed: Option<(Option<Timestamp>,)> = tx.optional(FACTOR, args![user_id]).await?;
    Ok(removed.is_some_and(|(confirmed_at,)| confirmed_at.is_some()))
}

/// Puts these recovery codes in place of the old ones.
pub(crate) async fn replace_recovery_codes(tx: &mut Tx, user_id: UserId, marks: &[[u8; 32]]) -> DbResult<()> {
    tx.run("DELETE FROM recovery_codes WHERE user_id = $1", args![user_id])
        .await?;
    let sql = format!(
        "INSERT INTO recovery_codes (user_id, mark) VALUES {}",
        tuples(1, marks.len(), 2)
    );
    let values = marks
        .iter()
        .flat_map(|mark| [Value::from(user_id), Value::from(mark.to_vec())]);
    tx.run(&sql, values.collect::<Vec<_>>()).await?;
    Ok(())
}

/// The marks of the recovery codes that are left.
pub(crate) async fn recovery_codes(tx: &mut Tx, user_id: UserId) -> DbResult<Vec<Vec<u8>>> {
    const SQL: &str = "SELECT mark FROM recovery_codes WHERE user_id = $1";
    let found: Vec<(Vec<u8>,)> = tx.all(SQL, args![user_id]).await?;
    Ok(found.into_iter().map(|(mark,)| mark).collect())
}

/// Uses the recovery code up; `false` when somebody else was faster.
pub(crate) async fn take_recovery_code(tx: &mut Tx, user_id: UserId, mark: &[u8]) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM recovery_codes WHERE user_id = $1 AND mark = $2";
    Ok(tx.run(SQL, args![user_id, mark.to_vec()]).await? > 0)
}

/// Since when the user has a second factor, and how many recovery codes are left.
pub(crate) async fn overview(db: &Db, user_id: UserId) -> DbResult<Option<(Timestamp, i64)>> {
    const SQL: &str = "SELECT confirmed_at, (SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1)
        FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL";
    db.optional(SQL, args![user_id]).await
}
