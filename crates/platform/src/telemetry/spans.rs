//! Spans: how long each part of a trace took, told to a collector by OTLP (OpenTelemetry Protocol, over gRPC). Without a
//! collector nothing is recorded, and a span costs a look at an empty cell.

use std::{borrow::Cow, sync::OnceLock, time::Duration};

use opentelemetry::{
    Context, KeyValue, Value,
    trace::{
        Span as _, SpanContext, SpanKind, Status, TraceContextExt, TraceFlags, TraceState, Tracer, TracerProvider as _,
    },
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithTonicConfig, tonic_types::transport::ClientTlsConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};

use super::{RequestContext, SpanId, TraceId};

/// How long the collector may take to accept spans.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the end of the process waits for the last spans.
const LAST_SPANS: Duration = Duration::from_secs(2);

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// Where spans go.
#[derive(Debug, Clone)]
pub struct SpanSettings {
    /// The collector: `http://HOST:4317`, or `https://…` with a certificate of an authority that the system believes.
    pub endpoint: String,
    /// The share of traces that are recorded, 0 to 1. All services decide alike by a trace's id.
    pub share: f64,
    /// The name of the running service.
    pub service: String,
}

/// Why spans cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum SpanError {
    /// The exporter cannot be made.
    #[error("spans cannot be told: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// They are recorded already in this process.
    #[error("spans were started before")]
    Started,
}

/// The recording of spans; ended with [`Spans::end`], which tells the last of them.
#[derive(Debug)]
pub struct Spans(SdkTracerProvider);

impl Spans {
    /// Records spans from now on. Once per process, within a Tokio runtime.
    ///
    /// # Errors
    /// When the endpoint is none, or spans are recorded already.
    pub fn start(settings: &SpanSettings) -> Result<Self, SpanError> {
        let exporter = SpanExporter::builder()
            .with_tonic()
            .with_endpoint(&settings.endpoint)
            .with_timeout(EXPORT_TIMEOUT);
        let exporter = if settings.endpoint.starts_with("https://") {
            exporter.with_tls_config(ClientTlsConfig::new().with_native_roots())
        } else {
            exporter
        };
        let resource = Resource::builder()
            .with_service_name(settings.service.clone())
            .with_attribute(KeyValue::new("service.namespace", "beep"))
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .with_attribute(KeyValue::new(
                "service.instance.id",
                hex::encode(rand::random::<[u8; 8]>()),
            ))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter.build()?)
            .with_sampler(Sampler::TraceIdRatioBased(settings.share))
            .with_resource(resource)
            .build();
        TRACER.set(provider.tracer("beep")).map_err(|_| SpanError::Started)?;
        Ok(Self(provider))
    }

    /// Tells the last spans, within two seconds, and records no more.
    pub async fn end(self) {
        let ending = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST_SPANS));
        if let Ok(Err(error)) = ending.await {
            tracing::warn!(error.detail = %error, "the last spans are lost");
        }
    }
}

/// What part of a conversation between services a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Answers a request.
    Server,
    /// Makes a request.
    Client,
    /// Acts on an event.
    Consumer,
    /// Something within one of these.
    Internal,
}

impl From<Part> for SpanKind {
    fn from(part: Part) -> Self {
        match part {
            Part::Server => Self::Server,
            Part::Client => Self::Client,
            Part::Consumer => Self::Consumer,
            Part::Internal => Self::Internal,
        }
    }
}

/// A part of a trace; it ends when it is dropped.
#[derive(Debug, Default)]
#[must_use = "a span lasts as long as its value"]
pub struct Span(Option<Box<opentelemetry_sdk::trace::Span>>);

impl Span {
    /// Begins a part of the trace of the present task. Nothing without one.
    pub fn begin(part: Part, name: impl Into<Cow<'static, str>>) -> Self {
        let present = TRACER
            .get()
            .and_then(|_| RequestContext::current(|context| (context.trace_id, context.cause())));
        match present {
            Some((trace, parent)) => Self::within(trace, Some(parent), part, name),
            None => Self::default(),
        }
    }

    /// Begins a part of the trace; without a parent it is the first of it.
    pub(super) fn within(
        trace: TraceId,
        parent: Option<SpanId>,
        part: Part,
        name: impl Into<Cow<'static, str>>,
    ) -> Self {
        let Some(tracer) = TRACER.get() else {
            return Self::default();
        };
        let context = match parent {
            Some(parent) => Context::new().with_remote_span_context(SpanContext::new(
                opentelemetry::TraceId::from_bytes(trace.bytes()),
                opentelemetry::SpanId::from_bytes(parent.bytes()),
                TraceFlags::SAMPLED,
                true,
                TraceState::NONE,
            )),
            None => Context::new(),
        };
        let builder = tracer.span_builder(name).with_kind(part.into());
        Self(Some(Box::new(tracer.build_with_context(builder, &context))))
    }

    /// The ids of the trace and of this part of it, when spans are recorded.
    pub(super) fn ids(&self) -> Option<(TraceId, SpanId)> {
        let context = self.0.as_ref()?.span_context();
        context.is_valid().then(|| {
            (
                TraceId::new(context.trace_id().to_bytes()),
                SpanId::new(context.span_id().to_bytes()),
            )
        })
    }

    /// The `traceparent` header for what this part of the trace asks of others; that of the present task when nothing is
    /// recorded.
    #[must_use]
    pub fn traceparent(&self) -> Option<String> {
        match self.ids() {
            Some((trace, span)) => Some(format!("00-{trace}-{span}-01")),
            None => RequestContext::current_traceparent(),
        }
    }

    /// Gives it a better name, once that is known.
    pub fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some(span) = self.recording() {
            span.update_name(name());
        }
    }

    /// Notes something about it, by a name of OpenTelemetry's semantic conventions where there is one. Never personal data.
    pub fn note(&mut self, name: &'static str, value: impl Into<Value>) {
        if let Some(span) = self.recording() {
            span.set_attribute(KeyValue::new(name, value));
        }
    }

    /// It failed, by a mistake or a fault of ours; not when a client is refused something.
    pub fn fail(&mut self) {
        if let Some(span) = self.recording() {
            span.set_status(Status::error(""));
        }
    }

    fn recording(&mut self) -> Option<&mut opentelemetry_sdk::trace::Span> {
        self.0.as_deref_mut().filter(|span| span.is_recording())
    }
}
