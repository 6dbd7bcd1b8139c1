//! The table `link_previews`: of links, not of servers. Nothing in it says who wrote a link, or where.

use std::collections::BTreeSet;

use model::Timestamp;
use platform::{
    args,
    db::{Db, DbError, DbResult, Tx},
};

use super::preview_pictures::counted;
use crate::{NAME, previews::Embed};

/// What is known of a link, as JSON; the inner `None` when it is known that there is nothing to show.
pub(crate) async fn lookup(db: &Db, link_hash: &str, now: Timestamp) -> DbResult<Option<Option<String>>> {
    const SQL: &str = "SELECT embed FROM link_previews WHERE link_hash = $1 AND expires_at > $2";
    let found = db.optional::<(Option<String>,)>(SQL, args![link_hash, now]).await?;
    Ok(found.map(|(embed,)| embed))
}

/// Notes that the link is about to be fetched; `false` when somebody else does, or it is known by now.
pub(crate) async fn claim(tx: &mut Tx, link_hash: &str, now: Timestamp, until: Timestamp) -> DbResult<bool> {
    const SQL: &str =
        "INSERT INTO link_previews (link_hash, embed, expires_at, fetching_until) VALUES ($1, NULL, 0, $3)
        ON CONFLICT (link_hash) DO UPDATE SET fetching_until = $3
        WHERE link_previews.fetching_until <= $2 AND link_previews.expires_at <= $2";
    Ok(tx.run(SQL, args![link_hash, now, until]).await? == 1)
}

/// Keeps what a link leads to, if it is still asked for, and shows its picture instead of the one before.
pub(crate) async fn store(
    tx: &mut Tx,
    link_hash: &str,
    embed: Option<&Embed>,
    (now, expires_at): (Timestamp, Timestamp),
) -> DbResult<()> {
    // First the row, so that of two who have fetched it the second finds the picture of the first.
    const HOLD: &str = "UPDATE link_previews SET fetching_until = 0 WHERE link_hash = $1 RETURNING picture";
    const SQL: &str = "UPDATE link_previews SET embed = $2, expires_at = $3, picture = $4 WHERE link_hash = $1";
    let Some((before,)) = tx.optional::<(Option<String>,)>(HOLD, args![link_hash]).await? else {
        return Ok(());
    };
    let before: BTreeSet<String> = before.into_iter().collect();
    let after: BTreeSet<String> = embed.and_then(Embed::picture).into_iter().collect();
    let new = tx.exchange_pictures(NAME, &before, &after, now).await?;
    let picture = before.intersection(&after).chain(&new).next();
    let json = embed.map(serde_json::to_string).transpose();
    let json = json.map_err(|error| DbError::Statement(error.to_string()))?;
    let arguments = args![link_hash, json, expires_at, picture.map(String::as_str)];
    tx.run(SQL, arguments).await.map(|_| ())
}

/// Forgets up to `most` of what is believed no more, and lets go of its pictures; answers how much that was.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp, most: i64) -> DbResult<usize> {
    // What is to go is looked at twice: somebody may have begun to fetch it in between.
    const SQL: &str = "DELETE FROM link_previews WHERE expires_at <= $1 AND fetching_until <= $1 AND link_hash IN
        (SELECT link_hash FROM link_previews WHERE expires_at <= $1 AND fetching_until <= $1 LIMIT $2)
        RETURNING picture";
    let gone = tx.all::<(Option<String>,)>(SQL, args![now, most]).await?;
    let forgotten = gone.len();
    let pictures = gone.into_iter().filter_map(|(picture,)| picture).collect();
    tx.let_go_of_pictures(NAME, &counted(pictures), now).await?;
    Ok(forgotten)
}
