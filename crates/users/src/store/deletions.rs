//! Of the table `users`, whose accounts end; and all that goes with one.

use model::{Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

use super::users::{User, UserRow, columns};

/// First and last name of whoever had an account.
const NAME: [&str; 2] = ["Deleted", "user"];

/// What is kept of a user in other tables, and goes with the account. Sign-ins are ended, and usernames kept for a while.
const BELONGINGS: [&str; 8] = [
    "DELETE FROM second_factors WHERE user_id = $1",
    "DELETE FROM recovery_codes WHERE user_id = $1",
    "DELETE FROM passkeys WHERE user_id = $1",
    "DELETE FROM account_links WHERE user_id = $1",
    "DELETE FROM email_changes WHERE user_id = $1",
    "DELETE FROM identities WHERE user_id = $1",
    "DELETE FROM pending_sign_ups WHERE user_id = $1",
    "DELETE FROM mails WHERE user_id = $1 OR address = (SELECT email FROM users WHERE id = $1)",
];

/// When the account is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// As it was said now.
    Now(Timestamp),
    /// As it was said before.
    Before(Timestamp),
    /// It is being erased, or there is none.
    TooLate,
}

impl Begun {
    /// When, unless it is too late.
    pub(crate) const fn at(self) -> Option<Timestamp> {
        match self {
            Self::Now(at) | Self::Before(at) => Some(at),
            Self::TooLate => None,
        }
    }
}

/// Has the account erased at that time, unless another was said before.
pub(crate) async fn begin(tx: &mut Tx, user_id: UserId, at: Timestamp) -> DbResult<Begun> {
    const SQL: &str = "UPDATE users SET deletion_at = $2
        WHERE id = $1 AND deletion_at IS NULL AND erased_at IS NULL AND erasing_until IS NULL";
    const BEFORE: &str = "SELECT deletion_at FROM users
        WHERE id = $1 AND deletion_at IS NOT NULL AND erased_at IS NULL AND erasing_until IS NULL";
    if tx.run(SQL, args![user_id, at]).await? > 0 {
        return Ok(Begun::Now(at));
    }
    let before: Option<(Timestamp,)> = tx.optional(BEFORE, args![user_id]).await?;
    Ok(before.map_or(Begun::TooLate, |(at,)| Begun::Before(at)))
}

/// How it went to take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// The account stays.
    Done,
    /// It was not to be deleted.
    NotBegun,
    /// It is being erased, or there is none.
    TooLate,
}

/// Takes it back.
pub(crate) async fn cancel(tx: &mut Tx, user_id: UserId) -> DbResult<Cancelled> {
    const SQL: &str = "UPDATE users SET deletion_at = NULL
        WHERE id = $1 AND deletion_at IS NOT NULL AND erased_at IS NULL AND erasing_until IS NULL";
    const ELSE: &str = "SELECT id FROM users WHERE id = $1 AND erased_at IS NULL AND erasing_until IS NULL";
    if tx.run(SQL, args![user_id]).await? > 0 {
        return Ok(Cancelled::Done);
    }
    let stays: Option<(UserId,)> = tx.optional(ELSE, args![user_id]).await?;
    Ok(stays.map_or(Cancelled::TooLate, |_| Cancelled::NotBegun))
}

/// Those whose time has come and whom nobody erases at this moment, the earliest first.
pub(crate) async fn due(db: &Db, now: Timestamp, limit: i64) -> DbResult<Vec<UserId>> {
    const SQL: &str = "SELECT id FROM users WHERE deletion_at <= $1 AND (erasing_until IS NULL OR erasing_until <= $1)
        ORDER BY deletion_at, id LIMIT $2";
    let found: Vec<(UserId,)> = db.all(SQL, args![now, limit]).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Takes one of them; of several who want to, one does. From now on the user cannot sign in, and takes nothing back.
pub(crate) async fn take_lease(tx: &mut Tx, user_id: UserId, now: Timestamp, until: Timestamp) -> DbResult<bool> {
    const SQL: &str = "UPDATE users SET erasing_until = $3
        WHERE id = $1 AND deletion_at <= $2 AND (erasing_until IS NULL OR erasing_until <= $2)";
    Ok(tx.run(SQL, args![user_id, now, until]).await? > 0)
}

/// It cannot be done now: whoever holds this lease keeps it no longer than until then. Nobody takes anything back meanwhile.
pub(crate) async fn put_off(tx: &mut Tx, user_id: UserId, lease: Timestamp, until: Timestamp) -> DbResult<()> {
    const SQL: &str = "UPDATE users SET erasing_until = $3 WHERE id = $1 AND erasing_until = $2 AND erased_at IS NULL";
    tx.run(SQL, args![user_id, lease, until]).await?;
    Ok(())
}

/// Removes what belongs to the user and empties their row, if it is still under this lease. What others see is that there was
/// somebody. Neither the username nor the address is one that anybody can choose.
pub(crate) async fn erase(tx: &mut Tx, user_id: UserId, lease: Timestamp, now: Timestamp) -> DbResult<Option<User>> {
    const HOLD: &str = "UPDATE users SET erasing_until = $2 WHERE id = $1 AND erasing_until = $2 AND erased_at IS NULL";
    const EMPTY: &str = concat!(
        "UPDATE users SET username = $2, username_key = NULL, email = $3, first_name = $4, last_name = $5,
            biography = '', status = 'online', status_text = '', avatar_url = NULL, banner_url = NULL, password_hash = $6,
            language = 'en', theme = 'system', density = 'cosy', disabled_at = NULL, administrator_since = NULL,
            deletion_at = NULL, erasing_until = NULL, erased_at = $7
        WHERE id = $1 RETURNING ",
        columns!()
    );
    if tx.run(HOLD, args![user_id, lease]).await? == 0 {
        return Ok(None);
    }
    for sql in BELONGINGS {
        tx.run(sql, args![user_id]).await?;
    }
    let (username, email) = (format!("_deleted-{user_id}"), format!("deleted:{user_id}"));
    let [first_name, last_name] = NAME;
    let values = args![
        user_id,
        username.as_str(),
        email.as_str(),
        first_name,
        last_name,
        crate::identity::keycloak::NO_PASSWORD,
        now,
    ];
    Ok(tx.optional::<UserRow>(EMPTY, values).await?.map(User::from))
}

/// Up to `limit` who were erased since then, and of those of exactly that time only such with larger ids: the earliest first.
pub(crate) async fn list_erased(
    db: &Db,
    since: Timestamp,
    after: UserId,
    limit: i64,
) -> DbResult<Vec<(UserId, Timestamp)>> {
    const SQL: &str = "SELECT id, erased_at FROM users WHERE erased_at > $1 OR (erased_at = $1 AND id > $2)
        ORDER BY erased_at, id LIMIT $3";
    db.all(SQL, args![since, after, limit]).await
}
