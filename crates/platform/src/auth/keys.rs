//! The public keys of the issuer: set where the issuer is in this process, followed where it is not.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::AuthError;

/// How often the keys are read again, so that a key which the issuer took back is forgotten.
const REFRESH_EVERY: Duration = Duration::from_mins(1);
/// How long to wait after an attempt, so that tokens with unknown keys cannot make us ask all the time.
const PAUSE: Duration = Duration::from_secs(1);

/// Where the issuer's public keys come from.
pub trait KeySource: Send + Sync + 'static {
    /// The keys that are valid now.
    fn jwks(&self) -> impl Future<Output = Result<JwkSet, AuthError>> + Send;
}

/// The smallest RSA key that is believed, in bytes.
const RSA_BYTES: usize = 256;
/// What an issuer that is not Beep may sign with: with a public key that everybody may have, and a hash of 256 bits or more.
const ALL: &[Algorithm] = &[Algorithm::EdDSA, Algorithm::RS256, Algorithm::ES256];

/// The issuer's public keys. Clones share them.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    by_id: RwLock<HashMap<String, (Algorithm, DecodingKey)>>,
    missed: Notify,
    accepted: &'static [Algorithm],
}

/// Of Beep itself, which signs by Ed25519.
impl Default for Keys {
    fn default() -> Self {
        Self::accepting(&[Algorithm::EdDSA])
    }
}

impl Keys {
    fn accepting(accepted: &'static [Algorithm]) -> Self {
        Self(Arc::new(Inner {
            by_id: RwLock::default(),
            missed: Notify::new(),
            accepted,
        }))
    }

    /// Of somebody who signs by Ed25519, RSA or ECDSA, as they like.
    #[must_use]
    pub fn of_any_kind() -> Self {
        Self::accepting(ALL)
    }

    /// Whether something that is signed so can be verified by one of them.
    #[must_use]
    pub fn accept(&self, algorithm: Algorithm) -> bool {
        self.0.accepted.contains(&algorithm)
    }

    /// These keys.
    #[must_use]
    pub fn of(jwks: &JwkSet) -> Self {
        let keys = Self::default();
        keys.set(jwks);
        keys
    }

    /// Replaces the keys. Only those with an id are taken, of the kinds that are accepted, and each is for one algorithm alone.
    pub fn set(&self, jwks: &JwkSet) {
        let usable = jwks.keys.iter().filter_map(|key| {
            let (algorithm, decoded) = usable(key).filter(|(algorithm, _)| self.accept(*algorithm))?;
            Some((key.common.key_id.clone()?, (algorithm, decoded)))
        });
        *self.0.by_id.write().unwrap_or_else(PoisonError::into_inner) = usable.collect();
    }

    /// The key of that id, and what is signed by it. One that is not there may be new: who follows the issuer looks again.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<(Algorithm, DecodingKey)> {
        let found = self
            .0
            .by_id
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned();
        if found.is_none() {
            self.0.missed.notify_one();
        }
        found
    }

    /// Whether there are any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.by_id.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Reads the keys from `source` at once, then now and then and whenever one is missed, until `shutdown`.
    pub async fn follow(self, source: impl KeySource, shutdown: CancellationToken) {
        let following = async {
            loop {
                let wait = match source.jwks().await {
                    Ok(jwks) => {
                        self.set(&jwks);
                        REFRESH_EVERY
                    }
                    Err(error) => {
                        tracing::warn!(error.detail = %error, "the issuer's keys cannot be read");
                        Duration::ZERO
                    }
                };
                tokio::time::sleep(PAUSE).await;
                // A key that is missed meanwhile is asked for at once: the notification is kept.
                let _ = tokio::time::timeout(wait, self.0.missed.notified()).await;
            }
        };
        let _ = shutdown.run_until_cancelled(following).await;
    }
}

