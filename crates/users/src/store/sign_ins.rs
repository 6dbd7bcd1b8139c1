//! The tables `sign_ins`, `ended_sign_ins` and `refresh_tokens`.

use model::{SessionId, Timestamp, UserId};
use platform::{
    args,
    auth::ACCESS_TOKEN_LIFETIME,
    db::{Db, DbResult, Tx, Value, in_list, tuples},
};

platform::record! {
    /// A device on which a user is signed in.
    #[derive(Debug, Clone)]
    pub(crate) struct SignIn {
        pub(crate) id: SessionId,
        pub(crate) user_agent: String,
        pub(crate) created_at: Timestamp,
        pub(crate) last_used_at: Timestamp,
    }
}

/// A sign-in to be.
pub(crate) struct NewSignIn<'a> {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) user_agent: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) refresh_hash: &'a [u8],
}

/// An exchange of a refresh token for the next one.
pub(crate) struct Exchange<'a> {
    pub(crate) id: SessionId,
    pub(crate) presented: &'a [u8],
    pub(crate) next: &'a [u8],
    pub(crate) now: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// A token that was exchanged after this is accepted once more: two tabs refresh at the same time.
    pub(crate) exchanged_after: Timestamp,
}

/// How an exchange ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Exchanged {
    /// The next token counts.
    Done(UserId),
    /// The token was exchanged long ago: somebody has a copy.
    Reused(UserId),
    /// There is no such token, or the sign-in has expired.
    Unknown,
}

/// Adds a sign-in with its first refresh token.
pub(crate) async fn add(tx: &mut Tx, new: &NewSignIn<'_>) -> DbResult<()> {
    const SIGN_IN: &str = "INSERT INTO sign_ins (id, user_id, user_agent, created_at, last_used_at, expires_at)
        VALUES ($1, $2, $3, $4, $4, $5)";
    tx.run(
        SIGN_IN,
        args![new.id, new.user_id, new.user_agent, new.now, new.expires_at],
    )
    .await?;
    add_token(tx, new.id, new.refresh_hash).await
}

async fn add_token(tx: &mut Tx, id: SessionId, hash: &[u8]) -> DbResult<()> {
    tx.run(
        "INSERT INTO refresh_tokens (sign_in_id, hash) VALUES ($1, $2)",
        args![id, hash.to_vec()],
    )
    .await?;
    Ok(())
}

/// Exchanges a refresh token. Of two that present the same one at the same time, one exchanges it and the other is within
/// the grace. Of the tokens that both get, the one that is used first counts, and the other is as if it had been exchanged.
pub(crate) async fn exchange(tx: &mut Tx, exchange: &Exchange<'_>) -> DbResult<Exchanged> {
    const ALIVE: &str =
        "UPDATE sign_ins SET last_used_at = $2, expires_at = $3 WHERE id = $1 AND expires_at > $2 RETURNING user_id";
    const TAKE: &str =
        "UPDATE refresh_tokens SET exchanged_at = $3 WHERE sign_in_id = $1 AND hash = $2 AND exchanged_at IS NULL";
    const SUPERSEDE: &str =
        "UPDATE refresh_tokens SET exchanged_at = $2 WHERE sign_in_id = $1 AND exchanged_at IS NULL";
    const SEEN: &str = "SELECT exchanged_at FROM refresh_tokens WHERE sign_in_id = $1 AND hash = $2";
    const FORGET: &str = "DELETE FROM refresh_tokens WHERE sign_in_id = $1 AND exchanged_at < $2";
    let alive: Option<(UserId,)> = tx
        .optional(ALIVE, args![exchange.id, exchange.now, exchange.expires_at])
        .await?;
    let Some((user_id,)) = alive else {
        return Ok(Exchanged::Unknown);
    };
    let presented = exchange.presented.to_vec();
    let taken = tx
        .run(TAKE, args![exchange.id, presented.clone(), exchange.now])
        .await?;
    if taken > 0 {
        // Whoever got another token within the grace, a second tab or a thief, shows themself when they use it.
        tx.run(SUPERSEDE, args![exchange.id, exchange.now]).await?;
    } else {
        let seen: Option<(Option<Timestamp>,)> = tx.optional(SEEN, args![exchange.id, presented]).await?;
        match seen {
            Some((Some(at),)) if at < exchange.exchanged_after => return Ok(Exchanged::Reused(user_id)),
            Some(_) => {}
            None => return Ok(Exchanged::Unknown),
        }
    }
    add_token(tx, exchange.id, exchange.next).await?;
    // A copy that is older than a day is of no use to whoever has it, but the list must not grow for ever.
    let day_ago = Timestamp::from_millis(exchange.now.as_millis() - 86_400_000);
    tx.run(FORGET, args![exchange.id, day_ago]).await?;
    Ok(Exchanged::Done(user_id))
}

