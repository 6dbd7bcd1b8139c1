//! The tables `account_links` and `email_changes`.

use model::{Email, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To set a password.
    Password,
    /// To confirm an e-mail address.
    Email,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Email => "email",
        }
    }
}

/// A link to be.
pub(crate) struct NewLink<'a> {
    pub(crate) hash: &'a [u8],
    pub(crate) purpose: Purpose,
    pub(crate) user_id: UserId,
    pub(crate) email: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Adds a link, and forgets those of the user that have expired.
pub(crate) async fn add(tx: &mut Tx, new: &NewLink<'_>) -> DbResult<()> {
    const OLD: &str = "DELETE FROM account_links WHERE user_id = $1 AND expires_at <= $2";
    const SQL: &str =
        "INSERT INTO account_links (hash, purpose, user_id, email, expires_at) VALUES ($1, $2, $3, $4, $5)";
    tx.run(OLD, args![new.user_id, new.now]).await?;
    let values = args![
        new.hash.to_vec(),
        new.purpose.as_str(),
        new.user_id,
        new.email,
        new.expires_at
    ];
    tx.run(SQL, values).await?;
    Ok(())
}

/// Whose link this is, if it is good.
pub(crate) async fn find(db: &Db, purpose: Purpose, hash: &[u8], now: Timestamp) -> DbResult<Option<UserId>> {
    const SQL: &str = "SELECT user_id FROM account_links WHERE hash = $1 AND purpose = $2 AND expires_at > $3";
    let found: Option<(UserId,)> = db.optional(SQL, args![hash.to_vec(), purpose.as_str(), now]).await?;
    Ok(found.map(|(user_id,)| user_id))
}

/// Uses a good link up, and answers whose it was and which address it named: of several who use it at once, one does.
pub(crate) async fn take(
    tx: &mut Tx,
    purpose: Purpose,
    hash: &[u8],
    now: Timestamp,
) -> DbResult<Option<(UserId, Email)>> {
    const SQL: &str = "DELETE FROM account_links WHERE hash = $1 AND purpose = $2 AND expires_at > $3
        RETURNING user_id, email";
    let taken: Option<(UserId, String)> = tx.optional(SQL, args![hash.to_vec(), purpose.as_str(), now]).await?;
    Ok(taken.map(|(user_id, email)| (user_id, Email::trusted(email))))
}

/// Makes all links of the user void.
pub(crate) async fn remove_all(tx: &mut Tx, user_id: UserId) -> DbResult<()> {
    tx.run("DELETE FROM account_links WHERE user_id = $1", args![user_id])
        .await?;
    Ok(())
}

/// Notes the address that the user wants to have, in place of another one, whose links are void.
pub(crate) async fn begin_change(tx: &mut Tx, user_id: UserId, email: &Email, expires_at: Timestamp) -> DbResult<()> {
    const SQL: &str = "INSERT INTO email_changes (user_id, email, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET email = $2, expires_at = $3";
    cancel_change(tx, user_id).await?;
    tx.run(SQL, args![user_id, email.expose(), expires_at]).await?;
    Ok(())
}

/// Forgets the address that the user wanted to have, and its links; `false` when there was none.
pub(crate) async fn cancel_change(tx: &mut Tx, user_id: UserId) -> DbResult<bool> {
    const LINKS: &str = "DELETE FROM account_links WHERE user_id = $1 AND purpose = 'email'";
    tx.run(LINKS, args![user_id]).await?;
    Ok(tx
        .run("DELETE FROM email_changes WHERE user_id = $1", args![user_id])
        .await?
        > 0)
}

/// The address that the user wants to have, and until when they may confirm it.
pub(crate) async fn find_change(db: &Db, user_id: UserId, now: Timestamp) -> DbResult<Option<(Email, Timestamp)>> {
    const SQL: &str = "SELECT email, expires_at FROM email_changes WHERE user_id = $1 AND expires_at > $2";
    let found: Option<(String, Timestamp)> = db.optional(SQL, args![user_id, now]).await?;
    Ok(found.map(|(email, expires_at)| (Email::trusted(email), expires_at)))
}
