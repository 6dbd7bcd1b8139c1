//! One call to a peer elsewhere: with the caller's token, within its time, tried again when it failed on its way. All
//! internal calls are idempotent.

use std::{
    task::{Context, Poll},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use http::{HeaderName, HeaderValue, Request, Response, header, request::Parts};
use http_body_util::{BodyExt, Limited};
use tokio::time::Instant;
use tonic::{Code, Status, body::Body, codegen::Service};
use tower::ServiceExt;

use super::{CALL_TIMEOUT, Channel, Credentials, beep_code, caller};
use crate::telemetry::{Part, Span};

/// The largest request of a call, in bytes: a picture as it was uploaded, with room around it.
const REQUEST_BYTES: usize = 16 * 1024 * 1024;
/// Attempts after the first.
const RETRIES: usize = 4;
/// After this no further attempt begins: people wait for the answer.
const ATTEMPTS_WITHIN: Duration = Duration::from_secs(3);
/// How long to wait for an instance when there is none.
const INSTANCE_WITHIN: Duration = Duration::from_secs(2);
/// The pause before the second attempt; it doubles, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(15);

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What a client of a peer elsewhere is built on.
#[derive(Clone)]
pub(super) struct Remote {
    channel: Channel,
    credentials: Credentials,
}

impl Remote {
    pub(super) fn new(channel: Channel, credentials: Credentials) -> Self {
        Self { channel, credentials }
    }

    async fn send(self, request: Request<Body>) -> Result<Response<Body>, Status> {
        let (mut parts, body) = request.into_parts();
        caller::attach(&mut parts.headers);
        let mut span = Span::begin(Part::Client, parts.uri.path().trim_start_matches('/').to_owned());
        if let Some(trace) = span.traceparent().and_then(|text| HeaderValue::try_from(text).ok()) {
            parts.headers.insert(TRACEPARENT, trace);
        }
        let body = Limited::new(body, REQUEST_BYTES)
            .collect()
            .await
            .map_err(|_| Status::resource_exhausted("the request is too large"))?
            .to_bytes();
        let begun = Instant::now();
        let deadline = begun + CALL_TIMEOUT;
        let pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST_PAUSE)
            .with_max_times(RETRIES)
            .with_jitter();
        let attempts = (|| self.attempt(&parts, &body, deadline))
            .retry(pauses)
            .sleep(tokio::time::sleep)
            .when(|status| {
                matches!(status.code(), Code::Unavailable | Code::Unauthenticated) && begun.elapsed() < ATTEMPTS_WITHIN
            });
        let answered = tokio::time::timeout_at(deadline, attempts)
            .await
            .unwrap_or_else(|_elapsed| Err(Status::deadline_exceeded("the peer did not answer in time")));
        if answered.is_err() {
            span.fail();
        }
        answered.map_err(|status| {
            if status.code() == Code::Unauthenticated {
                Status::internal("the peer does not accept this service's token")
            } else {
                status
            }
        })
    }

    async fn attempt(&self, parts: &Parts, body: &Bytes, deadline: Instant) -> Result<Response<Body>, Status> {
        let breaker = self.channel.breaker();
        if !breaker.is_call_permitted() {
            return Err(Status::unavailable("the peer has failed too often; it gets a pause"));
        }
        let called = self.channel.called();
        let mut request = Request::new(Body::new(http_body_util::Full::new(body.clone())));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.version_mut() = parts.version;
        *request.headers_mut() = parts.headers.clone();
        let authorization = self.credentials.header(called).await?;
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
        let left = deadline.saturating_duration_since(Instant::now()).as_millis();
        if let Ok(timeout) = HeaderValue::try_from(format!("{left}m")) {
            request.headers_mut().insert(GRPC_TIMEOUT, timeout);
        }
        tokio::time::timeout(INSTANCE_WITHIN, self.channel.some_instance())
            .await
            .map_err(|_elapsed| Status::unavailable("no instance of the peer answers"))?;
        let answered = self.channel.balanced().oneshot(request).await;
        let response = answered.map_err(|error| {
            breaker.on_error();
            self.channel.suspect();
            Status::unavailable(format!("the peer cannot be reached: {error}"))
        })?;
        match Status::from_header_map(response.headers()) {
            // The peer, or what it needs, is not there: another instance may be better off.
            Some(status) if status.code() == Code::Unavailable => {
                breaker.on_error();
                Err(status)
            }
            // Without a code of its own it is about the caller's service token, not the user's.
            Some(status) if status.code() == Code::Unauthenticated && beep_code(&status).is_none() => {
                breaker.on_success();
                self.credentials.forget(called);
                Err(status)
            }
            _ => {
                breaker.on_success();
                Ok(response)
            }
        }
    }
}

impl Service<Request<Body>> for Remote {
    type Response = Response<Body>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.clone().send(request).boxed()
    }
}
