//! The table `mentions`: whom messages call.

use model::{ChannelId, ServerId, Timestamp};
use platform::{
    args,
    db::{DbResult, TenantTx, Tx, tuples},
};

use super::sizes;

/// A message that calls somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: ChannelId,
    /// A user, a role, or for everyone the server.
    pub(crate) target_id: i64,
    /// The number of the message.
    pub(crate) seq: i64,
    pub(crate) sent_at: Timestamp,
}

/// Notes whom messages call.
pub(crate) async fn add_all(tx: &mut Tx, calls: &[Call]) -> DbResult<()> {
    let mut rest = calls;
    for size in sizes(calls.len()) {
        let (now, later) = rest.split_at(size);
        rest = later;
        let sql = format!(
            "INSERT INTO mentions (server_id, channel_id, target_id, seq, sent_at) VALUES {} ON CONFLICT DO NOTHING",
            tuples(1, size, 5)
        );
        let values: Vec<_> = now
            .iter()
            .flat_map(|call| args![call.server_id, call.channel_id, call.target_id, call.seq, call.sent_at])
            .collect();
        tx.run(&sql, values).await?;
    }
    Ok(())
}

/// Notes whom an edited message calls now, instead of before.
pub(crate) async fn replace(
    tx: &mut TenantTx,
    (channel_id, seq, sent_at): (ChannelId, i64, Timestamp),
    targets: &[i64],
) -> DbResult<()> {
    const ADD: &str =
        "INSERT INTO mentions (server_id, channel_id, target_id, seq, sent_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    remove_of(tx, channel_id, seq).await?;
    for target in targets {
        tx.run(ADD, args![channel_id, *target, seq, sent_at]).await?;
    }
    Ok(())
}

/// Nobody is called by the message any more.
pub(crate) async fn remove_of(tx: &mut TenantTx, channel_id: ChannelId, seq: i64) -> DbResult<()> {
    const SQL: &str = "DELETE FROM mentions WHERE server_id = $1 AND channel_id = $2 AND seq = $3";
    tx.run(SQL, args![channel_id, seq]).await.map(|_| ())
}

/// Removes what was noted of a channel, or of the whole server.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: Option<ChannelId>) -> DbResult<()> {
    const OF_SERVER: &str = "DELETE FROM mentions WHERE server_id = $1";
    const OF_CHANNEL: &str = "DELETE FROM mentions WHERE server_id = $1 AND channel_id = $2";
    match channel_id {
        None => tx.run(OF_SERVER, args![]).await?,
        Some(id) => tx.run(OF_CHANNEL, args![id]).await?,
    };
    Ok(())
}
