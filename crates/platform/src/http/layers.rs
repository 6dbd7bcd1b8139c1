//! What stands around every public route. One layer does it all, so that a request passes one boxed future and not ten.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use http_body_util::Limited;
use tokio::{sync::Semaphore, time::Instant};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
};

use super::{
    Authentication, ClientAddress, HttpSettings, PeerAddress, Problem, Uploads,
    access_log::{self, NO_ROUTE, RouteMetrics, Served},
    bare_status,
    client_address::Network,
    drain::Drained,
    rate_limit::{self, Counted, RateLimiters},
    request_id, security_headers,
};
use crate::{
    auth::{Authenticator, csrf},
    clock::Clock,
    telemetry::{Part, RequestContext},
};

/// Where the public API begins.
const API: &str = "/api/";
/// Answers below this size are not worth compressing, in bytes.
const COMPRESS_ABOVE: u64 = 1_024;
/// When to come back to an instance that is too busy.
const BUSY: Duration = Duration::from_secs(1);

/// How long this request may take until its answer begins, where that is not as long as most; an extension of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestTime(pub Duration);

struct Guard {
    authenticator: Authenticator,
    clock: Clock,
    public_url: Arc<str>,
    secure: bool,
    request_timeout: Duration,
    body_limit: usize,
    uploads: Uploads,
    trusted_proxies: Vec<Network>,
    places: Semaphore,
    limiters: RateLimiters,
    metrics: RouteMetrics,
}

/// Puts around the public routes what all of them need: ids, access log, metrics, authentication (see
/// [`Authentication`]), limits of rate, size, time and concurrency, security headers, compression, and problems for whatever
/// goes wrong. Routes for operators ([`super::operations`]) stay outside.
pub fn public(router: Router, settings: &HttpSettings, authenticator: Authenticator, clock: Clock) -> Router {
    let guard = Guard {
        authenticator,
        clock,
        public_url: Arc::from(&*settings.public_url),
        secure: settings.public_url.starts_with("https://"),
        request_timeout: settings.request_timeout,
        body_limit: settings.body_limit_bytes,
        uploads: settings.uploads,
        trusted_proxies: settings.trusted_proxies.clone(),
        places: Semaphore::new(settings.concurrency),
        limiters: RateLimiters::new(&settings.rate_limits),
        metrics: RouteMetrics::default(),
    };
    let worth_it = SizeAbove::new(COMPRESS_ABOVE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/octet-stream"))
        // What can be asked for in parts is answered as it is.
        .and(|_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| !headers.contains_key(header::ACCEPT_RANGES));
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(worth_it);
    // Our own limit counts for every body, announced or not; the framework's would be a second one.
    let layers = (
        compression,
        middleware::from_fn_with_state(Arc::new(guard), serve_one),
        DefaultBodyLimit::disable(),
    );
    router.layer(layers)
}

async fn serve_one(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let context =
        request_id::context(request.headers()).recorded(Part::Server, access_log::method_name(request.method()));
    let id = HeaderValue::try_from(&*context.request_id);
    let mut response = context.scope(async move { guard.serve(request, next).await }).await;
    if let Ok(id) = id {
        response.headers_mut().insert(request_id::REQUEST_ID, id);
    }
    response
}

impl Guard {
    async fn serve(&self, mut request: Request, next: Next) -> Response {
        let started = Instant::now();
        let method = access_log::method_name(request.method());
        let route = request.extensions().get::<MatchedPath>().cloned();
        let private = request.uri().path().starts_with(API);
        let peer = request.extensions().get::<PeerAddress>().copied();
        let address = peer.map(|peer| ClientAddress::resolve(peer.0.ip(), request.headers(), &self.trusted_proxies));
        if let Some(address) = address {
            request.extensions_mut().insert(address);
        }

        let mut response = self.admit(request, address, next).await;

        security_headers::add(response.headers_mut(), self.secure, private);
        let served = Served {
            method,
            route: route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str),
            status: response.status(),
            duration: started.elapsed(),
            bytes: response.body().size_hint().exact(),
            address,
        };
        self.metrics.record(served);
        RequestContext::with_span(|span| served.note_on(span));
        served.log();
        response
    }

    /// Lets the request in if there is room, its sender has not sent too many, and it is not too large.
    async fn admit(&self, mut request: Request, address: Option<ClientAddress>, next: Next) -> Response {
        let Ok(_place) = self.places.try_acquire() else {
            return Problem::overloaded(BUSY).into_response();
        };
        let authentication = Authentication::of(
            request.headers(),
            &self.authenticator,
            &self.public_url,
            self.clock.now(),
        );
        let caller = authentication.caller();
        request.extensions_mut().insert(authentication);
        // The client's own files cost little and are asked for all at once: a school behind one address must get them.
        let counts = request.uri().path().starts_with(API);
        let counted = match (caller, address) {
            _ if !counts => None,
            (Some(caller), _) => Some(Counted::User(caller.user_id)),
            (None, address) => address.map(|address| Counted::Address(address.limit_key())),
        };
        let verdict = counted.and_then(|counted| self.limiters.count(counted));
        let mut response = match verdict.as_ref().and_then(|verdict| verdict.wait) {
            Some(wait) => rate_limit::refusal(wait).into_response(),
            None if counts && self.is_foreign(&request) => super::caller::not_own_page().into_response(),
            None => self.run(request, next).await,
        };
        if let Some(verdict) = verdict {
            verdict.add_to(response.headers_mut());
        }
        response
    }

    /// Whether a page of somebody else's makes a browser change something, whatever the route and by which cookies. A program
    /// that shows a token in a header was made to do so by nobody.
    fn is_foreign(&self, request: &Request) -> bool {
        let headers = request.headers();
        !csrf::is_safe(request.method())
            && !headers.contains_key(header::AUTHORIZATION)
            && !csrf::is_same_origin(headers, &self.public_url)
    }

    /// Runs the route; time-outs, panics and what no route takes become problems.
    async fn run(&self, mut request: Request, next: Next) -> Response {
        let (mut most, mut time) = (self.body_limit, self.request_timeout);
        let route = request.extensions().get::<MatchedPath>();
        if route.is_some_and(|route| self.uploads.take(request.method(), route.as_str())) {
            (most, time) = (self.uploads.body_limit_bytes, self.uploads.timeout);
            request.extensions_mut().insert(RequestTime(time));
        }
        let request = if request.body().is_end_stream() {
            request
        } else {
            request.map(|body| Body::new(Limited::new(Drained::new(body, most), most)))
        };
        let running = AssertUnwindSafe(next.run(request)).catch_unwind();
        match tokio::time::timeout(time, running).await {
            Ok(Ok(response)) => bare_status::with_problem(response),
            // The panic itself is logged by the process's panic hook.
            Ok(Err(_panic)) => Problem::internal().into_response(),
            Err(_elapsed) => {
                tracing::error!("a request took longer than it may");
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "timed_out",
                    "This took too long. Try again soon.",
                )
                .with_retry_after(BUSY)
                .into_response()
            }
        }
    }
}
