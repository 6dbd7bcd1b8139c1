//! The table `preview_pictures`: which pictures the previews of messages show. How many show one, the platform counts
//! (`platform::pictures`): messages of any server, and what is remembered of links (`link_previews`).
//!
//! What changes here counts in the same transaction, after what it does to messages and before it tells of them: in this order
//! locks are taken.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChannelId, MessageId, Timestamp};
use platform::{
    args,
    db::{DbResult, TenantTx, Value, in_list},
};

use crate::{NAME, previews::Embeds};

/// From now on a message, whose row `tx` has changed, shows the pictures of these previews and no others. A conflict when one of them is
/// being deleted.
pub(super) async fn replace(
    tx: &mut TenantTx,
    (channel_id, id): (ChannelId, MessageId),
    embeds: &Embeds,
    now: Timestamp,
) -> DbResult<()> {
    const LIST: &str = "SELECT picture FROM preview_pictures
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3";
    const ADD: &str = "INSERT INTO preview_pictures (server_id, channel_id, message_id, picture)
        VALUES ($1, $2, $3, $4)";
    const REMOVE: &str = "DELETE FROM preview_pictures
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 AND picture = $4";
    let before: Vec<(String,)> = tx.all(LIST, args![channel_id, id]).await?;
    let before: BTreeSet<String> = before.into_iter().map(|(picture,)| picture).collect();
    let after = embeds.pictures();
    for picture in tx.exchange_pictures(NAME, &before, &after, now).await? {
        tx.run(ADD, args![channel_id, id, picture]).await?;
    }
    for picture in before.difference(&after) {
        tx.run(REMOVE, args![channel_id, id, picture.as_str()]).await?;
    }
    Ok(())
}

/// Removes the rows of messages that are gone, and answers the pictures, each as often as it was shown.
pub(crate) async fn remove_of(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    message_ids: &[MessageId],
) -> DbResult<Vec<String>> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(3, message_ids.iter().copied());
    let sql = format!(
        "DELETE FROM preview_pictures WHERE server_id = $1 AND channel_id = $2 AND message_id IN {these}
         RETURNING picture"
    );
    let arguments: Vec<Value> = std::iter::once(channel_id.into()).chain(values).collect();
    let gone = tx.all::<(String,)>(&sql, arguments).await?;
    Ok(gone.into_iter().map(|(picture,)| picture).collect())
}

/// Removes up to `most` rows of a channel, or of the whole server, and answers the pictures, each as often as it was shown.
pub(crate) async fn remove_some(tx: &mut TenantTx, channel_id: Option<ChannelId>, most: i64) -> DbResult<Vec<String>> {
    // By the whole key: otherwise each step would look at all rows of the server.
    const OF_SERVER: &str = "DELETE FROM preview_pictures WHERE (server_id, channel_id, message_id, picture) IN
        (SELECT server_id, channel_id, message_id, picture FROM preview_pictures WHERE server_id = $1 LIMIT $2)
        RETURNING picture";
    const OF_CHANNEL: &str = "DELETE FROM preview_pictures WHERE (server_id, channel_id, message_id, picture) IN
        (SELECT server_id, channel_id, message_id, picture FROM preview_pictures
         WHERE server_id = $1 AND channel_id = $2 LIMIT $3) RETURNING picture";
    let gone = match channel_id {
        None => tx.all::<(String,)>(OF_SERVER, args![most]).await?,
        Some(channel_id) => tx.all(OF_CHANNEL, args![channel_id, most]).await?,
    };
    Ok(gone.into_iter().map(|(picture,)| picture).collect())
}

/// What is no longer shown so often goes, once nothing shows it. All that a transaction removes, at once: the pictures are locked in
/// their order.
pub(crate) async fn let_go(tx: &mut TenantTx, gone: Vec<String>, now: Timestamp) -> DbResult<()> {
    tx.let_go_of_pictures(NAME, &counted(gone), now).await
}

/// How often each is among them.
pub(super) fn counted(pictures: Vec<String>) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for picture in pictures {
        *counts.entry(picture).or_insert(0) += 1;
    }
    counts
}
