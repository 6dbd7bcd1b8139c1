//! Wires the services into one process and serves them.

mod documentation;
mod identity;
mod instance;
pub(crate) mod keycloak;
mod objects;
mod peers;
#[cfg(test)]
mod routes_tests;
mod services;
mod starting;
mod stopping;

use std::{net::SocketAddr, num::NonZeroU32, time::Duration};

use ::contracts::calls::Service;
use ::messages::{FileLimits, UPLOAD_ROUTES};
use anyhow::Context;
use axum::{Router, routing::any};
use model::limits::ATTACHMENTS_PER_MESSAGE;
use platform::{
    db::Db,
    http::{self, Entrance, HttpSettings, Problem, RateLimit, RateLimits, Readiness, Uploads, operations},
    telemetry::{self, LogFormat, Metrics, SpanSettings, Spans, TelemetrySettings},
    tls::Tls,
};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    documentation::{contracts, merged},
    services::{Services, open_database, wire, wire_at},
};
use self::{
    services::{add_checks, needs_database, open_tls},
    starting::Door,
    stopping::Stopping,
};
use crate::{
    config::{self, Config, Encryption},
    web,
};

/// How long requests in flight may take after Beep was told to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How long background tasks may take after the last request.
const LAST_WORK: Duration = Duration::from_secs(3);
/// What stands around a file in a form, in bytes.
const FORM_BYTES: usize = 64 * 1024;
/// How long one request may take that brings files. Those that stand still are broken off long before.
const UPLOAD_TIMEOUT: Duration = Duration::from_hours(1);
/// How long to wait before the database is tried again.
const DATABASE_RETRY: Duration = Duration::from_secs(1);
/// The library that hands requests on logs each attempt that fails as an error, also one that another attempt makes good. The edge
/// says itself what has failed.
const PROXY_SILENT: &str = "axum_reverse_proxy=off";

/// Serves until SIGTERM or SIGINT, then finishes what is in flight.
pub fn serve(config: &Config) -> anyhow::Result<()> {
    let _logs = start_telemetry(config)?;
    allow_open_files();
    runtime()?.block_on(run(config))
}

/// Lets this process have as many open files as the system grants it: each connection is one, and most systems grant few
/// unless they are asked.
fn allow_open_files() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(granted) => tracing::debug!(limit = granted, "so many files and connections may be open"),
        Err(error) => tracing::warn!(error.detail = %error, "the number of open files is what it was"),
    }
}

/// Threads for asynchronous work.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("threads cannot start")
}

fn start_telemetry(config: &Config) -> anyhow::Result<telemetry::TelemetryGuard> {
    let level = format!("{},{PROXY_SILENT}", config.telemetry.log_level.as_str());
    Ok(telemetry::init(&logs(config, level, service_name(config)))?)
}

/// The logs of a command that does something beside a running Beep.
pub(crate) fn logs_of_command(config: &Config, level: &str) -> TelemetrySettings {
    logs(config, level.to_owned(), "command".to_owned())
}

fn logs(config: &Config, level: String, service: String) -> TelemetrySettings {
    TelemetrySettings {
        level,
        format: match config.telemetry.log_format {
            config::LogFormat::Json => LogFormat::Json,
            config::LogFormat::Text => LogFormat::Text,
        },
        service,
    }
}

/// What this process is called in logs and traces.
fn service_name(config: &Config) -> String {
    if config.is_apart() {
        let names: Vec<&str> = config.services().iter().map(|service| service.name()).collect();
        names.join("+")
    } else {
        "beep".to_owned()
    }
}

/// Records spans if there is a collector.
fn start_spans(config: &Config) -> anyhow::Result<Option<Spans>> {
    let Some(endpoint) = config.telemetry.otlp_endpoint.get() else {
        return Ok(None);
    };
    let settings = SpanSettings {
        endpoint: endpoint.to_owned(),
        share: f64::from(config.telemetry.traced_percent) / 100.0,
        service: service_name(config),
    };
    Spans::start(&settings).map(Some).context("telemetry.otlp_endpoint")
}

