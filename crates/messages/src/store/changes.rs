//! The tables `changes` and `change_counters`: which messages were edited, deleted or pinned, in order.

use model::{ChannelId, MessageId, ServerId};
use platform::{
    args,
    db::{Db, DbResult, TenantReader, TenantTx},
};

platform::record! {
    /// A channel that has had messages, with the numbers of its last message and of its last change.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Position {
        pub(crate) server_id: ServerId,
        pub(crate) channel_id: ChannelId,
        pub(crate) last_seq: i64,
        pub(crate) last_change: i64,
    }
}

/// Notes that the message with the number `seq` has changed. Until `tx` ends, nobody else changes one of the channel; so
/// that nobody waits for each other, it comes after what `tx` does to messages, and channels come in their order.
pub(crate) async fn note(tx: &mut TenantTx, channel_id: ChannelId, seq: i64) -> DbResult<()> {
    const COUNT: &str = "INSERT INTO change_counters (server_id, channel_id, last_number) VALUES ($1, $2, 1)
        ON CONFLICT (server_id, channel_id) DO UPDATE SET last_number = change_counters.last_number + 1
        RETURNING last_number";
    const SQL: &str = "INSERT INTO changes (server_id, channel_id, seq, number) VALUES ($1, $2, $3, $4)
        ON CONFLICT (server_id, channel_id, seq) DO UPDATE SET number = excluded.number";
    let (number,) = tx.one::<(i64,)>(COUNT, args![channel_id]).await?;
    tx.run(SQL, args![channel_id, seq, number]).await.map(|_| ())
}

/// The changes of a channel after the one of this number, at most `limit`, in order: number of the change, number of the
/// message, and its id if it is there.
pub(crate) async fn list(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    after: i64,
    limit: i64,
) -> DbResult<Vec<(i64, i64, Option<MessageId>)>> {
    const SQL: &str = "SELECT c.number, c.seq, m.id FROM changes c
        LEFT JOIN messages m ON m.server_id = c.server_id AND m.channel_id = c.channel_id AND m.seq = c.seq
        WHERE c.server_id = $1 AND c.channel_id = $2 AND c.number > $3 ORDER BY c.number LIMIT $4";
    tenant.all(SQL, args![channel_id, after, limit]).await
}

/// Channels that have had messages, up to `limit` of those after `after`, in order.
pub(crate) async fn positions(db: &Db, after: (ServerId, ChannelId), limit: i64) -> DbResult<Vec<Position>> {
    const SQL: &str = "SELECT n.server_id, n.channel_id, n.last_seq, COALESCE(c.last_number, 0)
        FROM channel_counters n
        LEFT JOIN change_counters c ON c.server_id = n.server_id AND c.channel_id = n.channel_id
        WHERE (n.server_id, n.channel_id) > ($1, $2) ORDER BY n.server_id, n.channel_id LIMIT $3";
    db.all(SQL, args![after.0, after.1, limit]).await
}

/// Removes what was noted of a channel, or of the whole server.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: Option<ChannelId>) -> DbResult<()> {
    const OF_SERVER: [&str; 2] = [
        "DELETE FROM changes WHERE server_id = $1",
        "DELETE FROM change_counters WHERE server_id = $1",
    ];
    const OF_CHANNEL: [&str; 2] = [
        "DELETE FROM changes WHERE server_id = $1 AND channel_id = $2",
        "DELETE FROM change_counters WHERE server_id = $1 AND channel_id = $2",
    ];
    match channel_id {
        None => {
            for sql in OF_SERVER {
                tx.run(sql, args![]).await?;
            }
        }
        Some(id) => {
            for sql in OF_CHANNEL {
                tx.run(sql, args![id]).await?;
            }
        }
    }
    Ok(())
}
