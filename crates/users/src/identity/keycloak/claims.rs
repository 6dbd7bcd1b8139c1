//! What Keycloak's tokens say, once they are verified.

use std::collections::BTreeMap;

use jsonwebtoken::{Validation, dangerous::insecure_decode_claims};
use model::Timestamp;
use platform::auth::{AuthError, KeySource};
use serde::{Deserialize, de::DeserializeOwned};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

use super::{Keycloak, KeycloakError, LOGIN, LOOK_AGAIN, WEB};

/// The longest token that is looked at, in bytes.
const TOKEN_MAX: usize = 16 * 1024;
/// How far clocks may be apart, in seconds.
const CLOCKS_DIFFER: i64 = 60;
/// The event that a log-out token is about.
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Who signed in, by an ID token.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct IdClaims {
    pub(super) sub: String,
    pub(super) sid: Option<String>,
    nonce: Option<String>,
    azp: Option<String>,
    pub(super) preferred_username: Option<String>,
    pub(super) email: Option<String>,
    pub(super) given_name: Option<String>,
    pub(super) family_name: Option<String>,
    pub(super) beep_user_id: Option<String>,
    /// When the password, or what is in its place, was last asked for.
    pub(super) auth_time: Option<i64>,
    exp: i64,
    pub(super) iat: i64,
}

/// Whose end a log-out token is about, which nobody has verified.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Claimed {
    pub(super) sub: Option<String>,
    pub(super) sid: Option<String>,
}

/// What has ended, by a log-out token.
#[derive(Debug, Deserialize)]
pub(super) struct LogoutClaims {
    pub(super) sub: Option<String>,
    pub(super) sid: Option<String>,
    pub(super) jti: String,
    pub(super) exp: i64,
    pub(super) iat: i64,
    events: BTreeMap<String, serde_json::Value>,
    nonce: Option<serde_json::Value>,
}

impl Keycloak {
    /// Verifies an ID token that was issued to the client; of a sign-in in the browser also that it is the answer to this one.
    pub(super) async fn id_token(
        &self,
        token: &str,
        client: &str,
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<IdClaims, KeycloakError> {
        let wrong = |error: AuthError| KeycloakError::Refused(format!("ID token: {error}"));
        let missed = Instant::now();
        let mut verified = self.verify::<IdClaims>(token, &[client], "JWT");
        if matches!(verified, Err(AuthError::UnknownKey)) {
            self.look_at_keys(missed, false).await;
            verified = self.verify(token, &[client], "JWT");
        }
        let claims = verified.map_err(|error| match error {
            // It comes from Keycloak itself: that its key is not published does not say that nobody signed in.
            AuthError::UnknownKey => KeycloakError::Unexpected(format!("ID token: {error}")),
            error => wrong(error),
        })?;
        in_time(claims.iat, claims.exp, now).map_err(wrong)?;
        let said = claims.nonce.as_deref().unwrap_or_default();
        let answers = nonce.is_none_or(|nonce| bool::from(said.as_bytes().ct_eq(nonce.as_bytes())));
        if !answers || claims.azp.as_deref().is_some_and(|azp| azp != client) {
            return Err(wrong(AuthError::Audience));
        }
        Ok(claims)
    }

    /// Verifies a log-out token (`OpenID` Connect Back-Channel Logout 1.0, section 2.6), but for whether it was heard before.
    /// One whose key is not known waits for the next look at them, if `somebody` stands on what it names: strangers, who can name
    /// nothing of the kind, are refused at once, so that however many they are they keep no place from a genuine one.
    pub(super) async fn logout_token(
        &self,
        token: &str,
        now: Timestamp,
        somebody: impl AsyncFnOnce(&Claimed) -> bool,
    ) -> Result<LogoutClaims, AuthError> {
        let missed = Instant::now();
        let mut verified = self.verify::<LogoutClaims>(token, &[WEB, LOGIN], "logout+jwt");
        if matches!(verified, Err(AuthError::UnknownKey)) {
            let claimed: Claimed = insecure_decode_claims(token).map_err(|error| AuthError::from(&error))?;
            if !somebody(&claimed).await {
                return Err(AuthError::UnknownKey);
            }
            let _place = self.waiting.try_acquire().map_err(|_| AuthError::UnknownKey)?;
            while let Some(again) = self.look_at_keys(missed, true).await {
                tokio::time::sleep_until(again).await;
            }
            verified = self.verify(token, &[WEB, LOGIN], "logout+jwt");
        }
        let claims = verified?;
        in_time(claims.iat, claims.exp, now)?;
        let about = claims.events.get(LOGOUT).is_some_and(serde_json::Value::is_object);
        let named = claims.sub.is_some() || claims.sid.is_some();
        if about && named && claims.nonce.is_none() && !claims.jti.is_empty() {
            Ok(claims)
        } else {
            Err(AuthError::Malformed)
        }
    }

    fn verify<T: DeserializeOwned>(&self, token: &str, audience: &[&str], kind: &str) -> Result<T, AuthError> {
        if token.len() > TOKEN_MAX {
            return Err(AuthError::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|error| AuthError::from(&error))?;
        if !self.keys.accept(header.alg) {
            return Err(AuthError::Algorithm);
        }
        if !header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case(kind)) || header.crit.is_some() {
            return Err(AuthError::Malformed);
        }
        let key_id = header.kid.ok_or(AuthError::UnknownKey)?;
        let (algorithm, key) = self.keys.find(&key_id).ok_or(AuthError::UnknownKey)?;
        // What a key is for its owner says, and never the token.
        if header.alg != algorithm {
            return Err(AuthError::Algorithm);
        }
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(audience);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // The time is the service's, not the machine's: checked apart.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let decoded = jsonwebtoken::decode::<T>(token, &key, &validation);
        Ok(decoded.map_err(|error| AuthError::from(&error))?.claims)
    }

    /// Looks at the published keys, unless somebody has since then. Who must not make us ask all the time is told when to come
    /// again.
    async fn look_at_keys(&self, since: Instant, politely: bool) -> Option<Instant> {
        let mut looked = self.looked.lock().await;
        let next = match *looked {
            Some(at) if at >= since => return None,
            Some(at) if politely => at + LOOK_AGAIN,
            _ => since,
        };
        if next > Instant::now() {
            return Some(next);
        }
        *looked = Some(Instant::now());
        match self.key_source().jwks().await {
            Ok(jwks) => self.keys.set(&jwks),
            Err(error) => tracing::warn!(error.detail = %error, "Keycloak's keys cannot be read"),
        }
        None
    }
}

/// Notes that what was said to come from Keycloak is not accepted. Whoever is not signed in can say so as often as they like: it is
/// counted, and no line of the log that an operator reads.
pub(super) fn refused(what: &'static str, why: &str) {
    metrics::counter!("identity_manager_refused_total", "what" => what).increment(1);
    tracing::debug!(
        error.detail = why,
        what,
        "what was said to come from Keycloak is not accepted"
    );
}

fn in_time(issued: i64, expires: i64, now: Timestamp) -> Result<(), AuthError> {
    let seconds = now.as_millis().div_euclid(1_000);
    if expires <= seconds - CLOCKS_DIFFER {
        Err(AuthError::Expired)
    } else if issued > seconds + CLOCKS_DIFFER {
        Err(AuthError::NotYetValid)
    } else {
        Ok(())
    }
}

#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;
