//! The table `read_states`: how far users have read channels.

use model::{ChannelId, MessageId, RoleId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, TenantReader, TenantTx, Value, in_list},
};

platform::record! {
    /// A channel that has had messages, and how far a user has read it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Position {
        pub(crate) server_id: ServerId,
        pub(crate) channel_id: ChannelId,
        /// The number of the last message.
        pub(crate) last_seq: i64,
        /// When the last message was sent, if it is there.
        pub(crate) last_sent_at: Option<Timestamp>,
        /// Whether there is a message after what was read.
        pub(crate) has_more: bool,
        /// The last number that was read, if anything ever was.
        pub(crate) read_seq: Option<i64>,
        /// The message that was read last.
        pub(crate) read_id: Option<MessageId>,
    }
}

/// Notes that the user has read the channel up to a message, unless they have read on already; answers whether they had not.
pub(crate) async fn raise(
    tx: &mut TenantTx,
    user_id: UserId,
    channel_id: ChannelId,
    (seq, message_id): (i64, MessageId),
) -> DbResult<bool> {
    const SQL: &str = "INSERT INTO read_states (server_id, user_id, channel_id, last_seq, message_id)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (server_id, user_id, channel_id) DO UPDATE
        SET last_seq = excluded.last_seq, message_id = excluded.message_id WHERE read_states.last_seq < excluded.last_seq";
    Ok(tx.run(SQL, args![user_id, channel_id, seq, message_id]).await? == 1)
}

/// How far the user has read the channel: the number and the message.
pub(crate) async fn find(
    tx: &mut TenantTx,
    user_id: UserId,
    channel_id: ChannelId,
) -> DbResult<Option<(i64, MessageId)>> {
    const SQL: &str = "SELECT last_seq, message_id FROM read_states
        WHERE server_id = $1 AND user_id = $2 AND channel_id = $3";
    tx.optional(SQL, args![user_id, channel_id]).await
}

/// How often the user was called in the channel after a number.
pub(crate) async fn count_mentions_in(
    tx: &mut TenantTx,
    (user_id, role_ids): (UserId, &[RoleId]),
    channel_id: ChannelId,
    after: i64,
) -> DbResult<i64> {
    let (targets, of_targets) = in_list(4, targets(tx.server_id(), user_id, role_ids));
    let sql = format!(
        "SELECT COUNT(DISTINCT seq) FROM mentions
         WHERE server_id = $1 AND channel_id = $2 AND seq > $3 AND target_id IN {targets}"
    );
    let mut arguments: Vec<Value> = vec![channel_id.into(), after.into()];
    arguments.extend(of_targets);
    let (count,) = tx.one::<(i64,)>(&sql, arguments).await?;
    Ok(count)
}

/// As what a member is called.
fn targets(server_id: ServerId, user_id: UserId, role_ids: &[RoleId]) -> impl Iterator<Item = i64> {
    let roles = role_ids.iter().map(|id| id.0);
    [user_id.0, server_id.everyone().0].into_iter().chain(roles)
}

/// The channels of these servers that have had messages.
pub(crate) async fn list(db: &Db, user_id: UserId, servers: &[ServerId]) -> DbResult<Vec<Position>> {
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(2, servers.iter().copied());
    let sql = format!(
        "SELECT c.server_id, c.channel_id, c.last_seq, m.created_at,
           CASE WHEN m.id IS NOT NULL THEN c.last_seq > COALESCE(r.last_seq, 0)
                ELSE EXISTS (SELECT 1 FROM messages n WHERE n.server_id = c.server_id AND n.channel_id = c.channel_id
                             AND n.seq > COALESCE(r.last_seq, 0)) END,
           r.last_seq, r.message_id FROM channel_counters c
         LEFT JOIN messages m ON m.server_id = c.server_id AND m.channel_id = c.channel_id AND m.seq = c.last_seq
         LEFT JOIN read_states r ON r.server_id = c.server_id AND r.user_id = $1 AND r.channel_id = c.channel_id
         WHERE c.server_id IN {these}"
    );
    let arguments: Vec<Value> = std::iter::once(user_id.into()).chain(values).collect();
    db.all(&sql, arguments).await
}

/// How often the user was called, by name or as one of the roles or all, in each channel since they read it; where they never
/// did, since `joined_at`. Of these channels, those without a call are left out.
pub(crate) async fn count_mentions(
    tenant: TenantReader<'_>,
    (user_id, role_ids): (UserId, &[RoleId]),
    channels: &[ChannelId],
    joined_at: Timestamp,
) -> DbResult<Vec<(ChannelId, i64)>> {
    let (targets, of_targets) = in_list(4, targets(tenant.server_id(), user_id, role_ids));
    let (these, of_channels) = in_list(4 + of_targets.len(), channels.iter().copied());
    let sql = format!(
        "SELECT x.channel_id, COUNT(DISTINCT x.seq) FROM mentions x
         LEFT JOIN read_states r ON r.server_id = x.server_id AND r.user_id = $2 AND r.channel_id = x.channel_id
         WHERE x.server_id = $1 AND x.target_id IN {targets} AND x.channel_id IN {these}
           AND x.seq > COALESCE(r.last_seq, 0) AND (r.last_seq IS NOT NULL OR x.sent_at >= $3)
         GROUP BY x.channel_id"
    );
    let mut arguments: Vec<Value> = vec![user_id.into(), joined_at.into()];
    arguments.extend(of_targets);
    arguments.extend(of_channels);
    tenant.all(&sql, arguments).await
}

/// Removes what was noted of a channel, or of the whole server.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: Option<ChannelId>) -> DbResult<()> {
    const OF_SERVER: &str = "DELETE FROM read_states WHERE server_id = $1";
    const OF_CHANNEL: &str = "DELETE FROM read_states WHERE server_id = $1 AND channel_id = $2";
    match channel_id {
        None => tx.run(OF_SERVER, args![]).await?,
        Some(id) => tx.run(OF_CHANNEL, args![id]).await?,
    };
    Ok(())
}