/// What the key is for, if it is for signatures, strong, and of a kind that is known.
fn usable(key: &Jwk) -> Option<(Algorithm, DecodingKey)> {
    let signs = |algorithm| key.common.key_algorithm.is_none_or(|said| said == algorithm);
    let for_signatures = |asked: bool| match &key.common.public_key_use {
        Some(PublicKeyUse::Signature) => true,
        None => !asked,
        Some(_) => false,
    };
    match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(parameters) if signs(KeyAlgorithm::EdDSA) && for_signatures(false) => {
            let decoded = DecodingKey::from_ed_components(&parameters.x).ok()?;
            // The library expects 32 bytes without looking.
            let whole =
                parameters.curve == EllipticCurve::Ed25519 && decoded.try_get_as_bytes().is_ok_and(|x| x.len() == 32);
            whole.then_some((Algorithm::EdDSA, decoded))
        }
        // The same kind is for encryption, too.
        AlgorithmParameters::RSA(parameters) if signs(KeyAlgorithm::RS256) && for_signatures(true) => {
            let modulus = BASE64_URL_SAFE_NO_PAD.decode(&parameters.n).ok()?;
            let strong = modulus.iter().skip_while(|byte| **byte == 0).count() >= RSA_BYTES;
            let decoded = DecodingKey::from_rsa_components(&parameters.n, &parameters.e).ok()?;
            strong.then_some((Algorithm::RS256, decoded))
        }
        AlgorithmParameters::EllipticCurve(parameters) if signs(KeyAlgorithm::ES256) && for_signatures(true) => {
            let decoded = DecodingKey::from_ec_components(&parameters.x, &parameters.y).ok()?;
            (parameters.curve == EllipticCurve::P256).then_some((Algorithm::ES256, decoded))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::auth::TokenIssuer;

    /// An issuer that changes its key after the first look.
    struct Changing(AtomicUsize, [JwkSet; 2]);

    impl KeySource for Changing {
        async fn jwks(&self) -> Result<JwkSet, AuthError> {
            let looks = self.0.fetch_add(1, Ordering::Relaxed);
            Ok(self.1[looks.min(1)].clone())
        }
    }

    #[test]
    fn keys_are_taken_that_are_strong_and_for_signatures() {
        let text = |bytes: usize| BASE64_URL_SAFE_NO_PAD.encode(vec![0xfe; bytes]);
        let key = |id: &str, mut fields: serde_json::Value, more: serde_json::Value| {
            fields["kid"] = id.into();
            fields
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            fields
        };
        let rsa = |bytes: usize| serde_json::json!({"kty": "RSA", "n": text(bytes), "e": "AQAB"});
        let leading = BASE64_URL_SAFE_NO_PAD.encode([vec![0; 200], vec![0xfe; 128]].concat());
        let padded = serde_json::json!({"kty": "RSA", "n": leading, "e": "AQAB"});
        let point = |curve: &str| serde_json::json!({"kty": "EC", "crv": curve, "x": text(32), "y": text(32)});
        let ed = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": text(32)});
        let (sig, bare) = (serde_json::json!({"use": "sig"}), serde_json::json!({}));
        let encryption = serde_json::json!({"use": "enc"});
        let keys = [
            key("rsa", rsa(256), serde_json::json!({"use": "sig", "alg": "RS256"})),
            key("rsa of any", rsa(512), sig.clone()),
            key("ec", point("P-256"), serde_json::json!({"use": "sig", "alg": "ES256"})),
            key("ed", ed.clone(), bare.clone()),
            key("weak", rsa(255), sig.clone()),
            key("weak in disguise", padded, sig.clone()),
            key(
                "for encryption",
                rsa(256),
                serde_json::json!({"use": "enc", "alg": "RSA-OAEP"}),
            ),
            key("for anything", rsa(256), bare),
            key(
                "for another",
                rsa(256),
                serde_json::json!({"use": "sig", "alg": "PS256"}),
            ),
            key("of another curve", point("P-384"), sig.clone()),
            key("ed for encryption", ed.clone(), encryption.clone()),
            key("ec for encryption", point("P-256"), encryption),
            serde_json::json!({"kty": "oct", "k": "c2VjcmV0", "kid": "a secret", "use": "sig", "alg": "HS256"}),
            ed,
        ];
        let jwks: JwkSet = serde_json::from_value(serde_json::json!({"keys": keys})).unwrap();
        let taken = |keys: &Keys| {
            keys.set(&jwks);
            let mut ids: Vec<String> = keys.0.by_id.read().unwrap().keys().cloned().collect();
            ids.sort();
            ids
        };
        assert_eq!(taken(&Keys::of_any_kind()), ["ec", "ed", "rsa", "rsa of any"]);
        assert_eq!(taken(&Keys::default()), ["ed"], "of Beep");
    }

    fn id(jwks: &JwkSet) -> String {
        jwks.keys[0].common.key_id.clone().unwrap()
    }

    #[tokio::test]
    async fn a_missed_key_is_looked_for() {
        let sets = [(); 2].map(|()| TokenIssuer::ephemeral("http://beep.test").jwks());
        let (first, second) = (id(&sets[0]), id(&sets[1]));
        let keys = Keys::default();
        let shutdown = CancellationToken::new();
        let following = tokio::spawn(
            keys.clone()
                .follow(Changing(AtomicUsize::new(0), sets), shutdown.clone()),
        );
        let found = |id: String| {
            let keys = keys.clone();
            async move {
                while keys.find(&id).is_none() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        };
        tokio::time::timeout(REFRESH_EVERY / 2, found(first)).await.unwrap();
        tokio::time::timeout(REFRESH_EVERY / 2, found(second)).await.unwrap();
        shutdown.cancel();
        following.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_was_taken_back_is_forgotten_within_a_minute() {
        let sets = [(); 2].map(|()| TokenIssuer::ephemeral("http://beep.test").jwks());
        let (first, keys, shutdown) = (id(&sets[0]), Keys::default(), CancellationToken::new());
        let source = Changing(AtomicUsize::new(0), sets);
        let following = tokio::spawn(keys.clone().follow(source, shutdown.clone()));
        while keys.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let begun = tokio::time::Instant::now();
        // Nobody misses a key meanwhile.
        while keys.find(&first).is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let trusted = begun.elapsed();
        assert!(trusted <= Duration::from_secs(62), "{trusted:?}");
        shutdown.cancel();
        following.await.unwrap();
    }
}
