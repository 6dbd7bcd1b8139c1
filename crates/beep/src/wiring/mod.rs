//! Wires the services into one process.

use anyhow::Context;
use platform::{
    http::{self, Readiness, operations},
    telemetry::{self, LogFormat, Metrics, TelemetrySettings},
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{self, Config},
    web,
};

/// How long requests in flight may take after Beep was told to stop.
const DRAIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Serves until SIGTERM or SIGINT, then finishes what is in flight.
pub fn serve(config: Config) -> anyhow::Result<()> {
    let _logs = telemetry::init(&TelemetrySettings {
        level: config.telemetry.log_level.as_str().to_owned(),
        format: match config.telemetry.log_format {
            config::LogFormat::Json => LogFormat::Json,
            config::LogFormat::Text => LogFormat::Text,
        },
        service: "beep".to_owned(),
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("threads cannot start")?;
    runtime.block_on(run(config))
}

async fn run(config: Config) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    stop_on_signal(shutdown.clone())?;
    let metrics = Metrics::install().context("metrics cannot start")?;
    let address = config.general.listen;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listen = {address}: cannot listen there"))?;
    let bound = listener.local_addr()?;
    let url = config.general.public_url.with_bound_port(bound.port());
    tracing::info!(server.address = %bound, url.full = %url, "Beep is at {url}");
    let router = operations::router(Readiness::default(), metrics).merge(web::router());
    http::serve(listener, router, shutdown, DRAIN).await?;
    tracing::info!("Beep has stopped");
    Ok(())
}

/// Cancels `shutdown` when the system or the person at the keyboard asks the program to stop.
fn stop_on_signal(shutdown: CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("Beep was told to stop");
        shutdown.cancel();
    });
    Ok(())
}
