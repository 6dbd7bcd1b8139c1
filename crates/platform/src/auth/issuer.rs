//! The embedded issuer of access tokens: Ed25519, one key per instance, kept in a file.

use std::{io, path::Path, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use contracts::calls::Service;
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use model::{SessionId, Timestamp, UserId};
use serde::Serialize;

use super::{
    AUDIENCE, AuthError, KeySource, Secret,
    claims::{Claims, TOKEN_TYPE},
    key_file,
    service_token::{SERVICE_TOKEN_LIFETIME, SERVICE_TOKEN_TYPE, ServiceClaims},
};

/// How long an access token is valid at most; the refresh token brings the next one.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_mins(15);

/// What stands before the 32 bytes of an Ed25519 private key in PKCS#8 (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// Issues access tokens. Clones share the key.
#[derive(Clone)]
pub struct TokenIssuer(Arc<Inner>);

struct Inner {
    issuer: Box<str>,
    key: EncodingKey,
    public: Jwk,
    key_id: String,
    lifetime: Duration,
}

impl TokenIssuer {
    /// Opens the signing key of `file` (PKCS#8 in PEM), or creates it, readable for its owner only. `issuer` is the
    /// instance's public URL; tokens live for `lifetime`, but not longer than [`ACCESS_TOKEN_LIFETIME`].
    pub fn open(file: &Path, issuer: &str, lifetime: Duration) -> io::Result<Self> {
        let pem = key_file::open(file, new_key)?;
        let broken = |error| io::Error::other(format!("{} holds no Ed25519 key: {error}", file.display()));
        Self::from_pem(&pem, issuer, lifetime).map_err(broken)
    }

    /// An issuer with a new key that is written nowhere; for tests.
    ///
    /// # Panics
    /// Never: a new key is a good key.
    #[must_use]
    #[expect(clippy::expect_used, reason = "for tests; a new key is a good key")]
    pub fn ephemeral(issuer: &str) -> Self {
        Self::from_pem(&new_key(), issuer, ACCESS_TOKEN_LIFETIME).expect("a new key is a good key")
    }

    fn from_pem(pem: &Secret<Vec<u8>>, issuer: &str, lifetime: Duration) -> jsonwebtoken::errors::Result<Self> {
        let key = EncodingKey::from_ed_pem(pem.expose())?;
        let mut public = Jwk::from_encoding_key(&key, Algorithm::EdDSA)?;
        let key_id = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(key_id.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self(Arc::new(Inner {
            issuer: issuer.into(),
            key,
            public,
            key_id,
            lifetime: lifetime.min(ACCESS_TOKEN_LIFETIME),
        })))
    }

    /// A token for the user's sign-in, and for how long it is valid.
    pub fn issue(
        &self,
        user_id: UserId,
        session_id: SessionId,
        now: Timestamp,
    ) -> Result<(String, Duration), AuthError> {
        let seconds = now.as_millis().div_euclid(1_000);
        let claims = Claims {
            iss: self.0.issuer.to_string(),
            aud: AUDIENCE.to_owned(),
            sub: user_id,
            sid: session_id,
            exp: seconds.saturating_add(i64::try_from(self.0.lifetime.as_secs()).unwrap_or(0)),
            iat: seconds,
            nbf: seconds,
            jti: token_id(),
        };
        Ok((self.sign(TOKEN_TYPE, &claims)?, self.0.lifetime))
    }

    /// A token by which `caller` shows `peer` who it is, and for how long it is valid.
    pub fn issue_for_service(
        &self,
        caller: Service,
        peer: Service,
        now: Timestamp,
    ) -> Result<(String, Duration), AuthError> {
        let claims = ServiceClaims::new(&self.0.issuer, caller, peer, now);
        Ok((self.sign(SERVICE_TOKEN_TYPE, &claims)?, SERVICE_TOKEN_LIFETIME))
    }

    fn sign(&self, kind: &str, claims: &impl Serialize) -> Result<String, AuthError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(kind.to_owned());
        header.kid = Some(self.0.key_id.clone());
        jsonwebtoken::encode(&header, claims, &self.0.key).map_err(|_| AuthError::Signing)
    }

    /// The public keys as they are published at the issuer's JWKS address.
    #[must_use]
    pub fn jwks(&self) -> JwkSet {
        JwkSet {
            keys: vec![self.0.public.clone()],
        }
    }
}

/// A new id for a token.
pub(super) fn token_id() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

impl KeySource for TokenIssuer {
    async fn jwks(&self) -> Result<JwkSet, AuthError> {
        Ok(self.jwks())
    }
}

fn new_key() -> Secret<Vec<u8>> {
    let der = [&PKCS8_PREFIX[..], &rand::random::<[u8; 32]>()[..]].concat();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64_STANDARD.encode(der)
    );
    Secret::new(pem.into_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("signing-key.pem");
        let first = TokenIssuer::open(&file, "http://beep.test", ACCESS_TOKEN_LIFETIME).unwrap();
        let second = TokenIssuer::open(&file, "http://beep.test", ACCESS_TOKEN_LIFETIME).unwrap();
        assert_eq!(first.jwks(), second.jwks());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn the_published_keys_are_public() {
        let jwks = serde_json::to_value(TokenIssuer::ephemeral("http://beep.test").jwks()).unwrap();
        let key = jwks["keys"][0].as_object().unwrap();
        assert_eq!(
            (&key["kty"], &key["crv"], &key["use"]),
            (&"OKP".into(), &"Ed25519".into(), &"sig".into())
        );
        assert!(
            key.contains_key("kid") && key.contains_key("x") && !key.contains_key("d"),
            "{key:?}"
        );
    }

    #[test]
    fn a_broken_file_is_an_error_and_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("signing-key.pem");
        fs::write(&file, "not a key").unwrap();
        assert!(TokenIssuer::open(&file, "http://beep.test", ACCESS_TOKEN_LIFETIME).is_err());
        assert_eq!(fs::read(&file).unwrap(), b"not a key");
    }
}
