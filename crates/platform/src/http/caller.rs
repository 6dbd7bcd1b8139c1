//! Who makes the request, as handlers ask for it in their signature.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::{HeaderMap, StatusCode, header, request::Parts};
use model::Timestamp;

use super::Problem;
use crate::{
    auth::{AuthError, Authenticator, Caller, cookies, csrf},
    telemetry::RequestContext,
};

/// What the layer around the public routes found out about the request's sender; an extension of the request. Made once
/// per request, so that no extractor verifies a token again.
#[derive(Debug, Clone)]
pub struct Authentication {
    outcome: Result<Caller, Option<AuthError>>,
    by_cookie: bool,
    public_url: Arc<str>,
}

impl Authentication {
    /// Looks for a token, in `Authorization` first and then in the cookie, and verifies it. The present
    /// [`RequestContext`] learns who it is.
    #[must_use]
    pub fn of(headers: &HeaderMap, authenticator: &Authenticator, public_url: &Arc<str>, now: Timestamp) -> Self {
        let (token, by_cookie) = match headers.get(header::AUTHORIZATION) {
            Some(value) => (
                Some(bearer(value.to_str().unwrap_or_default()).unwrap_or_default()),
                false,
            ),
            None => (cookies::read(headers, cookies::ACCESS), true),
        };
        let outcome = token.map_or(Err(None), |token| authenticator.verify(token, now).map_err(Some));
        if let (Some(token), Ok(caller)) = (token, outcome) {
            RequestContext::set_user(caller.user_id);
            RequestContext::set_token(token);
        }
        Self {
            outcome,
            by_cookie,
            public_url: public_url.clone(),
        }
    }

    /// A sender that is known already; for tests of handlers: `.layer(Extension(Authentication::known(caller)))`.
    #[must_use]
    pub fn known(caller: Caller) -> Self {
        Self {
            outcome: Ok(caller),
            by_cookie: false,
            public_url: Arc::from(""),
        }
    }

    /// The sender, if it presented a good token.
    #[must_use]
    pub fn caller(&self) -> Option<Caller> {
        self.outcome.ok()
    }

    /// The sender, or why there is none. With a cookie, a request that changes something must come from our own page.
    fn required(&self, parts: &Parts) -> Result<Caller, Problem> {
        let caller = self.outcome.map_err(|error| match error {
            Some(AuthError::Expired) => Problem::new(
                StatusCode::UNAUTHORIZED,
                "token_expired",
                "The access token has expired. Refresh it.",
            ),
            _ => Problem::not_signed_in(),
        })?;
        if self.by_cookie && !csrf::is_safe(&parts.method) {
            self.own_page(&parts.headers)?;
        }
        Ok(caller)
    }

    fn own_page(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if csrf::is_own_page(headers, &self.public_url) {
            Ok(())
        } else {
            Err(not_own_page())
        }
    }
}

/// 403 `csrf_token_invalid`
pub(super) fn not_own_page() -> Problem {
    Problem::forbidden(
        "csrf_token_invalid",
        "The request does not prove that it was made by Beep's own page.",
    )
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn authentication(parts: &Parts) -> Result<&Authentication, Problem> {
    parts.extensions.get().ok_or_else(|| {
        tracing::error!("a route that needs a caller is outside of the public layers");
        Problem::internal()
    })
}

/// 401 `not_signed_in` or `token_expired`; 403 `csrf_token_invalid`.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        authentication(parts)?.required(parts)
    }
}

/// The caller of a route that serves the signed-out, too. A token that would be refused counts as none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaybeCaller(pub Option<Caller>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self(authentication(parts)?.required(parts).ok()))
    }
}

/// Proof that the request was made by our own page: for routes that act on another cookie than the access token's, as
/// refreshing does. 403 `csrf_token_invalid`.
#[derive(Debug, Clone, Copy)]
pub struct CsrfToken;

impl<S: Send + Sync> FromRequestParts<S> for CsrfToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        authentication(parts)?.own_page(&parts.headers).map(|()| Self)
    }
}
