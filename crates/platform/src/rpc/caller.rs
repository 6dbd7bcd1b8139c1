//! The user for whom an internal call is made: shown by the user's own access token, which the called service verifies
//! itself. An id in a request is what the call is about, never who makes it.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use contracts::calls::{Call, NO_USER};
use futures::future::{BoxFuture, FutureExt};
use http::{HeaderMap, HeaderName, HeaderValue};
use tonic::{Request, Status, body::Body, codegen::Service, server::NamedService};

use super::refusal;
use crate::{
    auth::{Authenticator, Caller},
    clock::Clock,
    telemetry::RequestContext,
};

/// The metadata key of the user's access token.
const USER_TOKEN: HeaderName = HeaderName::from_static("beep-user-token");

/// Attaches the token of the user whom the present task works for, if there is one.
pub(super) fn attach(headers: &mut HeaderMap) {
    let token = RequestContext::current(RequestContext::token).flatten();
    if let Some(token) = token.and_then(|token| HeaderValue::from_str(&token).ok()) {
        headers.insert(USER_TOKEN, token);
    }
}

/// The user for whom the call is made.
///
/// # Errors
/// `UNAUTHENTICATED` when the call brought no good token: calls that need one are marked in [`contracts::calls`].
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    request
        .extensions()
        .get::<Caller>()
        .copied()
        .ok_or_else(|| refusal(NO_USER, "the call needs the user's own token"))
}

/// A peer's generated server, with the user's token verified before each call that is made for a user.
#[derive(Clone)]
pub struct ForUsers<S> {
    server: S,
    authenticator: Authenticator,
    clock: Clock,
}

impl<S> ForUsers<S> {
    /// The same server, which learns who its callers work for.
    pub fn new(server: S, authenticator: Authenticator, clock: Clock) -> Self {
        Self {
            server,
            authenticator,
            clock,
        }
    }

    /// Notes who the call is made for, where the call needs that.
    fn note_caller(&self, request: &mut http::Request<Body>) {
        if !Call::of_path(request.uri().path()).is_some_and(|call| call.for_user) {
            return;
        }
        let token = request.headers().get(USER_TOKEN).and_then(|token| token.to_str().ok());
        let verified = token.and_then(|token| self.authenticator.verify(token, self.clock.now()).ok());
        if let Some(caller) = verified {
            request.extensions_mut().insert(caller);
        }
    }
}

impl<S: NamedService> NamedService for ForUsers<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for ForUsers<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.server.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        self.note_caller(&mut request);
        self.server.call(request).boxed()
    }
}
