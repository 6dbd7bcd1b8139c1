//! What operators ask: does it live, can it serve, how is it doing.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::Json;
use crate::telemetry::Metrics;

/// How long one check may take.
const CHECK_TIME: Duration = Duration::from_secs(2);
/// How long a notice may take: whoever asks whether the process serves, as the edge does, gives up after a second.
const NOTICE_TIME: Duration = Duration::from_millis(500);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Whether this process can serve: named checks that all must pass. Clones share them.
#[derive(Clone, Default)]
pub struct Readiness(Arc<Asked>);

#[derive(Default)]
struct Asked {
    draining: CancellationToken,
    checks: RwLock<Vec<(&'static str, Check)>>,
    notices: RwLock<Vec<(&'static str, Check)>>,
}

/// The answer of `/readyz`.
#[derive(Debug, Serialize)]
struct Report {
    ready: bool,
    /// By the check's name: null, or the reason why it does not pass.
    checks: BTreeMap<&'static str, Option<String>>,
    /// The same for what does not keep this process from serving.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    notices: BTreeMap<&'static str, Option<String>>,
}

impl Readiness {
    /// Adds a check. The reason of its error is for operators and holds no secrets.
    pub fn add<F>(&self, name: &'static str, check: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check: Check = Arc::new(move || check().boxed());
        self.0
            .checks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push((name, check));
    }

    /// Adds a check of something that this process can serve without: it is reported, and changes nothing.
    pub fn add_notice<F>(&self, name: &'static str, check: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check: Check = Arc::new(move || check().boxed());
        self.0
            .notices
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push((name, check));
    }

    /// From now on not ready: the process is stopping, and balancers should look elsewhere.
    pub fn drain(&self) {
        self.0.draining.cancel();
    }

    /// Waits until [`Readiness::drain`] is called.
    pub async fn draining(self) {
        self.0.draining.cancelled().await;
    }

    async fn report(&self) -> Report {
        let (mut checks, notices) = tokio::join!(
            run_all(&self.0.checks, CHECK_TIME),
            run_all(&self.0.notices, NOTICE_TIME)
        );
        if self.0.draining.is_cancelled() {
            checks.insert("process", Some("is stopping".to_owned()));
        }
        Report {
            ready: checks.values().all(Option::is_none),
            checks,
            notices,
        }
    }
}

async fn run_all(
    checks: &RwLock<Vec<(&'static str, Check)>>,
    within: Duration,
) -> BTreeMap<&'static str, Option<String>> {
    let checks = checks.read().unwrap_or_else(PoisonError::into_inner).clone();
    let results = checks
        .into_iter()
        .map(|(name, check)| async move { (name, run(check, within).await) });
    join_all(results).await.into_iter().collect()
}

/// Why the check does not pass; one that hangs or panics does not.
async fn run(check: Check, within: Duration) -> Option<String> {
    let running = AssertUnwindSafe(async move { check().await }).catch_unwind();
    match tokio::time::timeout(within, running).await {
        Ok(Ok(result)) => result.err(),
        Ok(Err(_)) => Some("the check failed".to_owned()),
        Err(_) => Some(format!("no answer within {} ms", within.as_millis())),
    }
}

/// The routes for operators: `/healthz`, `/readyz`, `/metrics`. They stay outside of the public layers.
pub fn router(readiness: Readiness, metrics: Metrics) -> Router {
    Router::new()
        .route("/healthz", get(async || Json(serde_json::json!({"alive": true}))))
        .route("/readyz", get(ready).with_state(readiness))
        .route("/metrics", get(render).with_state(metrics))
}

async fn ready(State(readiness): State<Readiness>) -> impl IntoResponse {
    let report = readiness.report().await;
    let status = if report.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report))
}

async fn render(State(metrics): State<Metrics>) -> impl IntoResponse {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], metrics.render())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::body::Body;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn get(router: &Router, path: &str) -> (u16, String) {
        let request = http::Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn ready_only_when_every_check_passes() {
        let readiness = Readiness::default();
        let router = router(readiness.clone(), Metrics::install().unwrap());
        let up = Arc::new(AtomicBool::new(true));
        let seen = up.clone();
        readiness.add("database", move || {
            let up = seen.load(Ordering::Relaxed);
            async move { if up { Ok(()) } else { Err("is away".to_owned()) } }
        });
        readiness.add("bus", async || Ok(()));
        assert_eq!(
            get(&router, "/readyz").await,
            (200, r#"{"ready":true,"checks":{"bus":null,"database":null}}"#.into())
        );
        up.store(false, Ordering::Relaxed);
        assert_eq!(
            get(&router, "/readyz").await,
            (
                503,
                r#"{"ready":false,"checks":{"bus":null,"database":"is away"}}"#.into()
            )
        );
        assert_eq!(get(&router, "/healthz").await.0, 200);
    }

    #[tokio::test]
    async fn a_broken_check_and_a_drain_are_not_ready() {
        let readiness = Readiness::default();
        assert!(readiness.report().await.ready);
        readiness.drain();
        assert!(!readiness.report().await.ready);
        let readiness = Readiness::default();
        readiness.add("broken", async || panic!("a mistake"));
        assert_eq!(
            readiness.report().await.checks["broken"].as_deref(),
            Some("the check failed")
        );
    }

    #[tokio::test]
    async fn metrics_are_text() {
        let router = router(Readiness::default(), Metrics::install().unwrap());
        assert!(
            get(&router, "/metrics")
                .await
                .1
                .contains("process_resident_memory_bytes")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_can_serve_without_does_not_keep_whoever_asks_waiting() {
        let readiness = Readiness::default();
        readiness.add_notice("other", std::future::pending);
        let begun = tokio::time::Instant::now();
        let report = readiness.report().await;
        assert!(report.ready && report.notices["other"].is_some());
        assert!(begun.elapsed() < Duration::from_secs(1), "the edge asks no longer");
    }
}
