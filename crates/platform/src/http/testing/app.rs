//! The routes of a service behind the public layers.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body};
use http::{Request, header};
use http_body_util::BodyExt;
use model::{SessionId, Timestamp, UserId};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

use super::{
    Actor, Answer,
    actor::Proof,
    contract::{self, Operation},
};
use crate::{
    auth::{Authenticator, Caller, RevokedSessions, TokenIssuer},
    clock::Clock,
    http::{HttpSettings, PeerAddress, RateLimits, public},
};

/// Where the instance is, for the tests.
pub(crate) const URL: &str = "http://beep.test";

/// Method, path of the contract, status and code.
pub(super) type Seen = BTreeSet<(String, String, u16, String)>;

/// The routes of a service behind the public layers, without limits of rate. It notes every problem that it answers.
pub struct App {
    routes: Router,
    router: Router,
    pub(crate) issuer: TokenIssuer,
    pub(crate) clock: Clock,
    pub(super) operations: Arc<Vec<Operation>>,
    pub(super) seen: Arc<Mutex<Seen>>,
}

impl App {
    /// The routes with their contract. Tokens are good when `issuer`, which is at `http://beep.test`, has made them.
    #[must_use]
    pub fn new(routes: Router, contract: &OpenApi, issuer: TokenIssuer, clock: Clock) -> Self {
        let settings = HttpSettings {
            rate_limits: RateLimits::default(),
            ..HttpSettings::for_public_url(URL)
        };
        Self {
            router: behind_layers(&routes, &settings, &issuer, &clock),
            routes,
            issuer,
            clock,
            operations: Arc::new(contract::operations(contract)),
            seen: Arc::default(),
        }
    }

    /// Other routes of the same contract, as another instance has them. What they answer is noted with the rest.
    #[must_use]
    pub fn with_routes(&self, routes: Router) -> Self {
        let all = Self {
            routes,
            ..self.with_settings(|_| {})
        };
        all.with_settings(|settings| settings.rate_limits = RateLimits::default())
    }

    /// An issuer whose tokens are good here.
    #[must_use]
    pub fn issuer() -> TokenIssuer {
        TokenIssuer::ephemeral(URL)
    }

    /// The same routes under other settings. What it answers is noted with the rest.
    #[must_use]
    pub(super) fn with_settings(&self, change: impl FnOnce(&mut HttpSettings)) -> Self {
        let mut settings = HttpSettings::for_public_url(URL);
        change(&mut settings);
        Self {
            router: behind_layers(&self.routes, &settings, &self.issuer, &self.clock),
            routes: self.routes.clone(),
            issuer: self.issuer.clone(),
            clock: self.clock.clone(),
            operations: Arc::clone(&self.operations),
            seen: Arc::clone(&self.seen),
        }
    }

    /// Somebody with a token.
    #[must_use]
    pub const fn user(&self, id: UserId) -> Actor<'_> {
        self.actor(Proof::Caller(Caller {
            user_id: id,
            session_id: SessionId(1),
        }))
    }

    /// Somebody without one.
    #[must_use]
    pub const fn nobody(&self) -> Actor<'_> {
        self.actor(Proof::Nothing)
    }

    pub(super) const fn actor<'a>(&'a self, proof: Proof<'a>) -> Actor<'a> {
        Actor {
            app: self,
            proof,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    pub(super) fn token(&self, caller: Caller, expired: bool) -> String {
        let now = self.clock.now();
        let day = i64::try_from(Duration::from_hours(24).as_millis()).unwrap_or(0);
        let at = Timestamp::from_millis(now.as_millis() - if expired { day } else { 0 });
        self.issuer
            .issue(caller.user_id, caller.session_id, at)
            .expect("a token")
            .0
    }

    pub(super) async fn answer(&self, mut request: Request<Body>, address: IpAddr) -> Answer {
        request
            .extensions_mut()
            .insert(PeerAddress(SocketAddr::new(address, 4_000)));
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        assert!(status != 204 || bytes.is_empty(), "204 with a body");
        let answer = Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
        };
        self.note(&method, &path, &answer);
        answer
    }

    /// Notes a problem, and fails when the contract does not say that the operation may answer it.
    fn note(&self, method: &str, path: &str, answer: &Answer) {
        if answer.header(header::CONTENT_TYPE.as_str()) != "application/problem+json" {
            return;
        }
        let Some(operation) = self.operation(method, path) else {
            return;
        };
        let code = answer.body["code"].as_str().expect("a code").to_owned();
        assert!(
            operation.refusals.contains(&(answer.status, code.clone())),
            "{method} {}: the contract knows nothing of {} {code}: {}",
            operation.path,
            answer.status,
            answer.body
        );
        let noted = (operation.method.clone(), operation.path.clone(), answer.status, code);
        self.seen.lock().expect("a lock").insert(noted);
    }

    /// The operation that a request means: of several, the one with the fewest parameters.
    fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let fits = |operation: &&Operation| {
            let (wanted, given) = (operation.path.split('/'), path.split('/'));
            operation.method == method
                && wanted.clone().count() == given.clone().count()
                && wanted
                    .zip(given)
                    .all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
        };
        let parameters = |operation: &&Operation| operation.path.matches('{').count();
        self.operations.iter().filter(fits).min_by_key(parameters)
    }
}

fn behind_layers(routes: &Router, settings: &HttpSettings, issuer: &TokenIssuer, clock: &Clock) -> Router {
    let authenticator = Authenticator::new(URL, &issuer.jwks(), RevokedSessions::default());
    public(routes.clone(), settings, authenticator, clock.clone())
}
