//! The table `servers`.

use model::{ChannelId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

use super::Reads;
use crate::visibility::Visibility;

platform::record! {
    /// A server.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct ServerRow {
        pub(crate) id: ServerId,
        pub(crate) version: i64,
        pub(crate) name: String,
        pub(crate) description: String,
        pub(crate) visibility: Visibility,
        pub(crate) owner_id: UserId,
        pub(crate) member_count: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) icon_url: Option<String>,
        pub(crate) banner_url: Option<String>,
        pub(crate) default_channel_id: Option<ChannelId>,
        pub(crate) system_channel_id: Option<ChannelId>,
    }
}

/// The columns of [`ServerRow`], in order.
macro_rules! columns {
    () => {
        "server_id, version, name, description, visibility, owner_id, member_count, created_at, icon_url, banner_url, default_channel_id, system_channel_id"
    };
}

/// The same of the table `s`, for statements that cross servers.
pub(super) const COLUMNS_OF_S: &str = "s.server_id, s.version, s.name, s.description, s.visibility, s.owner_id, s.member_count, s.created_at, s.icon_url, s.banner_url, s.default_channel_id, s.system_channel_id";

/// The server.
pub(crate) async fn lookup(reads: &mut impl Reads) -> DbResult<Option<ServerRow>> {
    let sql = concat!("SELECT ", columns!(), " FROM servers WHERE server_id = $1");
    Ok(reads.all(sql, &[]).await?.pop())
}

/// Its version alone.
pub(crate) async fn find_version(reads: &mut impl Reads) -> DbResult<Option<i64>> {
    Ok(reads
        .all("SELECT version FROM servers WHERE server_id = $1", &[])
        .await?
        .pop()
        .map(|(version,)| version))
}

/// Adds the server; its id is the transaction's.
pub(crate) async fn add(tx: &mut TenantTx, row: &ServerRow) -> DbResult<()> {
    let sql =
        "INSERT INTO servers (server_id, version, name, description, visibility, owner_id, member_count, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let arguments = args![
        row.version,
        row.name.as_str(),
        row.description.as_str(),
        row.visibility,
        row.owner_id,
        row.member_count,
        row.created_at,
    ];
    tx.run(sql, arguments).await.map(|_| ())
}

/// Begins a change: raises the version, and so makes every other change of this server wait until this transaction is
/// over. Answers the server as it is now.
pub(crate) async fn touch(tx: &mut TenantTx) -> DbResult<Option<ServerRow>> {
    let sql = concat!(
        "UPDATE servers SET version = version + 1 WHERE server_id = $1 RETURNING ",
        columns!()
    );
    tx.optional(sql, []).await
}

/// Begins a change as [`touch`] does and counts one more member, if the server is public.
pub(crate) async fn touch_admitting(tx: &mut TenantTx) -> DbResult<Option<ServerRow>> {
    let sql = concat!(
        "UPDATE servers SET version = version + 1, member_count = member_count + 1
         WHERE server_id = $1 AND visibility = 'public' RETURNING ",
        columns!()
    );
    tx.optional(sql, []).await
}

/// Begins a change as [`touch`] does and counts one more member, who was invited, whatever the server.
pub(crate) async fn touch_welcoming(tx: &mut TenantTx) -> DbResult<Option<ServerRow>> {
    let sql = concat!(
        "UPDATE servers SET version = version + 1, member_count = member_count + 1 WHERE server_id = $1 RETURNING ",
        columns!()
    );
    tx.optional(sql, []).await
}

/// Begins a change as [`touch`] does and counts one member less.
pub(crate) async fn touch_dismissing(tx: &mut TenantTx) -> DbResult<Option<ServerRow>> {
    let sql = concat!(
        "UPDATE servers SET version = version + 1, member_count = member_count - 1 WHERE server_id = $1 RETURNING ",
        columns!()
    );
    tx.optional(sql, []).await
}

/// Counts one member less in a change that was begun with [`touch`]; answers the server as it is now.
pub(crate) async fn count_one_less(tx: &mut TenantTx) -> DbResult<Option<ServerRow>> {
    let sql = concat!(
        "UPDATE servers SET member_count = member_count - 1 WHERE server_id = $1 RETURNING ",
        columns!()
    );
    tx.optional(sql, []).await
}

/// Changes everything that a change of settings can change.
pub(crate) async fn update(tx: &mut TenantTx, row: &ServerRow) -> DbResult<()> {
    let sql = "UPDATE servers SET name = $2, description = $3, visibility = $4, owner_id = $5, icon_url = $6,
                                  banner_url = $7, default_channel_id = $8, system_channel_id = $9
               WHERE server_id = $1";
    let arguments = args![
        row.name.as_str(),
        row.description.as_str(),
        row.visibility,
        row.owner_id,
        row.icon_url.as_deref(),
        row.banner_url.as_deref(),
        row.default_channel_id,
        row.system_channel_id,
    ];
    tx.run(sql, arguments).await.map(|_| ())
}

/// What belongs to a server alone, goes with it, and has nothing else to be undone.
const BELONGINGS: [&str; 6] = [
    "DELETE FROM bans WHERE server_id = $1",
    "DELETE FROM time_outs WHERE server_id = $1",
    "DELETE FROM audit_log WHERE server_id = $1",
    "DELETE FROM invitations WHERE server_id = $1",
    "DELETE FROM server_words WHERE server_id = $1",
    "DELETE FROM online_counts WHERE server_id = $1",
];

/// Removes the server with its bans, time-outs, audit log, invitations and what the directory has of it; its members,
/// channels and roles must be gone.
pub(crate) async fn remove(tx: &mut TenantTx) -> DbResult<()> {
    for sql in BELONGINGS {
        tx.run(sql, []).await?;
    }
    tx.run("DELETE FROM servers WHERE server_id = $1", []).await.map(|_| ())
}
