//! What crosses servers: the servers of a user, and the copies of users' summaries. Discovery stands beside it.
//!
//! With one database these are the tenants' own tables, reached by indexes of their own; nothing here is for a request
//! about one server.

use contracts::users::UserSummary;
use model::{RoleId, ServerId, Timestamp, UserId, search_key::fold};
use platform::{
    args,
    db::{Db, DbResult, Tx, in_list},
};

use super::{
    channels::{self, ChannelRow},
    invitations::{self, InvitationRow},
    members::{self, MemberRow, Membership},
    overwrites::{self, OverwriteRow},
    roles::{self, RoleRow},
    servers::{self, ServerRow},
};

/// These servers, in no order.
pub(crate) async fn list_servers(db: &Db, servers: &[ServerId]) -> DbResult<Vec<ServerRow>> {
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let (these, ids) = in_list(1, servers.iter().copied());
    let columns = servers::COLUMNS_OF_S;
    db.all(
        &format!("SELECT {columns} FROM servers s WHERE s.server_id IN {these}"),
        ids,
    )
    .await
}

/// The server that an invitation is for, whether it can still be accepted or not.
pub(crate) async fn find_by_invitation(db: &Db, code: &str) -> DbResult<Option<ServerId>> {
    let sql = "SELECT server_id FROM invitations WHERE code = $1";
    Ok(db.optional::<(ServerId,)>(sql, args![code]).await?.map(|(id,)| id))
}

/// What the user was invited with by name and can still accept, the newest first. Of a server that has banned them they
/// are not told.
pub(crate) async fn list_invitations(
    db: &Db,
    user_id: UserId,
    now: Timestamp,
    limit: usize,
) -> DbResult<Vec<InvitationRow>> {
    let columns = invitations::COLUMNS;
    let sql = format!(
        "SELECT {columns} FROM invitations
         WHERE user_id = $1 AND (max_uses IS NULL OR uses < max_uses) AND (expires_at IS NULL OR expires_at > $2)
           AND NOT EXISTS (SELECT 1 FROM bans b WHERE b.server_id = invitations.server_id AND b.user_id = $1)
         ORDER BY created_at DESC, code LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    db.all(&sql, args![user_id, now, limit]).await
}

/// The servers that the user is in, the longest held first.
pub(crate) async fn list_of_user(db: &Db, user_id: UserId) -> DbResult<Vec<ServerRow>> {
    let columns = servers::COLUMNS_OF_S;
    let sql = format!(
        "SELECT {columns} FROM members m JOIN servers s ON s.server_id = m.server_id
         WHERE m.user_id = $1 ORDER BY m.joined_at, s.server_id"
    );
    db.all(&sql, args![user_id]).await
}

/// The user's memberships with their roles, the longest held first.
pub(crate) async fn list_memberships(db: &Db, user_id: UserId) -> DbResult<Vec<Membership>> {
    let columns = members::COLUMNS;
    let sql = format!("SELECT {columns} FROM members WHERE user_id = $1 ORDER BY joined_at, server_id");
    let rows: Vec<MemberRow> = db.all(&sql, args![user_id]).await?;
    let sql = "SELECT server_id, role_id FROM member_roles WHERE user_id = $1 ORDER BY role_id";
    let held: Vec<(ServerId, RoleId)> = db.all(sql, args![user_id]).await?;
    let roles_in = |server_id| {
        held.iter()
            .filter(|(server, _)| *server == server_id)
            .map(|(_, role)| *role)
            .collect()
    };
    Ok(rows
        .into_iter()
        .map(|row| Membership {
            role_ids: roles_in(row.server_id),
            row,
        })
        .collect())
}

/// Parts of several servers, as they were read one after the other.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) roles: Vec<RoleRow>,
    pub(crate) channels: Vec<ChannelRow>,
    pub(crate) overwrites: Vec<OverwriteRow>,
}

/// The roles, channels and overwrites of these servers, in three statements whatever their number.
pub(crate) async fn list_parts(db: &Db, servers: &[ServerId]) -> DbResult<Parts> {
    if servers.is_empty() {
        return Ok(Parts::default());
    }
    let (these, ids) = in_list(1, servers.iter().copied());
    let of = |columns: &str, table: &str, order: &str| {
        format!("SELECT {columns} FROM {table} WHERE server_id IN {these} ORDER BY server_id, {order}")
    };
    let roles = of(roles::COLUMNS, "roles", "position, id");
    let channels = of(channels::COLUMNS, "channels", "position, id");
    let overwrites = of(overwrites::COLUMNS, "overwrites", "channel_id, target_id");
    Ok(Parts {
        roles: db.all(&roles, ids.as_slice()).await?,
        channels: db.all(&channels, ids.as_slice()).await?,
        overwrites: db.all(&overwrites, ids.as_slice()).await?,
    })
}

/// The versions of these servers.
pub(crate) async fn list_versions(db: &Db, servers: &[ServerId]) -> DbResult<Vec<(ServerId, i64)>> {
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let (these, ids) = in_list(1, servers.iter().copied());
    let sql = format!("SELECT server_id, version FROM servers WHERE server_id IN {these}");
    db.all(&sql, ids.as_slice()).await
}

/// Up to `limit` users who are members somewhere, in the order of their ids.
pub(crate) async fn list_users(db: &Db, after: UserId, limit: i64) -> DbResult<Vec<UserId>> {
    let sql = "SELECT DISTINCT user_id FROM members WHERE user_id > $1 ORDER BY user_id LIMIT $2";
    Ok(db
        .all::<(UserId,)>(sql, args![after, limit])
        .await?
        .into_iter()
        .map(|(id,)| id)
        .collect())
}

/// Renews the copies of the user's summary wherever they differ.
pub(crate) async fn update_summary(tx: &mut Tx, user: &UserSummary) -> DbResult<u64> {
    let sql = "UPDATE members SET username = $2, display_name = $3, display_name_fold = $4, avatar_url = $5
               WHERE user_id = $1 AND (username <> $2 OR display_name <> $3 OR avatar_url IS DISTINCT FROM $5)";
    let (name, fold) = (user.display_name.as_str(), fold(&user.display_name));
    tx.run(
        sql,
        args![user.id, user.username.as_str(), name, fold, user.avatar_url.as_deref()],
    )
    .await
}

/// Those of these users of whom anything is kept here.
pub(crate) async fn list_known(db: &Db, users: &[UserId]) -> DbResult<Vec<UserId>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let (these, ids) = in_list(1, users.iter().copied());
    let sql = format!(
        "SELECT user_id FROM user_totals WHERE user_id IN {these}
         UNION SELECT user_id FROM invitations WHERE user_id IN {these} ORDER BY 1"
    );
    let found: Vec<(UserId,)> = db.all(&sql, ids).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Forgets a user who is no more and in no server: what they were invited to, what they were called, and how much they had.
pub(crate) async fn forget_user(tx: &mut Tx, user_id: UserId) -> DbResult<()> {
    const NICKNAMES: &str = "UPDATE audit_log SET changes = '[]'
        WHERE action = 'member.nickname_updated' AND target_id = $1";
    tx.run("DELETE FROM invitations WHERE user_id = $1", args![user_id])
        .await?;
    tx.run(NICKNAMES, args![user_id.to_string()]).await?;
    tx.run(
        "DELETE FROM user_totals WHERE user_id = $1 AND servers = 0",
        args![user_id],
    )
    .await?;
    Ok(())
}
