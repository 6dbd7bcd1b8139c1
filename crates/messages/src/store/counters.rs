//! The table `channel_counters`.

use std::collections::{BTreeMap, HashMap};

use model::{ChannelId, ServerId};
use platform::{
    args,
    db::{DbResult, Tx, tuples},
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
