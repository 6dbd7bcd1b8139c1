//! The table `preview_jobs`.

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx, Tx, tuples},
};

use super::sizes;

/// A message, and whose it is.
pub(crate) type Place = (ServerId, ChannelId, MessageId, UserId);

/// Of how many authors nothing is taken at most, since enough of theirs is in work.
pub(crate) const BUSY_AUTHORS: usize = 4;

platform::record! {
    /// A message whose links are to be looked at, taken by whoever holds this.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Job {
        pub(crate) server_id: ServerId,
        pub(crate) channel_id: ChannelId,
        pub(crate) message_id: MessageId,
        pub(crate) author_id: UserId,
        /// Until when it is taken.
        pub(crate) due_at: Timestamp,
        /// How often it has been taken, this time included.
        pub(crate) attempts: i64,
    }
}

/// Has the links of these messages looked at.
pub(crate) async fn add_all(tx: &mut Tx, places: &[Place], now: Timestamp) -> DbResult<()> {
    let mut rest = places;
    for size in sizes(places.len()) {
        let (these, later) = rest.split_at(size);
        rest = later;
        let sql = format!(
            "INSERT INTO preview_jobs (server_id, channel_id, message_id, author_id, due_at) VALUES {} ON CONFLICT DO NOTHING",
            tuples(1, size, 5)
        );
        let values: Vec<_> = these
            .iter()
            .flat_map(|(server, channel, message, author)| args![*server, *channel, *message, *author, now])
            .collect();
        tx.run(&sql, values).await?;
    }
    Ok(())
}

/// Has the links of a message looked at (again), whoever is about to.
pub(crate) async fn renew(
    tx: &mut TenantTx,
    (channel_id, id, author_id): (ChannelId, MessageId, UserId),
    now: Timestamp,
) -> DbResult<()> {
    const SQL: &str = "INSERT INTO preview_jobs (server_id, channel_id, message_id, author_id, due_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (server_id, channel_id, message_id) DO UPDATE SET due_at = $5, attempts = 0";
    tx.run(SQL, args![channel_id, id, author_id, now]).await.map(|_| ())
}

/// Has the links of a message not looked at any more.
pub(crate) async fn drop_one(tx: &mut TenantTx, channel_id: ChannelId, id: MessageId) -> DbResult<()> {
    const SQL: &str = "DELETE FROM preview_jobs WHERE server_id = $1 AND channel_id = $2 AND message_id = $3";
    tx.run(SQL, args![channel_id, id]).await.map(|_| ())
}

/// Takes up to `most` that are due, those that have waited longest first: one of each author, and none of those who are
/// busy. Nobody else takes them until then.
pub(crate) async fn take(
    tx: &mut Tx,
    (now, until): (Timestamp, Timestamp),
    busy: [UserId; BUSY_AUTHORS],
    most: i64,
) -> DbResult<Vec<Job>> {
    // What is due is looked at twice: another one may have taken it in between.
    const SQL: &str = "UPDATE preview_jobs SET due_at = $2, attempts = attempts + 1
        WHERE due_at <= $1 AND (server_id, channel_id, message_id) IN
            (SELECT server_id, channel_id, message_id FROM
                (SELECT server_id, channel_id, message_id, due_at,
                    ROW_NUMBER() OVER (PARTITION BY author_id ORDER BY due_at, message_id) AS turn
                    FROM preview_jobs WHERE due_at <= $1 AND author_id NOT IN ($4, $5, $6, $7)) AS waiting
                WHERE turn = 1 ORDER BY due_at LIMIT $3)
        RETURNING server_id, channel_id, message_id, author_id, due_at, attempts";
    let [a, b, c, d] = busy;
    tx.all(SQL, args![now, until, most, a, b, c, d]).await
}

/// When the next one is due.
pub(crate) async fn next_due(db: &platform::db::Db) -> DbResult<Option<Timestamp>> {
    const SQL: &str = "SELECT due_at FROM preview_jobs ORDER BY due_at LIMIT 1";
    let next = db.optional::<(Timestamp,)>(SQL, args![]).await?;
    Ok(next.map(|(due_at,)| due_at))
}

/// It is done, unless it has been renewed meanwhile.
pub(crate) async fn finish(tx: &mut Tx, job: Job) -> DbResult<()> {
    const SQL: &str =
        "DELETE FROM preview_jobs WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 AND due_at = $4";
    let arguments = args![job.server_id, job.channel_id, job.message_id, job.due_at];
    tx.run(SQL, arguments).await.map(|_| ())
}

/// It is to be taken again at another time, and this time does not count, unless it has been renewed meanwhile.
pub(crate) async fn put_off(tx: &mut Tx, job: Job, until: Timestamp) -> DbResult<()> {
    const SQL: &str = "UPDATE preview_jobs SET due_at = $5, attempts = attempts - 1
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 AND due_at = $4";
    let arguments = args![job.server_id, job.channel_id, job.message_id, job.due_at, until];
    tx.run(SQL, arguments).await.map(|_| ())
}
