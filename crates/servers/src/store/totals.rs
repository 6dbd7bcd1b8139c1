//! The table `user_totals`: how many servers each user is in and owns, for the limits.
//!
//! Each statement counts what this transaction has written into, or is about to remove from, its own server.

use model::{UserId, limits};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

fn limit(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// Counts the membership that was just added; `false` when the user is in too many servers.
pub(crate) async fn count_membership(tx: &mut TenantTx, user_id: UserId) -> DbResult<bool> {
    let sql = "INSERT INTO user_totals (user_id, servers, owned)
               SELECT user_id, 1, 0 FROM members WHERE server_id = $1 AND user_id = $2
               ON CONFLICT (user_id) DO UPDATE SET servers = user_totals.servers + 1 WHERE user_totals.servers < $3";
    Ok(tx.run(sql, args![user_id, limit(limits::SERVERS_PER_USER)]).await? == 1)
}

/// Counts the server that was just founded by the user or given to them; `false` when the user owns too many.
pub(crate) async fn count_ownership(tx: &mut TenantTx, user_id: UserId) -> DbResult<bool> {
    let sql = "UPDATE user_totals SET owned = owned + 1
               WHERE user_id = $2 AND owned < $3
                 AND EXISTS (SELECT 1 FROM servers WHERE server_id = $1 AND owner_id = $2)";
    Ok(tx
        .run(sql, args![user_id, limit(limits::SERVERS_OWNED_PER_USER)])
        .await?
        == 1)
}

/// Counts the server that has just come to the user from somebody who is no more, whatever they own; `false` when they are
/// nobody.
pub(crate) async fn count_inheritance(tx: &mut TenantTx, user_id: UserId) -> DbResult<bool> {
    let sql = "UPDATE user_totals SET owned = owned + 1
               WHERE user_id = $2 AND EXISTS (SELECT 1 FROM servers WHERE server_id = $1 AND owner_id = $2)";
    Ok(tx.run(sql, args![user_id]).await? == 1)
}

/// Forgets the ownership of a server that was just given to somebody else.
pub(crate) async fn forget_ownership(tx: &mut TenantTx, user_id: UserId) -> DbResult<()> {
    let sql = "UPDATE user_totals SET owned = owned - 1
               WHERE user_id = $2 AND EXISTS (SELECT 1 FROM servers WHERE server_id = $1 AND owner_id <> $2)";
    tx.run(sql, args![user_id]).await.map(|_| ())
}

/// Forgets a membership that is about to be removed.
pub(crate) async fn forget_membership(tx: &mut TenantTx, user_id: UserId) -> DbResult<()> {
    let sql = "UPDATE user_totals SET servers = servers - 1
               WHERE user_id IN (SELECT user_id FROM members WHERE server_id = $1 AND user_id = $2)";
    tx.run(sql, args![user_id]).await.map(|_| ())
}

/// Forgets all memberships and the ownership of a server that is about to be removed.
pub(crate) async fn forget_server(tx: &mut TenantTx) -> DbResult<()> {
    let sql = "UPDATE user_totals SET servers = servers - 1 WHERE user_id IN (SELECT user_id FROM members WHERE server_id = $1)";
    tx.run(sql, []).await?;
    let sql =
        "UPDATE user_totals SET owned = owned - 1 WHERE user_id IN (SELECT owner_id FROM servers WHERE server_id = $1)";
    tx.run(sql, []).await.map(|_| ())
}
