//! The table `reactions`.

use model::{ChannelId, MessageId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantReader, TenantTx, Value, in_list},
};

platform::record! {
    /// How often a message was reacted to with an emoji.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Tally {
        pub(crate) message_id: MessageId,
        pub(crate) emoji: String,
        pub(crate) count: i64,
        /// 1 when the asking user is among them.
        pub(crate) mine: i64,
    }
}

/// Notes that the message has reactions, and answers its number; `None` when there is no such message. Until `tx` ends,
/// nobody else reacts to it.
pub(crate) async fn lock(tx: &mut TenantTx, channel_id: ChannelId, id: MessageId) -> DbResult<Option<i64>> {
    const SQL: &str = "UPDATE messages SET reacted = TRUE
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND kind = 'default' RETURNING seq";
    let seq = tx.optional::<(i64,)>(SQL, args![channel_id, id]).await?;
    Ok(seq.map(|(seq,)| seq))
}

/// Adds a reaction; `false` when it is there already.
pub(crate) async fn add(
    tx: &mut TenantTx,
    (channel_id, id): (ChannelId, MessageId),
    emoji: &str,
    user_id: UserId,
    now: Timestamp,
) -> DbResult<bool> {
    const SQL: &str = "INSERT INTO reactions (server_id, channel_id, message_id, emoji, user_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    Ok(tx.run(SQL, args![channel_id, id, emoji, user_id, now]).await? == 1)
}

/// Removes a reaction; `false` when it is not there.
pub(crate) async fn remove(
    tx: &mut TenantTx,
    (channel_id, id): (ChannelId, MessageId),
    emoji: &str,
    user_id: UserId,
) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM reactions
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 AND emoji = $4 AND user_id = $5";
    Ok(tx.run(SQL, args![channel_id, id, emoji, user_id]).await? == 1)
}

/// Removes all reactions with the emoji, and answers how many there were.
pub(crate) async fn clear(tx: &mut TenantTx, (channel_id, id): (ChannelId, MessageId), emoji: &str) -> DbResult<u64> {
    const SQL: &str = "DELETE FROM reactions
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 AND emoji = $4";
    tx.run(SQL, args![channel_id, id, emoji]).await
}

/// How often the message was reacted to with the emoji, and with how many different ones.
pub(crate) async fn count(
    tx: &mut TenantTx,
    (channel_id, id): (ChannelId, MessageId),
    emoji: &str,
) -> DbResult<(i64, i64)> {
    const SQL: &str = "SELECT COALESCE(SUM(CASE WHEN emoji = $4 THEN 1 ELSE 0 END), 0), COUNT(DISTINCT emoji)
        FROM reactions WHERE server_id = $1 AND channel_id = $2 AND message_id = $3";
    tx.one::<(i64, i64)>(SQL, args![channel_id, id, emoji]).await
}

/// The reactions to these messages of a channel, those that came first first, as the user sees them.
pub(crate) async fn tallies(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    ids: &[MessageId],
    user_id: UserId,
) -> DbResult<Vec<Tally>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(4, ids.iter().copied());
    let sql = format!(
        "SELECT message_id, emoji, COUNT(*), MAX(CASE WHEN user_id = $3 THEN CAST(1 AS BIGINT) ELSE 0 END) FROM reactions
         WHERE server_id = $1 AND channel_id = $2 AND message_id IN {these}
         GROUP BY message_id, emoji ORDER BY message_id, MIN(created_at), emoji"
    );
    let arguments: Vec<Value> = [Value::from(channel_id), user_id.into()]
        .into_iter()
        .chain(values)
        .collect();
    tenant.all(&sql, arguments).await
}

/// Up to `limit` users who reacted with the emoji, beginning after one, in the order of their ids.
pub(crate) async fn list_users(
    tenant: TenantReader<'_>,
    (channel_id, id): (ChannelId, MessageId),
    emoji: &str,
    after: UserId,
    limit: i64,
) -> DbResult<Vec<UserId>> {
    const SQL: &str = "SELECT user_id FROM reactions
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 AND emoji = $4 AND user_id > $5
        ORDER BY user_id LIMIT $6";
    let users = tenant
        .all::<(UserId,)>(SQL, args![channel_id, id, emoji, after, limit])
        .await?;
    Ok(users.into_iter().map(|(user,)| user).collect())
}

/// Removes the reactions to messages that are gone.
pub(crate) async fn remove_of(tx: &mut TenantTx, channel_id: ChannelId, ids: &[MessageId]) -> DbResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let (these, values) = in_list(3, ids.iter().copied());
    let sql = format!("DELETE FROM reactions WHERE server_id = $1 AND channel_id = $2 AND message_id IN {these}");
    let arguments: Vec<Value> = std::iter::once(channel_id.into()).chain(values).collect();
    tx.run(&sql, arguments).await.map(|_| ())
}

/// Removes the reactions of a channel, or of the whole server.
pub(crate) async fn remove_all(tx: &mut TenantTx, channel_id: Option<ChannelId>) -> DbResult<()> {
    const OF_SERVER: &str = "DELETE FROM reactions WHERE server_id = $1";
    const OF_CHANNEL: &str = "DELETE FROM reactions WHERE server_id = $1 AND channel_id = $2";
    match channel_id {
        None => tx.run(OF_SERVER, args![]).await?,
        Some(id) => tx.run(OF_CHANNEL, args![id]).await?,
    };
    Ok(())
}
