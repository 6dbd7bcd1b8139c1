//! The tables `members` and `member_roles`.

use std::collections::HashMap;

use contracts::permissions::MemberAccess;
use model::{RoleId, ServerId, Timestamp, UserId, search_key::fold};
use platform::{
    args,
    db::{DbResult, TenantTx, in_list},
};

use super::Reads;
use crate::{cursor::MemberCursor, search_term::SearchTerm};

platform::record! {
    /// A membership, with the copy of the user's summary.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct MemberRow {
        pub(crate) server_id: ServerId,
        pub(crate) user_id: UserId,
        pub(crate) nickname: Option<String>,
        pub(crate) joined_at: Timestamp,
        pub(crate) timeout_until: Option<Timestamp>,
        pub(crate) username: String,
        pub(crate) display_name: String,
        pub(crate) avatar_url: Option<String>,
    }
}

/// The columns of [`MemberRow`], in order.
macro_rules! columns {
    () => {
        "server_id, user_id, nickname, joined_at, timeout_until, username, display_name, avatar_url"
    };
}

/// The same for statements that cross servers.
pub(super) const COLUMNS: &str = columns!();

/// A membership and the roles held besides `everyone`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) row: MemberRow,
    pub(crate) role_ids: Vec<RoleId>,
}

impl Membership {
    /// As far as permissions go.
    pub(crate) fn access(&self) -> MemberAccess {
        MemberAccess {
            user_id: self.row.user_id,
            role_ids: self.role_ids.clone(),
            timeout_until: self.row.timeout_until,
        }
    }
}

/// What a decision about a user needs, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The server's version at that moment.
    pub(crate) version: i64,
    /// The membership, if there is one.
    pub(crate) member: Option<MemberAccess>,
}

platform::record! {
    /// One for each role, or a single one.
    struct StandingRow {
        version: i64,
        user_id: Option<UserId>,
        timeout_until: Option<Timestamp>,
        role_id: Option<RoleId>,
    }
}

/// The server's version and the user's membership in one statement, so that they fit together. `None`: no such server.
pub(crate) async fn find_standing(reads: &mut impl Reads, user_id: UserId) -> DbResult<Option<Standing>> {
    let sql = "SELECT servers.version, members.user_id, members.timeout_until, member_roles.role_id
               FROM servers
               LEFT JOIN members ON members.server_id = servers.server_id AND members.user_id = $2
               LEFT JOIN member_roles
                 ON member_roles.server_id = members.server_id AND member_roles.user_id = members.user_id
               WHERE servers.server_id = $1 ORDER BY member_roles.role_id";
    let rows: Vec<StandingRow> = reads.all(sql, &args![user_id]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (version, timeout_until) = (first.version, first.timeout_until);
    let role_ids = rows.iter().filter_map(|row| row.role_id).collect();
    let member = first.user_id.map(|user_id| MemberAccess {
        user_id,
        role_ids,
        timeout_until,
    });
    Ok(Some(Standing { version, member }))
}

/// One membership.
pub(crate) async fn lookup(reads: &mut impl Reads, user_id: UserId) -> DbResult<Option<Membership>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM members WHERE server_id = $1 AND user_id = $2"
    );
    let rows = reads.all(sql, &args![user_id]).await?;
    Ok(with_roles(reads, rows).await?.pop())
}

/// Up to `limit` members whose display name, username or nickname has the term in it, and who hold the role, if one is
/// given, by folded display name. Each comes
/// with the cursor that stands behind it.
pub(crate) async fn list(
    reads: &mut impl Reads,
    term: &SearchTerm,
    role: Option<RoleId>,
    after: &MemberCursor,
    limit: usize,
) -> DbResult<Vec<Membership>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM members
          WHERE server_id = $1
            AND (display_name_fold LIKE $2 ESCAPE '\\' OR username LIKE $2 ESCAPE '\\' OR nickname_fold LIKE $2 ESCAPE '\\')
            AND (display_name_fold, user_id) > ($3, $4)
            AND (CAST($6 AS BIGINT) = 0 OR EXISTS (
                 SELECT 1 FROM member_roles AS held
                  WHERE held.server_id = $1 AND held.user_id = members.user_id AND held.role_id = $6))
          ORDER BY display_name_fold, user_id LIMIT $5"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let role = role.map_or(0, |role| role.0);
    let arguments = args![
        term.pattern(),
        after.display_name_fold.as_str(),
        after.user_id,
        limit,
        role
    ];
    let rows = reads.all(sql, &arguments).await?;
    with_roles(reads, rows).await
}

