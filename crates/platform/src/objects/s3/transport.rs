//! Requests on their way to the store: by HTTP/1.1, so that what is read ahead of a slow reader stays within a buffer, with a
//! time limit for each step.

use std::{
    error::Error,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody, HttpService,
    },
};
use tokio_rustls::rustls::ClientConfig;
use tower_http::timeout::TimeoutBody;

use super::{
    PIECE,
    gate::Gate,
    refusal::{Refusal, describe_transport},
};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// What a request may take more for each so many bytes that it brings, in seconds.
const SLOWEST: usize = 512 * 1024;
/// How long a connection that nobody uses is kept: less than stores keep it.
const IDLE: Duration = Duration::from_secs(15);
/// Connections that nobody uses which are kept.
const IDLE_CONNECTIONS: usize = 32;
/// How much of a refusal is read, in bytes.
const REFUSAL_BYTES: usize = 64 * 1024;

/// The way to the store.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    client: Client<HttpsConnector<HttpConnector>, HttpRequestBody>,
    patience: Duration,
    gate: Arc<Gate>,
}

/// It is not asked.
#[derive(Debug, thiserror::Error)]
#[error("it has not answered lately ({0})")]
struct NotAsked(String);

/// It takes too long.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} ms", .0.as_millis())]
struct TooSlow(Duration);

impl Transport {
    /// A way to a store, which is waited for so long at each step.
    pub(super) fn new(tls: ClientConfig, patience: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT.min(patience)));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http1_max_buf_size(PIECE)
            .build(connector);
        Self {
            client,
            patience,
            gate: Arc::default(),
        }
    }

    /// The beginning of the answer to a request.
    async fn ask(&self, request: HttpRequest, time: Duration) -> Result<http::Response<Incoming>, HttpError> {
        let asking = tokio::time::timeout(time, self.client.request(request));
        let answer = match asking.await {
            Ok(answer) => answer.map_err(|error| HttpError::new(kind_of(&error), error)),
            Err(_) => Err(HttpError::new(HttpErrorKind::Timeout, TooSlow(time))),
        };
        match &answer {
            Ok(_) => self.gate.answered(),
            Err(error) => self.gate.unanswered(describe_transport(error)),
        }
        answer
    }

    /// How long the beginning of the answer may take.
    fn time_for(&self, request: &HttpRequest) -> Duration {
        let query = request.uri().query().unwrap_or_default();
        // The store puts the parts of an upload together, however large they are.
        let completes = request.method() == Method::POST && query.contains("uploadId=");
        let more = if completes { 3 } else { 0 };
        let sending = request.body().content_length().div_ceil(SLOWEST);
        self.patience * (1 + more) + Duration::from_secs(sending as u64)
    }
}

impl object_store::client::HttpConnector for Transport {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[tonic::async_trait]
impl HttpService for Transport {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let pass = self.gate.pass(Instant::now());
        pass.map_err(|why| HttpError::new(HttpErrorKind::Unknown, NotAsked(why)))?;
        let time = self.time_for(&request);
        let is_for_an_object = [Method::GET, Method::HEAD, Method::DELETE].contains(request.method())
            && request.uri().query().is_none_or(str::is_empty);
        let (parts, body) = self.ask(request, time).await?.into_parts();
        let body = TimeoutBody::new(self.patience, body);
        if parts.status.is_success() {
            let body = body.map_err(|error| HttpError::new_boxed(HttpErrorKind::Interrupted, error));
            return Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)));
        }
        let said = Limited::new(body, REFUSAL_BYTES).collect().await;
        let said = said.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let refusal = Refusal::of(parts.status, &said);
        if parts.status == StatusCode::NOT_FOUND && is_for_an_object && refusal.code != "NoSuchBucket" {
            return Ok(HttpResponse::from_parts(parts, Bytes::new().into()));
        }
        // As errors they keep what the store said, and whether it may be asked again.
        let kind = if refusal.is_passing() {
            HttpErrorKind::Request
        } else {
            HttpErrorKind::Unknown
        };
        Err(HttpError::new(kind, refusal))
    }
}

/// Whether a request may be made again that was broken off.
fn kind_of(error: &hyper_util::client::legacy::Error) -> HttpErrorKind {
    if error.is_connect() {
        return HttpErrorKind::Connect;
    }
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            if error.is_timeout() {
                return HttpErrorKind::Timeout;
            }
            if error.is_canceled() || error.is_closed() || error.is_incomplete_message() {
                return HttpErrorKind::Request;
            }
        }
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::TimedOut) => return HttpErrorKind::Timeout,
            Some(
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof,
            ) => return HttpErrorKind::Interrupted,
            _ => {}
        }
        next = error.source();
    }
    HttpErrorKind::Unknown
}
