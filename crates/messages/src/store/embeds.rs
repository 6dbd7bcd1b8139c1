//! The previews in the table `messages`, and with them the pictures that they show (`preview_pictures`).

use model::{ChannelId, MessageId, Timestamp};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

use super::{
    messages::{Message, columns},
    preview_pictures,
};
use crate::previews::Embeds;

/// Gives a message its previews, unless they were removed or its content is another one by now. A conflict when one of their pictures
/// is being deleted.
pub(crate) async fn set(
    tx: &mut TenantTx,
    (channel_id, id): (ChannelId, MessageId),
    content: &str,
    embeds: &Embeds,
    now: Timestamp,
) -> DbResult<Option<Message>> {
    const SQL: &str = concat!(
        "UPDATE messages SET embeds = $5
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND content = $4 AND embeds_removed = FALSE RETURNING ",
        columns!()
    );
    let set = tx
        .optional(SQL, args![channel_id, id, content, embeds.to_column()])
        .await?;
    if set.is_some() {
        preview_pictures::replace(tx, (channel_id, id), embeds, now).await?;
    }
    Ok(set)
}

/// Removes the previews of a message for good; `None` when there is no such message, or they have been removed before.
pub(crate) async fn remove(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    id: MessageId,
    now: Timestamp,
) -> DbResult<Option<Message>> {
    const SQL: &str = concat!(
        "UPDATE messages SET embeds = NULL, embeds_removed = TRUE
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND embeds_removed = FALSE RETURNING ",
        columns!()
    );
    let removed = tx.optional(SQL, args![channel_id, id]).await?;
    if removed.is_some() {
        preview_pictures::replace(tx, (channel_id, id), &Embeds::default(), now).await?;
    }
    Ok(removed)
}
