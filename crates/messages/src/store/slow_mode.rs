//! The table `slow_mode`: when a user sent their last message in a channel with slow mode.

use std::time::Duration;

use model::{ChannelId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx, Tx},
};

/// Notes that the user sends a message `now`, unless they sent one less than `wait` ago: then answers when that was.
pub(crate) async fn note(
    tx: &mut Tx,
    (server_id, channel_id): (ServerId, ChannelId),
    user_id: UserId,
    now: Timestamp,
    wait: Duration,
) -> DbResult<Option<Timestamp>> {
    const NOTE: &str = "INSERT INTO slow_mode (server_id, channel_id, user_id, sent_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (server_id, channel_id, user_id) DO UPDATE SET sent_at = excluded.sent_at
        WHERE slow_mode.sent_at <= $5";
    const LAST: &str = "SELECT sent_at FROM slow_mode WHERE server_id = $1 AND channel_id = $2 AND user_id = $3";
    let noted = tx
        .run(NOTE, args![server_id, channel_id, user_id, now, now.minus(wait)])
        .await?;
    if noted == 1 {
        return Ok(None);
    }
    let (last,) = tx
        .one::<(Timestamp,)>(LAST, args![server_id, channel_id, user_id])
        .await?;
    Ok(Some(last))
}

/// Removes what was noted of a channel, or of the whole server.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: Option<ChannelId>) -> DbResult<()> {
    const OF_SERVER: &str = "DELETE FROM slow_mode WHERE server_id = $1";
    const OF_CHANNEL: &str = "DELETE FROM slow_mode WHERE server_id = $1 AND channel_id = $2";
    match channel_id {
        None => tx.run(OF_SERVER, args![]).await?,
        Some(id) => tx.run(OF_CHANNEL, args![id]).await?,
    };
    Ok(())
}
