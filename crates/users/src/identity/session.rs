//! Sign-ins: how they begin, go on and end, once it is known whose they are.

use std::{pin::pin, sync::Arc, time::Duration};

use contracts::events::{Audience, EventKind};
use model::{SessionId, Timestamp, UserId, limits};
use platform::{db::Tx, telemetry::RequestContext};
use serde_json::json;

use super::{
    RefreshToken,
    audit::{self, Act},
    keycloak,
};
use crate::{
    error::UsersError,
    service::{Service, Shared},
    store::{Exchange, Exchanged, NewSignIn, Standing, User, account, grant, sign_in, user},
};

/// How long a refresh token is accepted after it was exchanged: two tabs of one browser refresh at the same time.
const GRACE: Duration = Duration::from_secs(10);
/// How long a sign-in goes on here while the identity manager ends what it stands on.
const THERE_FIRST: Duration = Duration::from_secs(1);
/// What is kept of a `User-Agent`.
const USER_AGENT_MAX: usize = 200;

/// A user who is signed in now, and the tokens that say so.
pub(crate) struct SignedIn {
    pub(crate) user: User,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in: Duration,
}

impl Service {
    fn expiry(&self, now: Timestamp) -> Timestamp {
        now.plus(self.settings.refresh_token_lifetime)
    }

    fn signed_in(&self, user: User, refresh: &RefreshToken, now: Timestamp) -> Result<SignedIn, UsersError> {
        let (access_token, expires_in) = self.tokens.issue(user.id, refresh.sign_in, now)?;
        Ok(SignedIn {
            user,
            access_token,
            refresh_token: refresh.text(),
            expires_in,
        })
    }

    /// Tells that a sign-in has ended.
    pub(super) fn emit_revoked(&self, tx: &mut Tx, user_id: UserId, session: SessionId) -> Result<(), UsersError> {
        let event = self.event(EventKind::SessionRevoked, Audience::Services, user_id, &json!(null))?;
        tx.emit(contracts::events::Event {
            session_id: Some(session),
            ..event
        });
        Ok(())
    }
}

/// Ends the user's sign-ins, but for one that is kept.
pub(super) async fn end_all_but(
    service: &Service,
    tx: &mut Tx,
    user_id: UserId,
    kept: Option<SessionId>,
) -> Result<(), UsersError> {
    for ended in sign_in::remove_all_but(tx, user_id, kept, service.clock.now()).await? {
        service.emit_revoked(tx, user_id, ended)?;
    }
    Ok(())
}

/// Begins a sign-in of the user in `tx`, which is committed.
pub(crate) async fn begin_session(
    service: &Service,
    tx: Tx,
    user: User,
    user_agent: Option<&str>,
) -> Result<SignedIn, UsersError> {
    begin_session_on(service, tx, user, user_agent, None).await
}

/// Every sign-in begins here. The same for a sign-in that stands on something at the identity manager.
pub(super) async fn begin_session_on(
    service: &Service,
    mut tx: Tx,
    user: User,
    user_agent: Option<&str>,
    standing: Option<keycloak::Standing<'_>>,
) -> Result<SignedIn, UsersError> {
    let refused = match account::standing(&mut tx, user.id).await? {
        Standing::Good => None,
        Standing::Disabled => Some(UsersError::AccountDisabled),
        Standing::Gone => Some(UsersError::InvalidCredentials),
    };
    if let Some(refused) = refused {
        audit::note(Act::SignInRefused, user.id);
        return Err(refused);
    }
    let now = service.clock.now();
    let refresh = RefreshToken::new(SessionId(service.ids.next()));
    let user_agent: String = user_agent
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(USER_AGENT_MAX)
        .collect();
    let new = NewSignIn {
        id: refresh.sign_in,
        user_id: user.id,
        user_agent: &user_agent,
        now,
        expires_at: service.expiry(now),
        refresh_hash: &refresh.hash(),
    };
    sign_in::add(&mut tx, &new).await?;
    if let Some(standing) = standing {
        grant::add(&mut tx, new.id, &standing.grant(new.id, now)?).await?;
    }
    let most = i64::try_from(limits::SESSIONS_PER_USER).unwrap_or(i64::MAX);
    for ended in sign_in::remove_oldest(&mut tx, user.id, now, most).await? {
        service.emit_revoked(&mut tx, user.id, ended)?;
    }
    let signed_in = service.signed_in(user, &refresh, now)?;
    tx.commit().await?;
    Ok(signed_in)
}

