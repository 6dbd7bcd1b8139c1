//! What belonged to a deleted channel or server is removed, a little at a time.

use model::{ChannelId, ServerId};
use platform::db::{DbResult, Tenants};

use crate::store::messages;

/// Messages that one transaction removes: others write between two of them.
const AT_ONCE: i64 = 500;

/// Removes all messages of a channel, or of the whole server.
pub(crate) async fn remove_all(tenants: &Tenants, server_id: ServerId, channel_id: Option<ChannelId>) -> DbResult<()> {
    loop {
        let mut tx = tenants.begin(server_id).await?;
        let removed = messages::remove_some(&mut tx, channel_id, AT_ONCE).await?;
        if removed == 0 {
            messages::remove_counters(&mut tx, channel_id).await?;
        }
        tx.commit().await?;
        if removed == 0 {
            return Ok(());
        }
    }
}
