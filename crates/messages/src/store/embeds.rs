//! The previews in the table `messages`.

use model::{ChannelId, MessageId};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

use super::messages::{Message, columns};
use crate::previews::Embeds;

/// Gives a message its previews, unless they were removed or its content is another one by now.
pub(crate) async fn set(
    tx: &mut TenantTx,
    (channel_id, id): (ChannelId, MessageId),
    content: &str,
    embeds: &Embeds,
) -> DbResult<Option<Message>> {
    const SQL: &str = concat!(
        "UPDATE messages SET embeds = $5
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND content = $4 AND embeds_removed = FALSE RETURNING ",
        columns!()
    );
    tx.optional(SQL, args![channel_id, id, content, embeds.to_column()])
        .await
}

/// Removes the previews of a message for good; `None` when there is no such message, or they have been removed before.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: ChannelId, id: MessageId) -> DbResult<Option<Message>> {
    const SQL: &str = concat!(
        "UPDATE messages SET embeds = NULL, embeds_removed = TRUE
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND embeds_removed = FALSE RETURNING ",
        columns!()
    );
    tx.optional(SQL, args![channel_id, id]).await
}