async fn run(config: &Config) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    let metrics = Metrics::install().context("metrics cannot start")?;
    let spans = start_spans(config)?;
    let db = open_database(config)?;
    let address = config.general.listen;
    let listener = listen(address, "listen").await?;
    let bound = listener.local_addr()?;
    let url = config.general.public_url.with_bound_port(bound.port());

    let (door, readiness) = (Door::default(), Readiness::default());
    let stopping = Stopping {
        door: door.clone(),
        readiness: readiness.clone(),
        drain: Duration::from_secs(config.http.drain_seconds),
        shutdown: shutdown.clone(),
    };
    stopping.on_signal()?;
    door.add_check(&readiness);
    if needs_database(config) {
        add_checks(&readiness, &db);
    }
    let internal_listener = if config.is_apart() {
        Some(listen(config.internal.listen, "internal.listen").await?)
    } else {
        None
    };
    let router = operations::router(readiness.clone(), metrics).merge(door.clone().router());
    let (tls, renewing) = open_tls(config, Encryption::Public, &shutdown).await?.unzip();
    let entrance = Entrance::new(listener, tls.as_ref().map(Tls::acceptor));
    let server = tokio::spawn(http::serve(entrance, router, shutdown.clone(), DRAIN));

    let mut background = JoinSet::new();
    if let Some(renewing) = renewing {
        background.spawn(renewing.work);
    }
    let mut internal_server = None;
    if let Some(services) = start(config, &db, url.as_str(), &readiness, &shutdown).await? {
        for task in services.tasks {
            background.spawn(task.work);
        }
        if let (Some(listener), Some((routes, admission))) = (internal_listener, services.internal) {
            // Peers wait for each other: they are let in first.
            let (router, serving) = routes
                .finish(admission, config.http.concurrent_requests, ::contracts::DESCRIPTORS)
                .await;
            serving.set(true).await;
            let draining = readiness.clone().draining();
            tokio::spawn(async move {
                draining.await;
                serving.set(false).await;
            });
            let entrance = Entrance::new(listener, services.tls.as_ref().map(Tls::acceptor));
            internal_server = Some(tokio::spawn(http::serve(entrance, router, shutdown.clone(), DRAIN)));
        }
        let _ = shutdown.run_until_cancelled(services.endings.read()).await;
        door.open(http::public(
            with_front(config, services.public),
            &http_settings(config, url.as_str()),
            services.authenticator,
            services.clock,
        ));
        tracing::info!(server.address = %bound, url.full = %url, "Beep is at {url}");
    }
    shutdown.cancelled().await;
    if let Some(serve) = internal_server {
        serve.await.context("the internal server ended")??;
    }
    server.await.context("the server ended")??;
    // All requests are answered: what still waits for more of them has nothing left to do, and ends with the routes.
    drop((door, readiness));
    let _ = tokio::time::timeout(LAST_WORK, async { while background.join_next().await.is_some() {} }).await;
    background.shutdown().await;
    if let Some(spans) = spans {
        spans.end().await;
    }
    tracing::info!("Beep has stopped");
    Ok(())
}

async fn listen(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{key} = {address}: cannot listen there"))
}

/// Whether browsers come to this process: it serves the web client and the contracts.
fn is_front(config: &Config) -> bool {
    !config.is_apart() || config.services().contains(&Service::Edge)
}

/// The routes of the services, and those of the front door where browsers come to this process.
fn with_front(config: &Config, services: Router) -> Router {
    let public = services.route("/api/{*rest}", any(async || Problem::not_found("not_found")));
    if !is_front(config) {
        return public;
    }
    public
        .merge(instance::router(
            file_limits(config),
            config.has_mail(),
            config.identity.deletion_grace_days,
        ))
        .merge(documentation::router())
        .fallback_service(web::router())
}

/// How much files may take.
fn file_limits(config: &Config) -> FileLimits {
    FileLimits {
        attachment_bytes: config.storage.attachment_bytes,
        bytes_per_user: config.storage.bytes_per_user,
    }
}

/// Waits for the database and wires the services; `None` when Beep is told to stop before.
async fn start(
    config: &Config,
    db: &Db,
    url: &str,
    readiness: &Readiness,
    shutdown: &CancellationToken,
) -> anyhow::Result<Option<Services>> {
    while needs_database(config)
        && let Err(error) = db.ping().await
    {
        tracing::warn!(error.detail = %error, "the database does not answer yet");
        if shutdown
            .run_until_cancelled(tokio::time::sleep(DATABASE_RETRY))
            .await
            .is_none()
        {
            return Ok(None);
        }
    }
    wire(config, db.clone(), url, readiness, shutdown.clone())
        .await
        .map(Some)
}

fn http_settings(config: &Config, url: &str) -> HttpSettings {
    let limits = &config.rate_limit;
    // `burst` requests at once, refilled at `per_second`: the same as `burst` requests in the time that it takes to refill.
    let limit = |per_second: u32, burst: u32| {
        let requests = NonZeroU32::new(burst).filter(|_| limits.enabled)?;
        Some(RateLimit {
            requests,
            window: Duration::from_secs_f64(f64::from(burst) / f64::from(per_second.max(1))),
        })
    };
    HttpSettings {
        public_url: url.to_owned(),
        request_timeout: Duration::from_secs(config.http.request_timeout_seconds),
        body_limit_bytes: config.http.body_limit_bytes,
        uploads: Uploads {
            routes: &UPLOAD_ROUTES,
            // A form may have as many files as a message.
            body_limit_bytes: usize::try_from(config.storage.attachment_bytes)
                .unwrap_or(usize::MAX)
                .saturating_add(FORM_BYTES)
                .saturating_mul(ATTACHMENTS_PER_MESSAGE),
            timeout: UPLOAD_TIMEOUT,
        },
        concurrency: config.http.concurrent_requests,
        trusted_proxies: config
            .http
            .trusted_proxies
            .iter()
            .map(config::Proxies::network)
            .collect(),
        rate_limits: RateLimits {
            user: limit(limits.requests_per_second_per_user, limits.burst_per_user),
            address: limit(limits.requests_per_second_per_address, limits.burst_per_address),
        },
    }
}