/// Exchanges a refresh token for new tokens. A token that was exchanged before ends the sign-in everywhere.
pub(crate) async fn refresh(service: &Service, presented: &str) -> Result<SignedIn, UsersError> {
    let presented = RefreshToken::parse(presented).ok_or(UsersError::RefreshTokenInvalid)?;
    if let Some(keycloak) = service.keycloak()
        && let keycloak::Renewal::Ended(user_id) = keycloak::renew(service, keycloak, &presented).await?
    {
        if let Some(user_id) = user_id {
            end_here(service, user_id, presented.sign_in).await?;
        }
        return Err(UsersError::RefreshTokenInvalid);
    }
    let now = service.clock.now();
    let next = RefreshToken::new(presented.sign_in);
    let grace = i64::try_from(GRACE.as_millis()).unwrap_or(0);
    let exchange = Exchange {
        id: presented.sign_in,
        presented: &presented.hash(),
        next: &next.hash(),
        now,
        expires_at: service.expiry(now),
        exchanged_after: Timestamp::from_millis(now.as_millis() - grace),
    };
    let mut tx = service.db.begin().await?;
    match sign_in::exchange(&mut tx, &exchange).await? {
        Exchanged::Done(user_id) => {
            tx.commit().await?;
            let user = user::lookup(&service.db, user_id)
                .await?
                .ok_or(UsersError::RefreshTokenInvalid)?;
            service.signed_in(user, &next, now)
        }
        Exchanged::Reused(user_id) => {
            tracing::warn!(user.id = %user_id, session.id = %presented.sign_in, "a refresh token came back: the sign-in ends");
            sign_in::remove(&mut tx, user_id, presented.sign_in, now).await?;
            service.emit_revoked(&mut tx, user_id, presented.sign_in)?;
            tx.commit().await?;
            audit::note(Act::RefreshTokenReused, user_id);
            Err(UsersError::RefreshTokenInvalid)
        }
        Exchanged::Unknown => Err(UsersError::RefreshTokenInvalid),
    }
}

/// Ends one of the user's sign-ins, on every service and connection.
///
/// What it stands on at the identity manager ends first: whoever is told here that it is over may sign in again at once, and must
/// not be let in there by what ends a moment later. It ends here all the same when there nobody answers, and when whoever has
/// asked for it does not wait.
pub(crate) async fn end_session(service: &Shared, user_id: UserId, session: SessionId) -> Result<(), UsersError> {
    let there = match service.keycloak() {
        Some(_) => grant::session_of(&service.db, user_id, session).await?,
        None => None,
    };
    let Some(there) = there else {
        return end_here(service, user_id, session).await;
    };
    let service = Arc::clone(service);
    let ending = async move {
        let mut ending_there = pin!(async {
            if let Some(keycloak) = service.keycloak() {
                keycloak::end(keycloak, Some(there)).await;
            }
        });
        let has_ended = tokio::time::timeout(THERE_FIRST, &mut ending_there).await.is_ok();
        let ended = match end_here(&service, user_id, session).await {
            // The identity manager has told it.
            Err(UsersError::SessionNotFound) => Ok(()),
            ended => ended,
        };
        if !has_ended {
            ending_there.await;
        }
        ended
    };
    let ending = tokio::spawn(RequestContext::scope_of(RequestContext::current_cause(), ending));
    ending
        .await
        .unwrap_or_else(|error| Err(UsersError::Cryptography(error.to_string())))
}

async fn end_here(service: &Service, user_id: UserId, session: SessionId) -> Result<(), UsersError> {
    let mut tx = service.db.begin().await?;
    if !sign_in::remove(&mut tx, user_id, session, service.clock.now()).await? {
        return Err(UsersError::SessionNotFound);
    }
    service.emit_revoked(&mut tx, user_id, session)?;
    tx.commit().await?;
    audit::note(Act::SessionEnded, user_id);
    Ok(())
}
