//! What operators see: logs, metrics, and the context of a request that both share.

pub mod context;

pub use context::{RequestContext, SpanId, TraceId};
