//! The table `time_outs`: those of users who left, for when they come back.

use model::{Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

/// Keeps a time-out of somebody who is about to leave.
pub(crate) async fn keep(tx: &mut TenantTx, user_id: UserId, until: Timestamp) -> DbResult<()> {
    let sql = "INSERT INTO time_outs (server_id, user_id, ends_at) VALUES ($1, $2, $3)
               ON CONFLICT (server_id, user_id) DO UPDATE SET ends_at = excluded.ends_at";
    tx.run(sql, args![user_id, until]).await.map(|_| ())
}

/// Until when somebody who left is timed out; it may have ended.
pub(crate) async fn find(tx: &mut TenantTx, user_id: UserId) -> DbResult<Option<Timestamp>> {
    let sql = "SELECT ends_at FROM time_outs WHERE server_id = $1 AND user_id = $2";
    Ok(tx
        .optional::<(Timestamp,)>(sql, args![user_id])
        .await?
        .map(|(until,)| until))
}

/// Forgets the time-out of somebody who is back.
pub(crate) async fn forget(tx: &mut TenantTx, user_id: UserId) -> DbResult<()> {
    let sql = "DELETE FROM time_outs WHERE server_id = $1 AND user_id = $2";
    tx.run(sql, args![user_id]).await.map(|_| ())
}
