//! The tables `sign_in_grants` and `heard_logouts`.

use model::{SessionId, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, Tx},
};

platform::record! {
    /// What a sign-in stands on at the identity manager.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Grant {
        pub(crate) subject: String,
        /// The client by which somebody signed in.
        pub(crate) client: String,
        /// The session there, if there is one.
        pub(crate) session: Option<String>,
        /// Its refresh token, sealed.
        pub(crate) sealed: Option<Vec<u8>>,
        pub(crate) checked_at: Timestamp,
        /// When it was granted there, by the clock there, in whole seconds.
        pub(crate) granted_at: Timestamp,
    }
}

/// Keeps what the sign-in stands on.
pub(crate) async fn add(tx: &mut Tx, id: SessionId, grant: &Grant) -> DbResult<()> {
    const SQL: &str =
        "INSERT INTO sign_in_grants (sign_in_id, subject, client, session, sealed, checked_at, granted_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = args![
        id,
        grant.subject.as_str(),
        grant.client.as_str(),
        grant.session.as_deref(),
        grant.sealed.clone(),
        grant.checked_at,
        grant.granted_at,
    ];
    tx.run(SQL, values).await?;
    Ok(())
}

/// What the sign-in stands on, if this is a refresh token of it.
pub(crate) async fn find(db: &Db, id: SessionId, refresh_hash: &[u8]) -> DbResult<Option<(UserId, Grant)>> {
    const WHOSE: &str = "SELECT s.user_id FROM sign_ins s JOIN refresh_tokens t ON t.sign_in_id = s.id
        WHERE s.id = $1 AND t.hash = $2";
    const GRANT: &str = "SELECT subject, client, session, sealed, checked_at, granted_at FROM sign_in_grants
        WHERE sign_in_id = $1";
    let whose: Option<(UserId,)> = db.optional(WHOSE, args![id, refresh_hash.to_vec()]).await?;
    let Some((user_id,)) = whose else {
        return Ok(None);
    };
    Ok(db.optional(GRANT, args![id]).await?.map(|grant| (user_id, grant)))
}

/// Remembers that it was found alive, with the refresh token that is to be shown next.
pub(crate) async fn checked(tx: &mut Tx, id: SessionId, sealed: Option<&[u8]>, now: Timestamp) -> DbResult<()> {
    const SQL: &str = "UPDATE sign_in_grants SET sealed = COALESCE($2, sealed), checked_at = $3 WHERE sign_in_id = $1";
    tx.run(SQL, args![id, sealed.map(<[u8]>::to_vec), now]).await?;
    Ok(())
}

/// The session of the user's sign-in.
pub(crate) async fn session_of(db: &Db, user_id: UserId, id: SessionId) -> DbResult<Option<String>> {
    const SQL: &str = "SELECT g.session FROM sign_in_grants g JOIN sign_ins s ON s.id = g.sign_in_id
        WHERE s.user_id = $1 AND s.id = $2";
    let found: Option<(Option<String>,)> = db.optional(SQL, args![user_id, id]).await?;
    Ok(found.and_then(|(session,)| session))
}

/// Whether a sign-in stands on this session.
pub(crate) async fn is_stood_on(db: &Db, session: &str) -> DbResult<bool> {
    const SQL: &str = "SELECT sign_in_id FROM sign_in_grants WHERE session = $1 LIMIT 1";
    let found: Option<(SessionId,)> = db.optional(SQL, args![session]).await?;
    Ok(found.is_some())
}

/// Whether a sign-in stands on this session; without one, on this subject.
pub(crate) async fn is_named(db: &Db, subject: Option<&str>, session: Option<&str>) -> DbResult<bool> {
    const BY_SUBJECT: &str = "SELECT sign_in_id FROM sign_in_grants WHERE subject = $1 LIMIT 1";
    let found: Option<(SessionId,)> = match (session, subject) {
        (Some(session), _) => return is_stood_on(db, session).await,
        (None, Some(subject)) => db.optional(BY_SUBJECT, args![subject]).await?,
        (None, None) => None,
    };
    Ok(found.is_some())
}

/// The sign-ins that stand on this session; without one, on this subject, if they were granted by then.
pub(crate) async fn standing_on(
    tx: &mut Tx,
    subject: Option<&str>,
    session: Option<&str>,
    then: Timestamp,
) -> DbResult<Vec<(UserId, SessionId)>> {
    const BY_SESSION: &str = "SELECT s.user_id, s.id FROM sign_ins s JOIN sign_in_grants g ON g.sign_in_id = s.id
        WHERE g.session = $1";
    const BY_SUBJECT: &str = "SELECT s.user_id, s.id FROM sign_ins s JOIN sign_in_grants g ON g.sign_in_id = s.id
        WHERE g.subject = $1 AND g.granted_at <= $2";
    match (session, subject) {
        (Some(session), _) => tx.all(BY_SESSION, args![session]).await,
        (None, Some(subject)) => tx.all(BY_SUBJECT, args![subject, then]).await,
        (None, None) => Ok(Vec::new()),
    }
}

/// Remembers a log-out token until it has expired; `false` when it was heard before.
pub(crate) async fn hear(tx: &mut Tx, token_id: &str, now: Timestamp, until: Timestamp) -> DbResult<bool> {
    const SQL: &str = "INSERT INTO heard_logouts (token_id, until) VALUES ($1, $2) ON CONFLICT (token_id) DO NOTHING";
    tx.run("DELETE FROM heard_logouts WHERE until < $1", args![now]).await?;
    Ok(tx.run(SQL, args![token_id, until]).await? > 0)
}
