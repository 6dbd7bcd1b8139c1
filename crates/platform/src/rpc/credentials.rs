//! The service tokens that this process shows to its peers: asked for once, kept, and renewed before they expire.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::Instant,
};

use contracts::calls::Service;
use http::HeaderValue;
use tonic::Status;

use super::{internal, unavailable};
use crate::auth::ServiceTokenSource;

/// A token is renewed after this part of its life, in thirds.
const RENEWED_AFTER_THIRDS: u32 = 2;

/// What one service shows to its peers. Clones share the tokens.
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

struct Inner {
    caller: Service,
    source: Arc<dyn ServiceTokenSource>,
    held: std::sync::Mutex<HashMap<Service, Held>>,
    /// Only one request for a token at a time.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Held {
    header: HeaderValue,
    renew_at: Instant,
}

impl Credentials {
    /// The credentials of `caller`, whose tokens come from `source`.
    #[must_use]
    pub fn new(caller: Service, source: Arc<dyn ServiceTokenSource>) -> Self {
        Self(Arc::new(Inner {
            caller,
            source,
            held: std::sync::Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }))
    }

    /// The `authorization` header for a call to `called`.
    pub(super) async fn header(&self, called: Service) -> Result<HeaderValue, Status> {
        if let Some(held) = self.held(called) {
            return Ok(held);
        }
        let _asking = self.0.asking.lock().await;
        if let Some(held) = self.held(called) {
            return Ok(held);
        }
        let (token, lifetime) = self.0.source.token(self.0.caller, called).await.map_err(|error| {
            tracing::warn!(error.detail = %error, peer.service = called.name(), "no service token");
            unavailable("no service token could be had")
        })?;
        let mut header = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
            .map_err(|_| internal("the service token is no header"))?;
        header.set_sensitive(true);
        let held = Held {
            header: header.clone(),
            renew_at: Instant::now() + lifetime / 3 * RENEWED_AFTER_THIRDS,
        };
        self.table().insert(called, held);
        Ok(header)
    }

    /// Forgets the token for `called`, which refused it.
    pub(super) fn forget(&self, called: Service) {
        self.table().remove(&called);
    }

    fn held(&self, called: Service) -> Option<HeaderValue> {
        let table = self.table();
        let held = table.get(&called)?;
        (Instant::now() < held.renew_at).then(|| held.header.clone())
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<Service, Held>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use futures::future::BoxFuture;

    use super::*;
    use crate::auth::{AuthError, Secret};

    /// Numbers its tokens.
    struct Counting(AtomicUsize, Duration);

    impl ServiceTokenSource for Counting {
        fn token(&self, _: Service, called: Service) -> BoxFuture<'_, Result<(Secret<String>, Duration), AuthError>> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move { Ok((Secret::new(format!("{}-{number}", called.name())), self.1)) })
        }
    }

    async fn shown(credentials: &Credentials, called: Service) -> String {
        credentials.header(called).await.unwrap().to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_token_is_asked_for_once_for_each_peer() {
        let source = Arc::new(Counting(AtomicUsize::new(0), Duration::from_mins(5)));
        let credentials = Credentials::new(Service::Messages, source);
        let all = futures::future::join_all((0..20).map(|_| shown(&credentials, Service::Users))).await;
        assert!(all.iter().all(|token| token == "Bearer users-0"));
        assert_eq!(shown(&credentials, Service::Servers).await, "Bearer servers-1");
        credentials.forget(Service::Users);
        assert_eq!(shown(&credentials, Service::Users).await, "Bearer users-2");
    }

    #[tokio::test]
    async fn a_token_that_is_over_is_not_shown_again() {
        let source = Arc::new(Counting(AtomicUsize::new(0), Duration::ZERO));
        let credentials = Credentials::new(Service::Messages, source);
        assert_eq!(shown(&credentials, Service::Users).await, "Bearer users-0");
        assert_eq!(shown(&credentials, Service::Users).await, "Bearer users-1");
    }
}
