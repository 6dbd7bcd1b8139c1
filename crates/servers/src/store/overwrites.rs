//! The table `overwrites`: exceptions to the roles in a folder or channel.

use model::{ChannelId, PermissionSet, RoleId, ServerId, TargetId, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

use super::Reads;

platform::record! {
    /// An exception.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct OverwriteRow {
        pub(crate) server_id: ServerId,
        pub(crate) channel_id: ChannelId,
        pub(crate) target_id: i64,
        pub(crate) is_member: bool,
        pub(crate) allowed: PermissionSet,
        pub(crate) denied: PermissionSet,
    }
}

/// The columns of [`OverwriteRow`], in order.
macro_rules! columns {
    () => {
        "server_id, channel_id, target_id, is_member, allowed, denied"
    };
}

/// The same for statements that cross servers.
pub(super) const COLUMNS: &str = columns!();

/// All of the server.
pub(crate) async fn list(reads: &mut impl Reads) -> DbResult<Vec<OverwriteRow>> {
    let sql = concat!("SELECT ", columns!(), " FROM overwrites WHERE server_id = $1");
    reads.all(sql, &[]).await
}

/// Makes one, or changes it.
pub(crate) async fn put(tx: &mut TenantTx, row: &OverwriteRow) -> DbResult<()> {
    let sql = "INSERT INTO overwrites (server_id, channel_id, target_id, is_member, allowed, denied)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (server_id, channel_id, target_id, is_member) DO UPDATE SET allowed = $5, denied = $6";
    let arguments = args![row.channel_id, row.target_id, row.is_member, row.allowed, row.denied];
    tx.run(sql, arguments).await.map(|_| ())
}

/// Removes one.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: ChannelId, target_id: TargetId) -> DbResult<()> {
    let sql = "DELETE FROM overwrites WHERE server_id = $1 AND channel_id = $2 AND target_id = $3";
    tx.run(sql, args![channel_id, target_id.0]).await.map(|_| ())
}

/// Removes those made for one role.
pub(crate) async fn remove_of_role(tx: &mut TenantTx, id: RoleId) -> DbResult<()> {
    let sql = "DELETE FROM overwrites WHERE server_id = $1 AND target_id = $2 AND is_member = FALSE";
    tx.run(sql, args![id]).await.map(|_| ())
}

/// Removes those of a channel, or of a folder and what it holds.
pub(crate) async fn remove_of_channel(tx: &mut TenantTx, id: ChannelId) -> DbResult<()> {
    let sql = "DELETE FROM overwrites WHERE server_id = $1
               AND channel_id IN (SELECT id FROM channels WHERE server_id = $1 AND (id = $2 OR parent_id = $2))";
    tx.run(sql, args![id]).await.map(|_| ())
}

/// Removes those made for one member; answers the channels and folders that had one.
pub(crate) async fn remove_of_member(tx: &mut TenantTx, user_id: UserId) -> DbResult<Vec<ChannelId>> {
    let sql =
        "DELETE FROM overwrites WHERE server_id = $1 AND target_id = $2 AND is_member = TRUE RETURNING channel_id";
    let channels = tx.all::<(ChannelId,)>(sql, args![user_id]).await?;
    Ok(channels.into_iter().map(|(id,)| id).collect())
}

/// Removes all of the server.
pub(crate) async fn remove_all(tx: &mut TenantTx) -> DbResult<()> {
    tx.run("DELETE FROM overwrites WHERE server_id = $1", [])
        .await
        .map(|_| ())
}
