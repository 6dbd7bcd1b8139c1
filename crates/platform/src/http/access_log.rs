//! One line and two metrics for each request.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use http::{Method, StatusCode};
use metrics::{Counter, Histogram};

use super::ClientAddress;
use crate::telemetry::{RequestContext, Span};

/// The route of what no route takes.
pub(crate) const NO_ROUTE: &str = "unmatched";

/// What is told about one request. The path is the route's template, never what the client sent; there is no query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Served<'a> {
    pub(crate) method: &'static str,
    pub(crate) route: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) duration: Duration,
    /// The length of the answer before compression, if it is known.
    pub(crate) bytes: Option<u64>,
    pub(crate) address: Option<ClientAddress>,
}

impl Served<'_> {
    /// Writes the line; the ids of the request are added by the log itself.
    pub(crate) fn log(self) {
        let user = RequestContext::current(RequestContext::user).flatten();
        tracing::info!(
            kind = "access",
            method = self.method,
            route = self.route,
            status = self.status.as_u16(),
            duration_ms = self.duration.as_secs_f64() * 1_000.0,
            user_id = user.map(|user| user.0),
            bytes = self.bytes,
            address = self.address.map(tracing::field::display),
            "request served"
        );
    }

    /// Names the span of the request, and notes how it was answered.
    pub(crate) fn note_on(self, span: &mut Span) {
        span.rename(|| format!("{} {}", self.method, self.route));
        span.note("http.request.method", self.method);
        span.note("http.response.status_code", i64::from(self.status.as_u16()));
        if self.status.is_server_error() {
            span.fail();
        }
    }
}

/// The name of a method, for logs and metrics: methods that we do not know are one, lest clients make up labels.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// The metrics of all routes. Handles are made once for each route, method and status, and found again without a lock
/// that anyone waits for.
#[derive(Default)]
pub(crate) struct RouteMetrics(RwLock<HashMap<Box<str>, Vec<Series>>>);

struct Series {
    method: &'static str,
    status: StatusCode,
    requests: Counter,
    seconds: Histogram,
}

impl RouteMetrics {
    /// Counts and measures one request.
    pub(crate) fn record(&self, served: Served<'_>) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if known.get(served.route).is_some_and(|series| record(series, served)) {
            return;
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let series = known.entry(served.route.into()).or_default();
        if !record(series, served) {
            series.push(Series::new(served));
            record(series, served);
        }
    }
}

fn record(series: &[Series], served: Served<'_>) -> bool {
    let found = series
        .iter()
        .find(|series| series.status == served.status && series.method == served.method);
    if let Some(series) = found {
        series.requests.increment(1);
        series.seconds.record(served.duration);
    }
    found.is_some()
}

impl Series {
    fn new(served: Served<'_>) -> Self {
        let labels = [
            ("method", served.method.to_owned()),
            ("route", served.route.to_owned()),
            ("status", served.status.as_str().to_owned()),
        ];
        Self {
            method: served.method,
            status: served.status,
            requests: metrics::counter!("http_requests_total", &labels),
            seconds: metrics::histogram!("http_request_duration_seconds", &labels),
        }
    }
}

#[cfg(test)]
#[path = "access_log_tests.rs"]
mod tests;
