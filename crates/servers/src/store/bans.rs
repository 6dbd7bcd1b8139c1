//! The table `bans`.

use model::{ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, TenantTx},
};

use super::Reads;

platform::record! {
    /// A ban.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct BanRow {
        pub(crate) user_id: UserId,
        pub(crate) reason: Option<String>,
        pub(crate) banned_by: UserId,
        /// Messages of the user since then go, too.
        pub(crate) delete_since: Option<Timestamp>,
        pub(crate) created_at: Timestamp,
    }
}

/// The columns of [`BanRow`], in order.
macro_rules! columns {
    () => {
        "user_id, reason, banned_by, delete_since, created_at"
    };
}

/// Whether the user is banned.
pub(crate) async fn stands(reads: &mut impl Reads, user_id: UserId) -> DbResult<bool> {
    Ok(lookup(reads, user_id).await?.is_some())
}

/// The user's ban.
pub(crate) async fn lookup(reads: &mut impl Reads, user_id: UserId) -> DbResult<Option<BanRow>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM bans WHERE server_id = $1 AND user_id = $2"
    );
    Ok(reads.all(sql, &args![user_id]).await?.pop())
}

/// Up to `limit` bans of users after this one, by the users' ids.
pub(crate) async fn list(reads: &mut impl Reads, after: UserId, limit: usize) -> DbResult<Vec<BanRow>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM bans WHERE server_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    reads.all(sql, &args![after, limit]).await
}

/// Adds a ban, or puts it in the place of the user's earlier one.
pub(crate) async fn put(tx: &mut TenantTx, row: &BanRow) -> DbResult<()> {
    let sql = "INSERT INTO bans (server_id, user_id, reason, banned_by, delete_since, created_at)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (server_id, user_id) DO UPDATE
               SET reason = excluded.reason, banned_by = excluded.banned_by, delete_since = excluded.delete_since,
                   created_at = excluded.created_at";
    let arguments = args![
        row.user_id,
        row.reason.as_deref(),
        row.banned_by,
        row.delete_since,
        row.created_at
    ];
    tx.run(sql, arguments).await.map(|_| ())
}

/// Lifts the user's ban; answers it.
pub(crate) async fn remove(tx: &mut TenantTx, user_id: UserId) -> DbResult<Option<BanRow>> {
    let sql = concat!(
        "DELETE FROM bans WHERE server_id = $1 AND user_id = $2 RETURNING ",
        columns!()
    );
    tx.optional(sql, args![user_id]).await
}

/// A ban that has messages deleted, of whatever server.
pub(crate) type Sweeping = (ServerId, UserId, Timestamp, Timestamp);

/// Bans since `since` that have messages deleted, of all servers, up to `limit` after the place `after`: the server, the
/// user, since when messages go, and when the ban was made.
pub(crate) async fn list_sweeping(
    db: &Db,
    since: Timestamp,
    after: (ServerId, UserId),
    limit: i64,
) -> DbResult<Vec<Sweeping>> {
    let sql = "SELECT server_id, user_id, delete_since, created_at FROM bans
               WHERE delete_since IS NOT NULL AND created_at >= $1 AND (server_id, user_id) > ($2, $3)
               ORDER BY server_id, user_id LIMIT $4";
    db.all(sql, args![since, after.0, after.1, limit]).await
}
