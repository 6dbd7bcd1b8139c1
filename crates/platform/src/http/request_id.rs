//! The ids of a request: its own, and those of the trace it belongs to (W3C Trace Context).

use http::HeaderMap;

use crate::telemetry::{RequestContext, SpanId, TraceId};

/// The header of a request's id, accepted and answered.
pub(crate) const REQUEST_ID: &str = "x-request-id";
/// The longest id that is accepted from a client.
const ID_MAX: usize = 64;

/// The context of a request with these headers: what it brings and is sane is kept, the rest is made.
pub(crate) fn context(headers: &HeaderMap) -> RequestContext {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let mut context = RequestContext::begin();
    if let Some((trace, parent)) = text("traceparent").and_then(parse_traceparent) {
        context = context.caused_by(trace, parent);
    }
    if let Some(id) = text(REQUEST_ID).filter(|id| is_sane(id)) {
        context.request_id = id.into();
    }
    context
}

fn is_sane(id: &str) -> bool {
    (1..=ID_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_' | b'.'))
}

/// `version-trace-parent-flags`; a version above ours may have more parts.
fn parse_traceparent(text: &str) -> Option<(TraceId, SpanId)> {
    let mut parts = text.splitn(5, '-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let more = parts.next().is_some();
    let hex = |text: &str| text.len() == 2 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let known = hex(version) && hex(flags) && version != "ff" && (version != "00" || !more);
    let ids = TraceId::parse(trace).zip(SpanId::parse(parent));
    ids.filter(|_| known)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn of(name: &'static str, value: &str) -> RequestContext {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        context(&headers)
    }

    #[test]
    fn a_good_trace_is_continued() {
        for good in [
            format!("00-{TRACE}-b7ad6b7169203331-01"),
            format!("01-{TRACE}-b7ad6b7169203331-00-more"),
        ] {
            assert_eq!(of("traceparent", &good).trace_id.to_string(), TRACE);
        }
    }

    #[test]
    fn a_bad_trace_is_replaced() {
        let zero = "0".repeat(32);
        for bad in [
            format!("ff-{TRACE}-b7ad6b7169203331-01"),
            format!("00-{TRACE}-b7ad6b7169203331-01-more"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{zero}-b7ad6b7169203331-01"),
            format!("00-{TRACE}-b7ad6b7169203331"),
            "nonsense".to_owned(),
        ] {
            assert_ne!(of("traceparent", &bad).trace_id.to_string(), TRACE, "{bad}");
        }
    }

    #[test]
    fn a_sane_request_id_is_kept() {
        assert_eq!(&*of(REQUEST_ID, "abc-1.2_3").request_id, "abc-1.2_3");
        for bad in ["", "a b", "a\"b", &"x".repeat(65)] {
            assert_ne!(&*of(REQUEST_ID, bad).request_id, bad);
        }
        assert_ne!(
            context(&HeaderMap::new()).request_id,
            context(&HeaderMap::new()).request_id
        );
    }
}
