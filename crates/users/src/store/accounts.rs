//! Of the table `users`, what administrators see and decide.

use model::{Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

platform::record! {
    /// An account, as an administrator sees it.
    #[derive(Debug, Clone)]
    pub struct Account {
        /// The user.
        pub id: UserId,
        /// Their handle.
        pub username: String,
        /// Their e-mail address.
        pub email: String,
        /// When they signed up.
        pub created_at: Timestamp,
        /// Since when they are kept out.
        pub disabled_at: Option<Timestamp>,
        /// Since when they are an administrator of the instance.
        pub administrator_since: Option<Timestamp>,
        /// Since when codes are asked for.
        pub second_factor_since: Option<Timestamp>,
        /// When a sign-in of theirs that lives was last used.
        pub last_used_at: Option<Timestamp>,
    }
}

/// Up to `limit` accounts after that one, by id.
pub(crate) async fn list(db: &Db, after: UserId, limit: i64) -> DbResult<Vec<Account>> {
    const SQL: &str = "SELECT u.id, u.username, u.email, u.created_at, u.disabled_at, u.administrator_since,
            (SELECT f.confirmed_at FROM second_factors f WHERE f.user_id = u.id),
            (SELECT MAX(s.last_used_at) FROM sign_ins s WHERE s.user_id = u.id)
        FROM users u WHERE u.id > $1 AND u.erased_at IS NULL ORDER BY u.id LIMIT $2";
    db.all(SQL, args![after, limit]).await
}

/// Since when the user is kept out, and since when they are an administrator of the instance.
pub(crate) async fn marks(db: &Db, user_id: UserId) -> DbResult<Option<(Option<Timestamp>, Option<Timestamp>)>> {
    const SQL: &str = "SELECT disabled_at, administrator_since FROM users WHERE id = $1";
    db.optional(SQL, args![user_id]).await
}

/// Keeps the user out, or lets them in again (`None`); `false` when it was so already.
pub(crate) async fn set_disabled(tx: &mut Tx, user_id: UserId, since: Option<Timestamp>) -> DbResult<bool> {
    const SQL: &str = "UPDATE users SET disabled_at = $2
        WHERE id = $1 AND (disabled_at IS NULL) <> (CAST($2 AS BIGINT) IS NULL)";
    Ok(tx.run(SQL, args![user_id, since]).await? > 0)
}

/// Makes the user an administrator of the instance, or none (`None`); `false` when it was so already.
pub(crate) async fn set_administrator(tx: &mut Tx, user_id: UserId, since: Option<Timestamp>) -> DbResult<bool> {
    const SQL: &str = "UPDATE users SET administrator_since = $2
        WHERE id = $1 AND (administrator_since IS NULL) <> (CAST($2 AS BIGINT) IS NULL)";
    Ok(tx.run(SQL, args![user_id, since]).await? > 0)
}

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing stands against it.
    Good,
    /// An administrator keeps them out.
    Disabled,
    /// The account is being erased, or is no more.
    Gone,
}

platform::record! {
    struct StandingRow {
        disabled_at: Option<Timestamp>,
        erasing_until: Option<Timestamp>,
        erased_at: Option<Timestamp>,
    }
}

/// Whether the user may sign in. Whoever disables or erases them meanwhile waits for this transaction.
pub(crate) async fn standing(tx: &mut Tx, user_id: UserId) -> DbResult<Standing> {
    const SQL: &str =
        "UPDATE users SET language = language WHERE id = $1 RETURNING disabled_at, erasing_until, erased_at";
    let found: Option<StandingRow> = tx.optional(SQL, args![user_id]).await?;
    Ok(match found {
        None => Standing::Gone,
        Some(row) if row.erasing_until.is_some() || row.erased_at.is_some() => Standing::Gone,
        Some(row) if row.disabled_at.is_some() => Standing::Disabled,
        Some(_) => Standing::Good,
    })
}
