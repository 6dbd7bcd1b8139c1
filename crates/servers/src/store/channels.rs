//! The table `channels`: channels and the folders that hold them.

use model::{ChannelId, ServerId, Timestamp};
use platform::{
    args,
    db::{DbResult, TenantTx, tuples},
};

use super::Reads;
use crate::{channel_kind::ChannelKind, placement::Place};

platform::record! {
    /// A channel or folder.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct ChannelRow {
        pub(crate) server_id: ServerId,
        pub(crate) id: ChannelId,
        pub(crate) kind: ChannelKind,
        pub(crate) name: String,
        pub(crate) topic: Option<String>,
        pub(crate) parent_id: Option<ChannelId>,
        pub(crate) position: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) slow_mode_seconds: i64,
    }
}

/// The columns of [`ChannelRow`], in order.
macro_rules! columns {
    () => {
        "server_id, id, kind, name, topic, parent_id, position, created_at, slow_mode_seconds"
    };
}

/// The same for statements that cross servers.
pub(super) const COLUMNS: &str = columns!();

impl ChannelRow {
    /// Where it stands.
    pub(crate) fn place(&self) -> Place {
        Place {
            id: self.id,
            folder: self.kind == ChannelKind::Folder,
            parent_id: self.parent_id,
            position: self.position,
        }
    }
}

/// All channels and folders, by position.
pub(crate) async fn list(reads: &mut impl Reads) -> DbResult<Vec<ChannelRow>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM channels WHERE server_id = $1 ORDER BY position, id"
    );
    reads.all(sql, &[]).await
}

/// Adds a channel.
pub(crate) async fn add(tx: &mut TenantTx, row: &ChannelRow) -> DbResult<()> {
    let sql = "INSERT INTO channels (server_id, id, kind, name, topic, parent_id, position, created_at,
                                     slow_mode_seconds)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let arguments = args![
        row.id,
        row.kind,
        row.name.as_str(),
        row.topic.as_deref(),
        row.parent_id,
        row.position,
        row.created_at,
        row.slow_mode_seconds
    ];
    tx.run(sql, arguments).await.map(|_| ())
}

/// Changes what is said of a channel: name, topic and slow mode.
pub(crate) async fn describe(tx: &mut TenantTx, row: &ChannelRow) -> DbResult<()> {
    let sql = "UPDATE channels SET name = $3, topic = $4, slow_mode_seconds = $5 WHERE server_id = $1 AND id = $2";
    let arguments = args![row.id, row.name.as_str(), row.topic.as_deref(), row.slow_mode_seconds];
    tx.run(sql, arguments).await.map(|_| ())
}

/// Gives channels their places, many in one statement.
pub(crate) async fn place(tx: &mut TenantTx, places: &[Place]) -> DbResult<()> {
    // The last row is repeated up to a power of two, so that few different texts are prepared.
    const ROWS: usize = 128;
    for some in places.chunks(ROWS) {
        let count = some.len().next_power_of_two();
        let mut values = Vec::with_capacity(3 * count);
        for place in some.iter().chain(std::iter::repeat(&some[some.len() - 1])).take(count) {
            values.extend(args![place.id, place.parent_id, place.position]);
        }
        // PostgreSQL takes arguments in VALUES for texts, unless the first row says otherwise.
        let first = "(CAST($2 AS BIGINT),CAST($3 AS BIGINT),CAST($4 AS BIGINT))";
        let others = tuples(5, count - 1, 3);
        let comma = if others.is_empty() { "" } else { "," };
        let sql = format!(
            "UPDATE channels SET parent_id = moved.column2, position = moved.column3
             FROM (VALUES {first}{comma}{others}) AS moved WHERE channels.server_id = $1 AND channels.id = moved.column1"
        );
        tx.run(&sql, values).await?;
    }
    Ok(())
}

/// Removes a channel, or a folder and what it holds. Their overwrites must be gone.
pub(crate) async fn remove(tx: &mut TenantTx, id: ChannelId) -> DbResult<()> {
    tx.run(
        "DELETE FROM channels WHERE server_id = $1 AND parent_id = $2",
        args![id],
    )
    .await?;
    tx.run("DELETE FROM channels WHERE server_id = $1 AND id = $2", args![id])
        .await
        .map(|_| ())
}

/// Removes all channels and folders.
pub(crate) async fn remove_all(tx: &mut TenantTx) -> DbResult<()> {
    tx.run(
        "DELETE FROM channels WHERE server_id = $1 AND parent_id IS NOT NULL",
        [],
    )
    .await?;
    tx.run("DELETE FROM channels WHERE server_id = $1", [])
        .await
        .map(|_| ())
}
