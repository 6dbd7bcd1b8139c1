//! The check of access tokens.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, JwkSet},
};
use model::Timestamp;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::{
    AUDIENCE, AuthError, Caller, RevokedSessions,
    claims::{Claims, TOKEN_TYPE},
};

/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 5;
/// The longest token that is looked at, in bytes.
const TOKEN_MAX: usize = 4 * 1024;
/// How many verified tokens are remembered, and for how long.
const CACHE_ENTRIES: u64 = 50_000;
const CACHE_LIFETIME: Duration = Duration::from_mins(1);

/// Where the issuer's public keys come from.
pub trait KeySource {
    /// The keys that are valid now.
    fn jwks(&self) -> impl Future<Output = Result<JwkSet, AuthError>> + Send;
}

/// Checks access tokens of one issuer. Clones share keys, revocations and cache.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    validation: Validation,
    keys: RwLock<HashMap<String, DecodingKey>>,
    revoked: RevokedSessions,
    /// By the token's hash, so that no token lies in memory longer than its request.
    verified: Cache<[u8; 32], Verified>,
}

#[derive(Debug, Clone, Copy)]
struct Verified {
    caller: Caller,
    not_before: i64,
    expires: i64,
}

impl Verified {
    /// The caller, if the token is valid at `now`.
    fn at(self, now: Timestamp) -> Result<Caller, AuthError> {
        let seconds = now.as_millis().div_euclid(1_000);
        if seconds >= self.expires.saturating_add(LEEWAY) {
            Err(AuthError::Expired)
        } else if seconds < self.not_before.saturating_sub(LEEWAY) {
            Err(AuthError::NotYetValid)
        } else {
            Ok(self.caller)
        }
    }
}

impl Authenticator {
    /// Accepts tokens of `issuer` that are signed by one of `keys` and whose sign-in is not among `revoked`.
    #[must_use]
    pub fn new(issuer: &str, keys: &JwkSet, revoked: RevokedSessions) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The time is the caller's, not the machine's: checked by `Verified::at`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let verified = Cache::builder()
            .max_capacity(CACHE_ENTRIES)
            .time_to_live(CACHE_LIFETIME)
            .build();
        let this = Self(Arc::new(Inner {
            validation,
            keys: RwLock::default(),
            revoked,
            verified,
        }));
        this.set_keys(keys);
        this
    }

    /// Replaces the issuer's keys. Only Ed25519 keys with an id are taken.
    pub fn set_keys(&self, keys: &JwkSet) {
        let usable = keys.keys.iter().filter_map(|key| {
            let AlgorithmParameters::OctetKeyPair(parameters) = &key.algorithm else {
                return None;
            };
            let decoded = DecodingKey::from_ed_components(&parameters.x).ok()?;
            // The library expects 32 bytes without looking.
            let whole =
                parameters.curve == EllipticCurve::Ed25519 && decoded.try_get_as_bytes().is_ok_and(|x| x.len() == 32);
            Some((key.common.key_id.clone()?, decoded)).filter(|_| whole)
        });
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = usable.collect();
        self.0.verified.invalidate_all();
    }

    /// Reads the issuer's keys anew.
    pub async fn refresh_keys(&self, source: &impl KeySource) -> Result<(), AuthError> {
        self.set_keys(&source.jwks().await?);
        Ok(())
    }

    /// The sign-ins that have ended; shared, so that events can feed it.
    #[must_use]
    pub fn revoked(&self) -> &RevokedSessions {
        &self.0.revoked
    }

    /// Who bears this token.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Caller, AuthError> {
        if token.len() > TOKEN_MAX {
            return Err(AuthError::Malformed);
        }
        let hash: [u8; 32] = Sha256::digest(token).into();
        let verified = if let Some(verified) = self.0.verified.get(&hash) {
            verified
        } else {
            let verified = self.check(token)?;
            self.0.verified.insert(hash, verified);
            verified
        };
        let caller = verified.at(now)?;
        if self.0.revoked.contains(caller.session_id) {
            Err(AuthError::Revoked)
        } else {
            Ok(caller)
        }
    }

    /// Everything about the token that does not change with time.
    fn check(&self, token: &str) -> Result<Verified, AuthError> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| AuthError::from(&error))?;
        if header.alg != Algorithm::EdDSA {
            return Err(AuthError::Algorithm);
        }
        if !header.typ.is_some_and(|kind| kind.eq_ignore_ascii_case(TOKEN_TYPE)) || header.crit.is_some() {
            return Err(AuthError::Malformed);
        }
        let key_id = header.kid.ok_or(AuthError::UnknownKey)?;
        let key = self
            .0
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key_id)
            .cloned();
        let key = key.ok_or(AuthError::UnknownKey)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &self.0.validation)
            .map_err(|error| AuthError::from(&error))?
            .claims;
        let caller = Caller {
            user_id: claims.sub,
            session_id: claims.sid,
        };
        Ok(Verified {
            caller,
            not_before: claims.nbf,
            expires: claims.exp,
        })
    }
}

#[cfg(test)]
#[path = "authenticator_tests.rs"]
mod tests;
