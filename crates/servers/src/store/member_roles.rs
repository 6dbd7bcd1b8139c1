//! The table `member_roles`: who holds which roles. Members with their roles are read in [`super::members`].

use model::{RoleId, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

/// Gives a member a role that they do not hold.
pub(crate) async fn give(tx: &mut TenantTx, user_id: UserId, role_id: RoleId) -> DbResult<()> {
    let sql = "INSERT INTO member_roles (server_id, user_id, role_id) VALUES ($1, $2, $3)";
    tx.run(sql, args![user_id, role_id]).await.map(|_| ())
}

/// Takes a role from a member.
pub(crate) async fn take(tx: &mut TenantTx, user_id: UserId, role_id: RoleId) -> DbResult<()> {
    let sql = "DELETE FROM member_roles WHERE server_id = $1 AND user_id = $2 AND role_id = $3";
    tx.run(sql, args![user_id, role_id]).await.map(|_| ())
}

/// Takes a role from all who hold it.
pub(crate) async fn take_from_all(tx: &mut TenantTx, role_id: RoleId) -> DbResult<()> {
    let sql = "DELETE FROM member_roles WHERE server_id = $1 AND role_id = $2";
    tx.run(sql, args![role_id]).await.map(|_| ())
}
