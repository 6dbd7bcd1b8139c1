//! What operators see: logs, metrics, and the context of a request that both share.

#[cfg(test)]
pub(crate) mod captured;
pub mod context;
mod json_lines;
mod metrics;
mod output;
mod process;
mod start;

pub use context::{RequestContext, SpanId, TraceId};
pub use metrics::Metrics;
pub use start::{LogFormat, TelemetryError, TelemetryGuard, TelemetrySettings, init};
