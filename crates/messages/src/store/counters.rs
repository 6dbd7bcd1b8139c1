//! The table `channel_counters`.

use std::collections::{BTreeMap, HashMap};

use model::{ChannelId, ServerId, Timestamp};
use platform::{
    args,
    db::{DbResult, TenantReader, TenantTx, Tx, tuples},
};

use super::sizes;

/// Raises the counters by so many messages and answers the last `seq` of each channel. Until `tx` ends, nobody else gives
/// out numbers of these channels. The order of the map is the order of the locks, so that two writers never deadlock.
pub(crate) async fn raise(
    tx: &mut Tx,
    by: &BTreeMap<(ServerId, ChannelId), i64>,
) -> DbResult<HashMap<(ServerId, ChannelId), i64>> {
    let mut rows = by.iter();
    let mut last = HashMap::with_capacity(by.len());
    for size in sizes(by.len()) {
        let sql = format!(
            "INSERT INTO channel_counters (server_id, channel_id, last_seq) VALUES {}
            ON CONFLICT (server_id, channel_id) DO UPDATE SET last_seq = channel_counters.last_seq + excluded.last_seq
            RETURNING server_id, channel_id, last_seq",
            tuples(1, size, 3)
        );
        let values: Vec<_> = rows
            .by_ref()
            .take(size)
            .flat_map(|((server, channel), by)| args![*server, *channel, *by])
            .collect();
        for (server, channel, seq) in tx.all::<(ServerId, ChannelId, i64)>(&sql, values).await? {
            last.insert((server, channel), seq);
        }
    }
    Ok(last)
}

/// Channels that have had messages, up to `limit` of those after `after`, in order.
pub(crate) async fn list(
    tx: &mut Tx,
    after: (ServerId, ChannelId),
    limit: i64,
) -> DbResult<Vec<(ServerId, ChannelId)>> {
    const SQL: &str = "SELECT server_id, channel_id FROM channel_counters
        WHERE (server_id, channel_id) > ($1, $2) ORDER BY server_id, channel_id LIMIT $3";
    tx.all(SQL, args![after.0, after.1, limit]).await
}

/// The last `seq` of a channel; 0 when it has had no message.
pub(crate) async fn last(tx: &mut TenantTx, channel_id: ChannelId) -> DbResult<i64> {
    const SQL: &str = "SELECT last_seq FROM channel_counters WHERE server_id = $1 AND channel_id = $2";
    let last = tx.optional::<(i64,)>(SQL, args![channel_id]).await?;
    Ok(last.map_or(0, |(last,)| last))
}

/// The last `seq` of every channel of the tenant that has had messages, and when that message was sent, if it is there.
pub(crate) async fn all(tenant: TenantReader<'_>) -> DbResult<Vec<(ChannelId, i64, Option<Timestamp>)>> {
    const SQL: &str = "SELECT c.channel_id, c.last_seq, m.created_at FROM channel_counters c
        LEFT JOIN messages m ON m.server_id = c.server_id AND m.channel_id = c.channel_id AND m.seq = c.last_seq
        WHERE c.server_id = $1";
    tenant.all(SQL, args![]).await
}

/// Removes the counters of a channel, or of the whole server.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: Option<ChannelId>) -> DbResult<()> {
    const OF_SERVER: &str = "DELETE FROM channel_counters WHERE server_id = $1";
    const OF_CHANNEL: &str = "DELETE FROM channel_counters WHERE server_id = $1 AND channel_id = $2";
    match channel_id {
        None => tx.run(OF_SERVER, args![]).await?,
        Some(id) => tx.run(OF_CHANNEL, args![id]).await?,
    };
    Ok(())
}
