//! The check of access tokens.

use std::{sync::Arc, time::Duration};

use jsonwebtoken::{Algorithm, Validation, jwk::JwkSet};
use model::Timestamp;

use super::{
    AUDIENCE, AuthError, Caller, Keys, RevokedSessions,
    claims::{Claims, TOKEN_TYPE},
    verified::{Verified, VerifiedTokens},
};

/// The longest token that is looked at, in bytes.
const TOKEN_MAX: usize = 4 * 1024;
/// How many verified tokens are remembered, and for how long.
const CACHE_ENTRIES: u64 = 50_000;
const CACHE_LIFETIME: Duration = Duration::from_mins(1);

/// Checks access tokens of one issuer. Clones share keys, revocations and cache.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    validation: Validation,
    keys: Keys,
    revoked: RevokedSessions,
    verified: VerifiedTokens<Caller>,
}

impl Authenticator {
    /// Accepts tokens of `issuer` that are signed by one of `keys` and whose sign-in is not among `revoked`.
    #[must_use]
    pub fn new(issuer: &str, keys: &JwkSet, revoked: RevokedSessions) -> Self {
        Self::with_keys(issuer, Keys::of(keys), revoked)
    }

    /// The same with keys that may change. A token that was verified is remembered for up to a minute after its key has
    /// gone.
    #[must_use]
    pub fn with_keys(issuer: &str, keys: Keys, revoked: RevokedSessions) -> Self {
        Self(Arc::new(Inner {
            validation: validation(issuer, AUDIENCE),
            keys,
            revoked,
            verified: VerifiedTokens::new(TOKEN_MAX, CACHE_ENTRIES, CACHE_LIFETIME),
        }))
    }

    /// The sign-ins that have ended; shared, so that events can feed it.
    #[must_use]
    pub fn revoked(&self) -> &RevokedSessions {
        &self.0.revoked
    }

    /// Who bears this token.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Caller, AuthError> {
        let caller = self.0.verified.bearer(token, now, || self.check(token))?;
        if self.0.revoked.contains(caller.session_id) {
            Err(AuthError::Revoked)
        } else {
            Ok(caller)
        }
    }

    /// Everything about the token that does not change with time.
    fn check(&self, token: &str) -> Result<Verified<Caller>, AuthError> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| AuthError::from(&error))?;
        if header.alg != Algorithm::EdDSA {
            return Err(AuthError::Algorithm);
        }
        if !header.typ.is_some_and(|kind| kind.eq_ignore_ascii_case(TOKEN_TYPE)) || header.crit.is_some() {
            return Err(AuthError::Malformed);
        }
        let key_id = header.kid.ok_or(AuthError::UnknownKey)?;
        let (_, key) = self.0.keys.find(&key_id).ok_or(AuthError::UnknownKey)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &self.0.validation)
            .map_err(|error| AuthError::from(&error))?
            .claims;
        let caller = Caller {
            user_id: claims.sub,
            session_id: claims.sid,
        };
        Ok(Verified {
            bearer: caller,
            not_before: claims.nbf,
            expires: claims.exp,
        })
    }
}

/// What every token must say to be accepted.
pub(super) fn validation(issuer: &str, audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    // The time is the caller's, not the machine's: checked apart.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

#[cfg(test)]
#[path = "authenticator_tests.rs"]
mod tests;
