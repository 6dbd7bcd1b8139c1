//! The table `drafts`: what users have begun to write.

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, TenantTx, Value, in_list},
};

platform::record! {
    /// What a user has begun to write in a channel.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct DraftRow {
        pub(crate) server_id: ServerId,
        pub(crate) channel_id: ChannelId,
        pub(crate) content: String,
        /// The message that it answers; it may be gone.
        pub(crate) reply_to_id: Option<MessageId>,
        pub(crate) updated_at: Timestamp,
    }
}

/// Keeps a draft instead of what was there.
pub(crate) async fn put(tx: &mut TenantTx, user_id: UserId, row: &DraftRow) -> DbResult<()> {
    const SQL: &str = "INSERT INTO drafts (server_id, user_id, channel_id, content, reply_to_id, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (server_id, user_id, channel_id) DO UPDATE
        SET content = excluded.content, reply_to_id = excluded.reply_to_id, updated_at = excluded.updated_at";
    let arguments = args![
        user_id,
        row.channel_id,
        row.content.as_str(),
        row.reply_to_id,
        row.updated_at
    ];
    tx.run(SQL, arguments).await.map(|_| ())
}

/// Removes the user's draft; answers whether there was one.
pub(crate) async fn remove_of(tx: &mut TenantTx, user_id: UserId, channel_id: ChannelId) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM drafts WHERE server_id = $1 AND user_id = $2 AND channel_id = $3";
    Ok(tx.run(SQL, args![user_id, channel_id]).await? == 1)
}

/// The user's drafts in these servers, the newest first, at most `limit`.
pub(crate) async fn list(db: &Db, user_id: UserId, servers: &[ServerId], limit: i64) -> DbResult<Vec<DraftRow>> {
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(3, servers.iter().copied());
    let sql = format!(
        "SELECT server_id, channel_id, content, reply_to_id, updated_at FROM drafts
         WHERE user_id = $1 AND server_id IN {these} ORDER BY updated_at DESC, channel_id LIMIT $2"
    );
    let arguments: Vec<Value> = [user_id.into(), limit.into()].into_iter().chain(values).collect();
    db.all(&sql, arguments).await
}

/// Removes the drafts of a channel, or of the whole server.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: Option<ChannelId>) -> DbResult<()> {
    const OF_SERVER: &str = "DELETE FROM drafts WHERE server_id = $1";
    const OF_CHANNEL: &str = "DELETE FROM drafts WHERE server_id = $1 AND channel_id = $2";
    match channel_id {
        None => tx.run(OF_SERVER, args![]).await?,
        Some(id) => tx.run(OF_CHANNEL, args![id]).await?,
    };
    Ok(())
}