/// Where the user is signed in, used last first.
pub(crate) async fn list(db: &Db, user_id: UserId, now: Timestamp) -> DbResult<Vec<SignIn>> {
    const SQL: &str = "SELECT id, user_agent, created_at, last_used_at FROM sign_ins
        WHERE user_id = $1 AND expires_at > $2 ORDER BY last_used_at DESC, id DESC";
    db.all(SQL, args![user_id, now]).await
}

/// Ends a sign-in; `false` when the user has none of that id.
pub(crate) async fn remove(tx: &mut Tx, user_id: UserId, id: SessionId, now: Timestamp) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM sign_ins WHERE user_id = $1 AND id = $2";
    if tx.run(SQL, args![user_id, id]).await? == 0 {
        return Ok(false);
    }
    remember_end(tx, &[id], now).await?;
    Ok(true)
}

/// Ends all sign-ins of the user but one; answers those that ended.
pub(crate) async fn remove_all_but(
    tx: &mut Tx,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> DbResult<Vec<SessionId>> {
    const SQL: &str = "DELETE FROM sign_ins WHERE user_id = $1 AND id <> $2 RETURNING id";
    // No sign-in has the id 0.
    let kept = kept.unwrap_or(SessionId(0));
    let ended: Vec<(SessionId,)> = tx.all(SQL, args![user_id, kept]).await?;
    let ended: Vec<SessionId> = ended.into_iter().map(|(id,)| id).collect();
    if !ended.is_empty() {
        remember_end(tx, &ended, now).await?;
    }
    Ok(ended)
}

/// Remembers that these have ended, and forgets those that ended so long ago that no token of theirs is valid.
async fn remember_end(tx: &mut Tx, ended: &[SessionId], now: Timestamp) -> DbResult<()> {
    let sql = format!(
        "INSERT INTO ended_sign_ins (id, ended_at) VALUES {}",
        tuples(1, ended.len(), 2)
    );
    let values = ended.iter().flat_map(|id| [Value::from(*id), Value::from(now)]);
    tx.run(&sql, values.collect::<Vec<_>>()).await?;
    tx.run("DELETE FROM ended_sign_ins WHERE ended_at < $1", args![tokens_end(now)])
        .await?;
    Ok(())
}

/// Tokens of sign-ins that ended before this have all expired; twice the lifetime, since clocks differ.
fn tokens_end(now: Timestamp) -> Timestamp {
    let lifetime = i64::try_from(ACCESS_TOKEN_LIFETIME.as_millis()).unwrap_or(0);
    Timestamp::from_millis(now.as_millis() - 2 * lifetime)
}

/// Sign-ins that have ended and whose tokens may still be valid.
pub(crate) async fn list_ended(db: &Db, now: Timestamp) -> DbResult<Vec<SessionId>> {
    let sql = "SELECT id FROM ended_sign_ins WHERE ended_at >= $1";
    let rows: Vec<(SessionId,)> = db.all(sql, args![tokens_end(now)]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Ends what has expired and the oldest beyond `most`; answers those that had not expired.
pub(crate) async fn remove_oldest(tx: &mut Tx, user_id: UserId, now: Timestamp, most: i64) -> DbResult<Vec<SessionId>> {
    const SURPLUS: &str =
        "SELECT id FROM sign_ins WHERE user_id = $1 ORDER BY last_used_at DESC, id DESC LIMIT 1000 OFFSET $2";
    tx.run(
        "DELETE FROM sign_ins WHERE user_id = $1 AND expires_at <= $2",
        args![user_id, now],
    )
    .await?;
    let surplus: Vec<SessionId> = tx
        .all::<(SessionId,)>(SURPLUS, args![user_id, most])
        .await?
        .into_iter()
        .map(|(id,)| id)
        .collect();
    if !surplus.is_empty() {
        let (these, values) = in_list(1, surplus.iter().copied());
        tx.run(&format!("DELETE FROM sign_ins WHERE id IN {these}"), values)
            .await?;
        remember_end(tx, &surplus, now).await?;
    }
    Ok(surplus)
}
