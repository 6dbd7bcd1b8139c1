//! The table `link_previews`: of links, not of servers. Nothing in it says who wrote a link, or where.

use model::Timestamp;
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

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

/// Keeps what a link leads to.
pub(crate) async fn store(tx: &mut Tx, link_hash: &str, embed: Option<String>, expires_at: Timestamp) -> DbResult<()> {
    const SQL: &str = "UPDATE link_previews SET embed = $2, expires_at = $3, fetching_until = 0 WHERE link_hash = $1";
    tx.run(SQL, args![link_hash, embed, expires_at]).await.map(|_| ())
}

/// Forgets what is believed no more.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> DbResult<()> {
    const SQL: &str = "DELETE FROM link_previews WHERE expires_at <= $1 AND fetching_until <= $1";
    tx.run(SQL, args![now]).await.map(|_| ())
}
