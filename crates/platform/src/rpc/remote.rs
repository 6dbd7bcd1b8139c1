//! One call to a peer elsewhere: with the caller's token, within its time, tried again when it failed on its way. All
//! internal calls are idempotent.

use std::{
    task::{Context, Poll},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use contracts::calls::NO_SERVICE_TOKEN;
use futures::future::{BoxFuture, FutureExt};
use http::{HeaderName, HeaderValue, Request, Response, header, request::Parts};
use http_body_util::{BodyExt, Limited};
use tokio::time::Instant;
use tonic::{Code, Status, body::Body, codegen::Service};
use tower::ServiceExt;

use super::{Channel, Credentials, beep_code, caller, internal, status::is_away, time_of, timed_out, unavailable};
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

/// The transport and the peer give up by themselves, so long after the caller has: that would look like a broken connection.
const HEADROOM: Duration = Duration::from_millis(10);

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
        let time = time_of(parts.uri.path(), &parts.headers);
        if time.is_zero() {
            return Err(timed_out());
        }
        caller::attach(&mut parts.headers);
        let mut span = Span::begin(Part::Client, parts.uri.path().trim_start_matches('/').to_owned());
        if let Some(trace) = span.traceparent().and_then(|text| HeaderValue::try_from(text).ok()) {
            parts.headers.insert(TRACEPARENT, trace);
        }
        let body = Limited::new(body, REQUEST_BYTES)
            .collect()
            .await
            .map_err(|_| internal("the request is too large"))?
            .to_bytes();
        let begun = Instant::now();
        let deadline = begun + time;
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
            .unwrap_or_else(|_elapsed| Err(timed_out()));
        if answered.is_err() {
            span.fail();
        }
        answered.map_err(|status| {
            if is_about_the_service_token(&status) {
                internal("the peer does not accept this service's token")
            } else {
                status
            }
        })
    }

    async fn attempt(&self, parts: &Parts, body: &Bytes, deadline: Instant) -> Result<Response<Body>, Status> {
        let breaker = self.channel.breaker();
        if !breaker.is_call_permitted() {
            return Err(unavailable("the peer has failed too often; it gets a pause"));
        }
        let called = self.channel.called();
        let mut request = Request::new(Body::new(http_body_util::Full::new(body.clone())));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.version_mut() = parts.version;
        *request.headers_mut() = parts.headers.clone();
        let authorization = self.credentials.header(called).await?;
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
        let left = deadline.saturating_duration_since(Instant::now()) + HEADROOM;
        if let Ok(timeout) = HeaderValue::try_from(format!("{}m", left.as_millis())) {
            request.headers_mut().insert(GRPC_TIMEOUT, timeout);
        }
        tokio::time::timeout(INSTANCE_WITHIN, self.channel.some_instance())
            .await
            .map_err(|_elapsed| unavailable("no instance of the peer answers"))?;
        let answered = self.channel.balanced().oneshot(request).await;
        let response = answered.map_err(|error| {
            breaker.on_error();
            self.channel.suspect();
            unavailable(format!("the peer cannot be reached: {error}"))
        })?;
        match Status::from_header_map(response.headers()) {
            // The peer, or what it needs, is not there: another instance may be better off. Without room it is there, and
            // protects itself: it is no failure, and asking again at once would make it worse.
            Some(status) if is_away(&status) => {
                breaker.on_error();
                Err(status)
            }
            Some(status) if is_about_the_service_token(&status) => {
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

/// Whether the peer refuses who calls, not for whom. What stands before a peer refuses without a code of ours.
fn is_about_the_service_token(status: &Status) -> bool {
    let code = beep_code(status);
    status.code() == NO_SERVICE_TOKEN.0 && code.is_none_or(|code| code == NO_SERVICE_TOKEN.1)
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
