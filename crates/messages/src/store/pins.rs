//! Pinned messages: columns of the table `messages`.

use model::{ChannelId, MessageId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantReader, TenantTx},
};

/// Where a pinned message stands in the list: when it was pinned, and which it is.
pub(crate) type Place = (Timestamp, MessageId);

platform::record! {
    /// A pin.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Pin {
        pub(crate) message_id: MessageId,
        pub(crate) pinned_at: Timestamp,
        pub(crate) pinned_by: UserId,
    }
}

/// How many messages are pinned to the channel. Until `tx` ends, nobody else pins one there that is counted.
pub(crate) async fn count(tx: &mut TenantTx, channel_id: ChannelId) -> DbResult<i64> {
    // The counter of the channel is what all who pin there wait for: it is there, since the channel has a message.
    const LOCK: &str = "UPDATE channel_counters SET last_seq = last_seq WHERE server_id = $1 AND channel_id = $2";
    const SQL: &str =
        "SELECT COUNT(*) FROM messages WHERE server_id = $1 AND channel_id = $2 AND pinned_at IS NOT NULL";
    tx.run(LOCK, args![channel_id]).await?;
    let (count,) = tx.one::<(i64,)>(SQL, args![channel_id]).await?;
    Ok(count)
}

/// Pins a message that is not pinned, and answers its number.
pub(crate) async fn add(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    id: MessageId,
    by: UserId,
    now: Timestamp,
) -> DbResult<Option<i64>> {
    const SQL: &str = "UPDATE messages SET pinned_at = $4, pinned_by = $5
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND pinned_at IS NULL RETURNING seq";
    let seq = tx.optional::<(i64,)>(SQL, args![channel_id, id, now, by]).await?;
    Ok(seq.map(|(seq,)| seq))
}

/// Takes the pin from a message, and answers its number if it had one.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: ChannelId, id: MessageId) -> DbResult<Option<i64>> {
    const SQL: &str = "UPDATE messages SET pinned_at = NULL, pinned_by = NULL
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND pinned_at IS NOT NULL RETURNING seq";
    let seq = tx.optional::<(i64,)>(SQL, args![channel_id, id]).await?;
    Ok(seq.map(|(seq,)| seq))
}

/// Up to `limit` pins of a channel, the last first, beginning after `after`.
pub(crate) async fn list(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    after: Option<Place>,
    limit: i64,
) -> DbResult<Vec<Pin>> {
    const SQL: &str = "SELECT id, pinned_at, pinned_by FROM messages
        WHERE server_id = $1 AND channel_id = $2 AND pinned_at IS NOT NULL AND (pinned_at, id) < ($3, $4)
        ORDER BY pinned_at DESC, id DESC LIMIT $5";
    let (at, id) = after.unwrap_or((Timestamp::from_millis(i64::MAX), MessageId(i64::MAX)));
    tenant.all(SQL, args![channel_id, at, id, limit]).await
}
