//! The table `overwrites`: exceptions to the roles in a folder or channel.

use model::{ChannelId, PermissionSet, ServerId, UserId};
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
