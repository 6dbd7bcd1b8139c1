//! What came back.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Bytes,
    /// The body as JSON; null when it is none.
    pub body: Value,
}

impl Answer {
    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Fails unless it is this problem; answers it without the id of its trace, so that two of them can be compared.
    #[track_caller]
    pub fn is_problem(self, status: u16, code: &str) -> Value {
        let mut body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        assert!(body["trace_id"].take().is_string(), "a problem without a trace: {body}");
        body
    }

    /// Fails unless exactly this field is wrong in this way.
    #[track_caller]
    pub fn is_invalid(self, field: &str, code: &str) {
        let body = self.is_problem(422, "invalid");
        let errors = body["errors"].as_array().expect("errors");
        assert!(
            errors.len() == 1 && errors[0]["field"] == field && errors[0]["code"] == code,
            "{body}"
        );
    }

    /// A header as text; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}
