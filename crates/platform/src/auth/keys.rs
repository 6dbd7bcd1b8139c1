//! The public keys of the issuer: set where the issuer is in this process, followed where it is not.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, JwkSet},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::AuthError;

/// How often the keys are read again, so that a key which the issuer took back is forgotten.
const REFRESH_EVERY: Duration = Duration::from_mins(5);
/// How long to wait after an attempt, so that tokens with unknown keys cannot make us ask all the time.
const PAUSE: Duration = Duration::from_secs(1);

/// Where the issuer's public keys come from.
pub trait KeySource: Send + Sync + 'static {
    /// The keys that are valid now.
    fn jwks(&self) -> impl Future<Output = Result<JwkSet, AuthError>> + Send;
}

/// The issuer's public keys. Clones share them.
#[derive(Clone, Default)]
pub struct Keys(Arc<Inner>);

#[derive(Default)]
struct Inner {
    by_id: RwLock<HashMap<String, DecodingKey>>,
    missed: Notify,
}

impl Keys {
    /// These keys.
    #[must_use]
    pub fn of(jwks: &JwkSet) -> Self {
        let keys = Self::default();
        keys.set(jwks);
        keys
    }

    /// Replaces the keys. Only Ed25519 keys with an id are taken.
    pub fn set(&self, jwks: &JwkSet) {
        let usable = jwks.keys.iter().filter_map(|key| {
            let AlgorithmParameters::OctetKeyPair(parameters) = &key.algorithm else {
                return None;
            };
            let decoded = DecodingKey::from_ed_components(&parameters.x).ok()?;
            // The library expects 32 bytes without looking.
            let whole =
                parameters.curve == EllipticCurve::Ed25519 && decoded.try_get_as_bytes().is_ok_and(|x| x.len() == 32);
            Some((key.common.key_id.clone()?, decoded)).filter(|_| whole)
        });
        *self.0.by_id.write().unwrap_or_else(PoisonError::into_inner) = usable.collect();
    }

    /// The key of that id. One that is not there may be new: who follows the issuer looks again.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<DecodingKey> {
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
}
