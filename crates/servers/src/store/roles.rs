//! The table `roles`.

use model::{PermissionSet, RoleId, ServerId};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

use super::Reads;

platform::record! {
    /// A role.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct RoleRow {
        pub(crate) server_id: ServerId,
        pub(crate) id: RoleId,
        pub(crate) name: String,
        pub(crate) color: Option<String>,
        pub(crate) position: i64,
        pub(crate) hoisted: bool,
        pub(crate) mentionable: bool,
        pub(crate) permissions: PermissionSet,
    }
}

/// The columns of [`RoleRow`], in order.
macro_rules! columns {
    () => {
        "server_id, id, name, color, position, hoisted, mentionable, permissions"
    };
}

/// The same for statements that cross servers.
pub(super) const COLUMNS: &str = columns!();

/// All roles, the lowest first.
pub(crate) async fn list(reads: &mut impl Reads) -> DbResult<Vec<RoleRow>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM roles WHERE server_id = $1 ORDER BY position, id"
    );
    reads.all(sql, &[]).await
}

/// Adds a role.
pub(crate) async fn add(tx: &mut TenantTx, row: &RoleRow) -> DbResult<()> {
    let sql = "INSERT INTO roles (server_id, id, name, color, position, hoisted, mentionable, permissions)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let arguments = args![
        row.id,
        row.name.as_str(),
        row.color.as_deref(),
        row.position,
        row.hoisted,
        row.mentionable,
        row.permissions
    ];
    tx.run(sql, arguments).await.map(|_| ())
}

/// Changes everything of a role but its position.
pub(crate) async fn update(tx: &mut TenantTx, row: &RoleRow) -> DbResult<()> {
    let sql = "UPDATE roles SET name = $3, color = $4, hoisted = $5, mentionable = $6, permissions = $7
        WHERE server_id = $1 AND id = $2";
    let arguments = args![
        row.id,
        row.name.as_str(),
        row.color.as_deref(),
        row.hoisted,
        row.mentionable,
        row.permissions
    ];
    tx.run(sql, arguments).await.map(|_| ())
}

/// Puts a role at a position.
pub(crate) async fn rank(tx: &mut TenantTx, id: RoleId, position: i64) -> DbResult<()> {
    let sql = "UPDATE roles SET position = $3 WHERE server_id = $1 AND id = $2";
    tx.run(sql, args![id, position]).await.map(|_| ())
}

/// Removes a role; nobody may hold it.
pub(crate) async fn remove(tx: &mut TenantTx, id: RoleId) -> DbResult<()> {
    tx.run("DELETE FROM roles WHERE server_id = $1 AND id = $2", args![id])
        .await
        .map(|_| ())
}

/// Removes all roles; nobody may hold one.
pub(crate) async fn remove_all(tx: &mut TenantTx) -> DbResult<()> {
    tx.run("DELETE FROM roles WHERE server_id = $1", []).await.map(|_| ())
}
