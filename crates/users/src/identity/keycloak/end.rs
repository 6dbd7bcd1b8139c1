//! The end of sessions: Beep's log-out ends Keycloak's, and Keycloak's end Beep's (`OpenID` Connect Back-Channel Logout 1.0).

use std::time::Duration;

use model::{SessionId, Timestamp, UserId};
use platform::component::Away;

use super::{
    Keycloak, KeycloakError, Refusal,
    claims::{self, Claimed},
};
use crate::{
    error::UsersError,
    identity::audit::{self, Act},
    service::Service,
    store::{grant, sign_in},
};

/// How long Keycloak may take to end a session: somebody waits to be signed out.
const WITHIN: Duration = Duration::from_secs(5);

/// Ends the session there. If Keycloak does not answer, Beep's sign-in has ended all the same.
pub(crate) async fn end(keycloak: &Keycloak, session: Option<String>) {
    let Some(session) = session else { return };
    let ending = tokio::time::timeout(WITHIN, keycloak.end_session(&session));
    if let Err(error) = ending.await.unwrap_or(Err(KeycloakError::Away(Away))) {
        tracing::warn!(error.detail = %error, "a session at Keycloak cannot be ended");
    }
}

/// Keycloak says that a session has ended: what stands on it ends, on every service and connection.
pub(crate) async fn hear_logout(service: &Service, keycloak: &Keycloak, token: &str) -> Result<(), UsersError> {
    let now = service.clock.now();
    let somebody = async |claimed: &Claimed| {
        let (subject, session) = (claimed.sub.as_deref(), claimed.sid.as_deref());
        let found = grant::is_named(&service.db, subject, session).await;
        // Where nobody can look, it is as if it was somebody's.
        found.unwrap_or(true)
    };
    let claims = keycloak.logout_token(token, now, somebody).await.map_err(|error| {
        claims::refused("log_out", &error.to_string());
        UsersError::Manager(Refusal::LogoutTokenInvalid)
    })?;
    let mut tx = service.db.begin().await?;
    // As long as it would be accepted.
    let until = Timestamp::from_millis(claims.exp.saturating_add(120).saturating_mul(1_000));
    if !grant::hear(&mut tx, &claims.jti, now, until).await? {
        return Err(UsersError::Manager(Refusal::LogoutTokenInvalid));
    }
    // It may come late: what Keycloak has granted since then has not ended by it.
    let then = Timestamp::from_millis(claims.iat.saturating_mul(1_000));
    let ended: Vec<(UserId, SessionId)> =
        grant::standing_on(&mut tx, claims.sub.as_deref(), claims.sid.as_deref(), then).await?;
    for (user_id, id) in &ended {
        sign_in::remove(&mut tx, *user_id, *id, now).await?;
        service.emit_revoked(&mut tx, *user_id, *id)?;
    }
    tx.commit().await?;
    for (user_id, _) in ended {
        audit::note(Act::SessionEnded, user_id);
    }
    Ok(())
}
