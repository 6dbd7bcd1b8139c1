//! A collector of traces, for measures and tests: takes what services tell by OTLP, and keeps it.

use std::{
    collections::HashMap,
    mem,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value,
    trace::v1::ResourceSpans,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

/// Services tell what they recorded every five seconds.
const TOLD_WITHIN: Duration = Duration::from_secs(7);
/// Spans that are kept; what comes then is dropped.
const KEPT: usize = 1_000_000;

/// A part of a trace.
#[derive(Debug, Clone)]
pub struct Span {
    /// The service that it was in.
    pub service: Arc<str>,
    /// What was done.
    pub name: String,
    /// Eight bytes; unique within the trace.
    pub id: Vec<u8>,
    /// The part that caused it; empty for the first.
    pub parent: Vec<u8>,
    /// In nanoseconds since 1970.
    pub begun: u64,
    /// In nanoseconds since 1970.
    pub ended: u64,
}

/// The parts of each trace, by its id.
pub type Traces = HashMap<Vec<u8>, Vec<Span>>;

type Kept = Arc<Mutex<Vec<(Vec<u8>, Span)>>>;

/// A running collector; it ends with this value.
pub struct Collector {
    /// Where it listens, as `telemetry.otlp_endpoint` takes it.
    pub endpoint: String,
    kept: Kept,
    server: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Collector {
    /// Starts it at a free port of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let kept = Kept::default();
        let service = TraceServiceServer::new(Keeper(Arc::clone(&kept)));
        let serving = Server::builder()
            .add_service(service)
            .serve_with_incoming(TcpIncoming::from(listener));
        Ok(Self {
            endpoint,
            kept,
            server: tokio::spawn(serving),
        })
    }

    /// What was told, when all have had the time to tell.
    pub async fn traces(&self) -> Traces {
        tokio::time::sleep(TOLD_WITHIN).await;
        self.take_traces()
    }

    /// What was told so far and not taken before.
    #[must_use]
    pub fn take_traces(&self) -> Traces {
        let mut traces = Traces::new();
        for (id, span) in self.take() {
            traces.entry(id).or_default().push(span);
        }
        traces
    }

    fn take(&self) -> Vec<(Vec<u8>, Span)> {
        mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

struct Keeper(Kept);

#[tonic::async_trait]
impl TraceService for Keeper {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for told in request.into_inner().resource_spans {
            let service: Arc<str> = service_of(&told).into();
            let spans = told.scope_spans.into_iter().flat_map(|scope| scope.spans);
            let room = KEPT.saturating_sub(kept.len());
            kept.extend(spans.take(room).map(|span| {
                let part = Span {
                    service: Arc::clone(&service),
                    name: span.name,
                    id: span.span_id,
                    parent: span.parent_span_id,
                    begun: span.start_time_unix_nano,
                    ended: span.end_time_unix_nano,
                };
                (span.trace_id, part)
            }));
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn service_of(told: &ResourceSpans) -> String {
    let attributes = told.resource.iter().flat_map(|resource| &resource.attributes);
    let mut named = attributes.filter(|attribute| attribute.key == "service.name");
    match named.find_map(|attribute| attribute.value.as_ref()?.value.as_ref()) {
        Some(any_value::Value::StringValue(name)) => name.clone(),
        _ => String::new(),
    }
}
