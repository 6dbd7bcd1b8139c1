//! The tokens by which services show each other who they are (A8): access tokens of the client credentials grant
//! (RFC 6749, section 4.4), addressed to one called service.

use std::{sync::Arc, time::Duration};

use contracts::calls::Service;
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, Validation};
use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AuthError, Keys, Secret, TokenIssuer,
    authenticator::validation,
    issuer::token_id,
    verified::{Verified, VerifiedTokens},
};
use crate::clock::Clock;

/// How long a service's token is valid.
pub const SERVICE_TOKEN_LIFETIME: Duration = Duration::from_mins(5);

/// The `typ` of these tokens in their header: never mistaken for a user's.
pub(super) const SERVICE_TOKEN_TYPE: &str = "beep-service+jwt";

/// The longest token that is looked at, in bytes.
const TOKEN_MAX: usize = 2 * 1024;
/// Verified tokens are remembered: each calling process shows one for five minutes.
const CACHE_ENTRIES: u64 = 1_000;

/// The claims of a service's token. Times are in seconds since the Unix epoch.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ServiceClaims {
    iss: String,
    /// The called service.
    aud: String,
    /// The calling service.
    sub: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    jti: String,
}

impl ServiceClaims {
    pub(super) fn new(issuer: &str, caller: Service, peer: Service, now: Timestamp) -> Self {
        let seconds = now.as_millis().div_euclid(1_000);
        let lifetime = i64::try_from(SERVICE_TOKEN_LIFETIME.as_secs()).unwrap_or(0);
        Self {
            iss: issuer.to_owned(),
            aud: audience(peer),
            sub: caller.name().to_owned(),
            exp: seconds.saturating_add(lifetime),
            iat: seconds,
            nbf: seconds,
            jti: token_id(),
        }
    }
}

/// Where service tokens come from: the issuer in this process, or its token endpoint.
pub trait ServiceTokenSource: Send + Sync + 'static {
    /// A token by which `caller` shows `peer` who it is, and for how long it is valid.
    fn token(&self, caller: Service, peer: Service) -> BoxFuture<'_, Result<(Secret<String>, Duration), AuthError>>;
}

/// The issuer in this process as a source of service tokens.
pub struct OwnServiceTokens {
    issuer: TokenIssuer,
    clock: Clock,
}

impl OwnServiceTokens {
    /// Tokens of this issuer.
    #[must_use]
    pub fn new(issuer: TokenIssuer, clock: Clock) -> Self {
        Self { issuer, clock }
    }
}

impl ServiceTokenSource for OwnServiceTokens {
    fn token(&self, caller: Service, peer: Service) -> BoxFuture<'_, Result<(Secret<String>, Duration), AuthError>> {
        let issued = self.issuer.issue_for_service(caller, peer, self.clock.now());
        Box::pin(std::future::ready(
            issued.map(|(token, lifetime)| (Secret::new(token), lifetime)),
        ))
    }
}

/// What a token for `peer` names as its audience.
#[must_use]
pub fn audience(peer: Service) -> String {
    format!("beep:{}", peer.name())
}

/// Checks the tokens that are shown to one service. Clones share the cache.
#[derive(Clone)]
pub struct ServiceTokens(Arc<Inner>);

struct Inner {
    validation: Validation,
    keys: Keys,
    verified: VerifiedTokens<Service>,
}

impl ServiceTokens {
    /// Accepts tokens of `issuer` for `peer` that are signed by one of `keys`.
    #[must_use]
    pub fn new(issuer: &str, peer: Service, keys: Keys) -> Self {
        Self(Arc::new(Inner {
            validation: validation(issuer, &audience(peer)),
            keys,
            verified: VerifiedTokens::new(TOKEN_MAX, CACHE_ENTRIES, SERVICE_TOKEN_LIFETIME),
        }))
    }

    /// Which service shows this token.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Service, AuthError> {
        self.0.verified.bearer(token, now, || self.check(token))
    }

    fn check(&self, token: &str) -> Result<Verified<Service>, AuthError> {
        let header = jsonwebtoken::decode_header(token).map_err(|error| AuthError::from(&error))?;
        if header.alg != Algorithm::EdDSA {
            return Err(AuthError::Algorithm);
        }
        if header.typ.as_deref() != Some(SERVICE_TOKEN_TYPE) || header.crit.is_some() {
            return Err(AuthError::Malformed);
        }
        let key_id = header.kid.ok_or(AuthError::UnknownKey)?;
        let (_, key) = self.0.keys.find(&key_id).ok_or(AuthError::UnknownKey)?;
        let claims = jsonwebtoken::decode::<ServiceClaims>(token, &key, &self.0.validation)
            .map_err(|error| AuthError::from(&error))?
            .claims;
        Ok(Verified {
            bearer: Service::from_name(&claims.sub).ok_or(AuthError::Malformed)?,
            not_before: claims.nbf,
            expires: claims.exp,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use model::{SessionId, UserId};

    use super::*;
    use crate::auth::{Authenticator, RevokedSessions, TokenIssuer};

    const ISSUER: &str = "http://beep.test";

    fn now() -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }

    fn tokens_for(peer: Service, issuer: &TokenIssuer) -> ServiceTokens {
        ServiceTokens::new(ISSUER, peer, Keys::of(&issuer.jwks()))
    }

    #[test]
    fn a_token_is_good_for_the_service_it_names_and_for_its_time() {
        let issuer = TokenIssuer::ephemeral(ISSUER);
        let (token, lifetime) = issuer
            .issue_for_service(Service::Messages, Service::Servers, now())
            .unwrap();
        let servers = tokens_for(Service::Servers, &issuer);
        assert_eq!(servers.verify(&token, now()), Ok(Service::Messages));
        assert_eq!(
            servers.verify(&token, now().plus(lifetime * 2)),
            Err(AuthError::Expired)
        );
        assert_eq!(
            tokens_for(Service::Users, &issuer).verify(&token, now()),
            Err(AuthError::Audience)
        );
        let stranger = TokenIssuer::ephemeral(ISSUER);
        assert_eq!(
            tokens_for(Service::Servers, &stranger).verify(&token, now()),
            Err(AuthError::UnknownKey)
        );
    }

    #[test]
    fn a_token_of_a_user_is_none_of_a_service_and_the_other_way_round() {
        let issuer = TokenIssuer::ephemeral(ISSUER);
        let (of_user, _) = issuer.issue(UserId(1), SessionId(2), now()).unwrap();
        assert_eq!(
            tokens_for(Service::Servers, &issuer).verify(&of_user, now()),
            Err(AuthError::Malformed)
        );
        let (of_service, _) = issuer
            .issue_for_service(Service::Messages, Service::Servers, now())
            .unwrap();
        let authenticator = Authenticator::new(ISSUER, &issuer.jwks(), RevokedSessions::default());
        assert_eq!(authenticator.verify(&of_service, now()), Err(AuthError::Malformed));
        for nonsense in ["", "a.b.c", &"x".repeat(TOKEN_MAX + 1)] {
            assert!(tokens_for(Service::Servers, &issuer).verify(nonsense, now()).is_err());
        }
    }
}
