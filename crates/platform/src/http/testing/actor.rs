//! Somebody who makes requests.

use std::net::IpAddr;

use axum::body::Body;
use http::{HeaderValue, Request, header};
use serde_json::Value;

use super::{Answer, App};
use crate::auth::{Caller, cookies};

/// Somebody who makes requests, from an address and with or without a proof of who they are.
#[derive(Clone, Copy)]
pub struct Actor<'a> {
    pub(super) app: &'a App,
    pub(super) proof: Proof<'a>,
    pub(super) address: IpAddr,
}

#[derive(Clone, Copy)]
pub(super) enum Proof<'a> {
    Nothing,
    /// An access token, made when it is needed.
    Caller(Caller),
    /// The same, made so long ago that it has expired.
    Expired(Caller),
    /// The same as a browser's cookie, without the proof of our own page.
    Cookie(Caller),
    /// An access token that was got elsewhere.
    Token(&'a str),
}

impl<'a> Actor<'a> {
    /// The same from elsewhere.
    #[must_use]
    pub const fn at(self, address: IpAddr) -> Self {
        Self { address, ..self }
    }

    /// The same with this access token.
    #[must_use]
    pub const fn with_token(self, token: &'a str) -> Self {
        Self {
            proof: Proof::Token(token),
            ..self
        }
    }

    /// GET below `/api/v1`.
    pub async fn get(self, path: &str) -> Answer {
        self.send("GET", path, Value::Null).await
    }

    /// POST below `/api/v1`; a body of null is none.
    pub async fn post(self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body).await
    }

    /// PUT below `/api/v1`.
    pub async fn put(self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, body).await
    }

    /// PATCH below `/api/v1`.
    pub async fn patch(self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, body).await
    }

    /// DELETE below `/api/v1`.
    pub async fn delete(self, path: &str) -> Answer {
        self.send("DELETE", path, Value::Null).await
    }

    /// Any method below `/api/v1`; a body of null is none.
    pub async fn send(self, method: &str, path: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        let mut content = Body::empty();
        if !body.is_null() {
            request = request.header(header::CONTENT_TYPE, "application/json");
            content = body.to_string().into();
        }
        self.request(request.body(content).expect("a request")).await
    }

    /// A request of any form, to which the proof is added.
    pub async fn request(self, mut request: Request<Body>) -> Answer {
        let bearer = |token: &str| HeaderValue::try_from(format!("Bearer {token}")).expect("a token");
        let headers = request.headers_mut();
        match self.proof {
            Proof::Nothing => {}
            Proof::Caller(caller) => {
                headers.insert(header::AUTHORIZATION, bearer(&self.app.token(caller, false)));
            }
            Proof::Expired(caller) => {
                headers.insert(header::AUTHORIZATION, bearer(&self.app.token(caller, true)));
            }
            Proof::Token(token) => {
                headers.insert(header::AUTHORIZATION, bearer(token));
            }
            Proof::Cookie(caller) => {
                let cookie = format!("{}={}", cookies::ACCESS, self.app.token(caller, false));
                headers.insert(header::COOKIE, HeaderValue::try_from(cookie).expect("a cookie"));
            }
        }
        self.app.answer(request, self.address).await
    }
}