/// Up to `limit` members with larger ids than `after`, by id.
pub(crate) async fn list_by_id(reads: &mut impl Reads, after: UserId, limit: usize) -> DbResult<Vec<Membership>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM members WHERE server_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = reads.all(sql, &args![after, limit]).await?;
    with_roles(reads, rows).await
}

/// Those of these users who are members, by id.
pub(crate) async fn list_these(reads: &mut impl Reads, users: &[UserId]) -> DbResult<Vec<Membership>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let (these, ids) = in_list(2, users.iter().copied());
    let sql = format!("SELECT {COLUMNS} FROM members WHERE server_id = $1 AND user_id IN {these} ORDER BY user_id");
    let rows = reads.all(&sql, &ids).await?;
    with_roles(reads, rows).await
}

async fn with_roles(reads: &mut impl Reads, rows: Vec<MemberRow>) -> DbResult<Vec<Membership>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (these, ids) = in_list(2, rows.iter().map(|row| row.user_id));
    let sql = format!(
        "SELECT user_id, role_id FROM member_roles WHERE server_id = $1 AND user_id IN {these} ORDER BY role_id"
    );
    let mut held: HashMap<UserId, Vec<RoleId>> = HashMap::new();
    for (user_id, role_id) in reads.all::<(UserId, RoleId)>(&sql, &ids).await? {
        held.entry(user_id).or_default().push(role_id);
    }
    let all = rows.into_iter().map(|row| Membership {
        role_ids: held.remove(&row.user_id).unwrap_or_default(),
        row,
    });
    Ok(all.collect())
}

/// Whoever stands highest but for this member: by their highest role, and then by how long they are there.
pub(crate) async fn find_heir(reads: &mut impl Reads, user_id: UserId) -> DbResult<Option<UserId>> {
    let sql = "SELECT members.user_id FROM members
               LEFT JOIN member_roles
                 ON member_roles.server_id = members.server_id AND member_roles.user_id = members.user_id
               LEFT JOIN roles ON roles.server_id = member_roles.server_id AND roles.id = member_roles.role_id
               WHERE members.server_id = $1 AND members.user_id <> $2
               GROUP BY members.user_id, members.joined_at
               ORDER BY COALESCE(MAX(roles.position), 0) DESC, members.joined_at, members.user_id LIMIT 1";
    Ok(reads
        .all::<(UserId,)>(sql, &args![user_id])
        .await?
        .pop()
        .map(|(user_id,)| user_id))
}

/// Adds a member; `false` when the user is one already.
pub(crate) async fn add(tx: &mut TenantTx, row: &MemberRow) -> DbResult<bool> {
    let sql = "INSERT INTO members (server_id, user_id, nickname, nickname_fold, joined_at, timeout_until,
                                    username, display_name, display_name_fold, avatar_url)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (server_id, user_id) DO NOTHING";
    let arguments = args![
        row.user_id,
        row.nickname.as_deref(),
        row.nickname.as_deref().map(fold),
        row.joined_at,
        row.timeout_until,
        row.username.as_str(),
        row.display_name.as_str(),
        fold(&row.display_name),
        row.avatar_url.as_deref(),
    ];
    Ok(tx.run(sql, arguments).await? == 1)
}

/// Changes what the member is called.
pub(crate) async fn rename(tx: &mut TenantTx, row: &MemberRow) -> DbResult<()> {
    let sql = "UPDATE members SET nickname = $3, nickname_fold = $4 WHERE server_id = $1 AND user_id = $2";
    let nickname = row.nickname.as_deref();
    tx.run(sql, args![row.user_id, nickname, nickname.map(fold)])
        .await
        .map(|_| ())
}

/// Changes until when the member may only read.
pub(crate) async fn time_out(tx: &mut TenantTx, row: &MemberRow) -> DbResult<()> {
    let sql = "UPDATE members SET timeout_until = $3 WHERE server_id = $1 AND user_id = $2";
    tx.run(sql, args![row.user_id, row.timeout_until]).await.map(|_| ())
}

/// Removes a member and what roles they hold; `false` when there is none.
pub(crate) async fn remove(tx: &mut TenantTx, user_id: UserId) -> DbResult<bool> {
    tx.run(
        "DELETE FROM member_roles WHERE server_id = $1 AND user_id = $2",
        args![user_id],
    )
    .await?;
    Ok(tx
        .run(
            "DELETE FROM members WHERE server_id = $1 AND user_id = $2",
            args![user_id],
        )
        .await?
        == 1)
}

/// Removes all members.
pub(crate) async fn remove_all(tx: &mut TenantTx) -> DbResult<()> {
    tx.run("DELETE FROM member_roles WHERE server_id = $1", []).await?;
    tx.run("DELETE FROM members WHERE server_id = $1", []).await.map(|_| ())
}
