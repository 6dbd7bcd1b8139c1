//! The table `invitations`. One that is used up or has expired stays until the next one is made; nothing here shows it.

use model::{ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx, Value},
};

use super::Reads;
use crate::cursor::InvitationCursor;

platform::record! {
    /// An invitation.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct InvitationRow {
        pub(crate) code: String,
        pub(crate) server_id: ServerId,
        pub(crate) inviter_id: UserId,
        /// Whom it is for; whoever has the code when it is `None`.
        pub(crate) user_id: Option<UserId>,
        pub(crate) uses: i64,
        pub(crate) max_uses: Option<i64>,
        pub(crate) expires_at: Option<Timestamp>,
        pub(crate) created_at: Timestamp,
    }
}

/// The columns of [`InvitationRow`], in order.
macro_rules! columns {
    () => {
        "code, server_id, inviter_id, user_id, uses, max_uses, expires_at, created_at"
    };
}

/// The same for statements that cross servers.
pub(super) const COLUMNS: &str = columns!();

/// That it can still be accepted, where `$2` is now.
macro_rules! open {
    () => {
        "(max_uses IS NULL OR uses < max_uses) AND (expires_at IS NULL OR expires_at > $2)"
    };
}

/// Adds an invitation.
pub(crate) async fn add(tx: &mut TenantTx, row: &InvitationRow) -> DbResult<()> {
    let sql = "INSERT INTO invitations (server_id, code, inviter_id, user_id, uses, max_uses, expires_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let arguments = args![
        row.code.as_str(),
        row.inviter_id,
        row.user_id,
        row.uses,
        row.max_uses,
        row.expires_at,
        row.created_at,
    ];
    tx.run(sql, arguments).await.map(|_| ())
}

/// How many can still be accepted.
pub(crate) async fn count_open(reads: &mut impl Reads, now: Timestamp) -> DbResult<i64> {
    let sql = concat!("SELECT COUNT(*) FROM invitations WHERE server_id = $1 AND ", open!());
    Ok(reads
        .all::<(i64,)>(sql, &args![now])
        .await?
        .pop()
        .map_or(0, |(count,)| count))
}

/// The invitation of this code, whether it can still be accepted or not.
pub(crate) async fn find(reads: &mut impl Reads, code: &str) -> DbResult<Option<InvitationRow>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM invitations WHERE server_id = $1 AND code = $2"
    );
    Ok(reads.all(sql, &args![code]).await?.pop())
}

/// The invitation of this code, if it can still be accepted.
pub(crate) async fn find_open(reads: &mut impl Reads, code: &str, now: Timestamp) -> DbResult<Option<InvitationRow>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM invitations WHERE server_id = $1 AND code = $3 AND ",
        open!()
    );
    Ok(reads.all(sql, &args![now, code]).await?.pop())
}

/// Whether the user has been invited by name and can still accept.
pub(crate) async fn is_invited(reads: &mut impl Reads, user_id: UserId, now: Timestamp) -> DbResult<bool> {
    let sql = concat!(
        "SELECT code FROM invitations WHERE server_id = $1 AND user_id = $3 AND ",
        open!()
    );
    Ok(!reads.all::<(String,)>(sql, &args![now, user_id]).await?.is_empty())
}

/// Up to `limit` that can still be accepted, the newest first; those of one inviter, or all.
pub(crate) async fn list_open(
    reads: &mut impl Reads,
    inviter: Option<UserId>,
    now: Timestamp,
    after: &InvitationCursor,
    limit: usize,
) -> DbResult<Vec<InvitationRow>> {
    let mine = if inviter.is_some() { "AND inviter_id = $6" } else { "" };
    let sql = format!(
        "SELECT {COLUMNS} FROM invitations
         WHERE server_id = $1 AND {} AND (created_at < $3 OR (created_at = $3 AND code > $4)) {mine}
         ORDER BY created_at DESC, code LIMIT $5",
        open!()
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut arguments = args![now, after.created_at, after.code.as_str(), limit].to_vec();
    arguments.extend(inviter.map(Value::from));
    reads.all(&sql, &arguments).await
}

/// All that are for a user by name and can still be accepted, but for users who are banned: they are told nothing.
pub(crate) async fn list_personal(reads: &mut impl Reads, now: Timestamp) -> DbResult<Vec<InvitationRow>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM invitations WHERE server_id = $1 AND user_id IS NOT NULL AND ",
        open!(),
        " AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.server_id = $1 AND b.user_id = invitations.user_id)",
        " ORDER BY created_at, code"
    );
    reads.all(sql, &args![now]).await
}

/// Uses an invitation once, if the user may use it and it can still be accepted; answers it as it is then. However many
/// try at the same time, it is used no more often than allowed.
pub(crate) async fn use_once(
    tx: &mut TenantTx,
    code: &str,
    user_id: UserId,
    now: Timestamp,
) -> DbResult<Option<InvitationRow>> {
    let sql = concat!(
        "UPDATE invitations SET uses = uses + 1
         WHERE server_id = $1 AND code = $3 AND (user_id IS NULL OR user_id = $4) AND ",
        open!(),
        " RETURNING ",
        columns!()
    );
    tx.optional(sql, args![now, code, user_id]).await
}

/// Removes an invitation that can still be accepted; `false` when there is none.
pub(crate) async fn remove(tx: &mut TenantTx, code: &str, now: Timestamp) -> DbResult<bool> {
    let sql = concat!(
        "DELETE FROM invitations WHERE server_id = $1 AND code = $3 AND ",
        open!()
    );
    Ok(tx.run(sql, args![now, code]).await? == 1)
}

/// Uses up what the user was invited with by name.
pub(crate) async fn use_up_of_user(tx: &mut TenantTx, user_id: UserId) -> DbResult<()> {
    let sql = "UPDATE invitations SET uses = max_uses WHERE server_id = $1 AND user_id = $2";
    tx.run(sql, args![user_id]).await.map(|_| ())
}

/// Removes those that cannot be accepted any more.
pub(crate) async fn remove_ended(tx: &mut TenantTx, now: Timestamp) -> DbResult<()> {
    let sql = concat!("DELETE FROM invitations WHERE server_id = $1 AND NOT (", open!(), ")");
    tx.run(sql, args![now]).await.map(|_| ())
}

/// Removes all.
pub(crate) async fn remove_all(tx: &mut TenantTx) -> DbResult<()> {
    tx.run("DELETE FROM invitations WHERE server_id = $1", [])
        .await
        .map(|_| ())
}
