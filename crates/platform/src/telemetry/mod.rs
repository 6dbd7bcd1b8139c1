//! What operators see: logs, metrics and traces, and the context of a request that they share.

#[cfg(test)]
pub(crate) mod captured;
pub mod context;
mod json_lines;
mod metrics;
mod output;
mod process;
mod spans;
mod start;

pub use context::{RequestContext, SpanId, TraceId};
pub use metrics::Metrics;
pub use spans::{Part, Span, SpanError, SpanSettings, Spans};
pub use start::{LogFormat, TelemetryError, TelemetryGuard, TelemetrySettings, init, init_beside};
