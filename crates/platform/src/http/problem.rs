//! Errors as clients read them: problem details of RFC 9457 with a stable `code`.

use std::{borrow::Cow, time::Duration};

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use model::Permission;
use serde::Serialize;

use crate::telemetry::RequestContext;

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name; dots and indices for inner ones: `channels.0.name`.
    #[schema(value_type = String)]
    pub field: Cow<'static, str>,
    /// The stable code: `too_short`, `required`, `taken` …
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// A sentence for people.
    #[schema(value_type = String)]
    pub detail: Cow<'static, str>,
}

/// The body of every error answer (`application/problem+json`).
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// Always `about:blank`: the `code` says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The name of the status.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// The stable code that programs decide by.
    code: &'a str,
    /// A sentence for people; may change.
    detail: &'a str,
    /// What is wrong with single fields, if that is the problem.
    errors: &'a [FieldError],
    /// The permission that is missing, if that is the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    permission: Option<Permission>,
    /// The trace in which the problem arose, to quote when asking for help.
    trace_id: Option<String>,
}

/// An error answer on its way. Small to move: its parts are on the heap, as errors are rare.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    permission: Option<Permission>,
    retry_after: Option<Duration>,
}

impl Problem {
    /// A problem with this status, stable code, and sentence for people.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            status,
            code: code.into(),
            detail: detail.into(),
            errors: Vec::new(),
            permission: None,
            retry_after: None,
        }))
    }

    /// Also names a field that is wrong.
    #[must_use]
    pub fn with_field(
        mut self,
        field: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.errors.push(FieldError {
            field: field.into(),
            code: code.into(),
            detail: detail.into(),
        });
        self
    }

    /// Also tells when to try again, in whole seconds rounded up, at least one.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// 404 with the code of what was not found.
    #[must_use]
    pub fn not_found(code: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, "It does not exist, or you may not see it.")
    }

    /// 403.
    pub fn forbidden(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 403 `missing_permission`, which says what is missing.
    #[must_use]
    pub fn missing_permission(permission: Permission) -> Self {
        let detail = format!("This needs the permission {}.", permission.name());
        let mut problem = Self::forbidden("missing_permission", detail);
        problem.0.permission = Some(permission);
        problem
    }

    /// 409.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 401 `not_signed_in`.
    #[must_use]
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Sign in first.")
    }

    /// 503 `unavailable`: something Beep needs is away or full; the same request may succeed `after` that time.
    #[must_use]
    pub fn unavailable(after: Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Beep cannot do this at the moment. Try again soon.",
        )
        .with_retry_after(after)
    }

    /// 503 `overloaded`: there was no room for the request, and nothing was done; the same one may succeed `after` that time.
    #[must_use]
    pub fn overloaded(after: Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "Beep has too much to do at the moment. Try again soon.",
        )
        .with_retry_after(after)
    }

    /// 500 `internal`. Says nothing to the client; whoever makes it has logged the cause.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong in Beep.",
        )
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The sentence for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// When to try again, where that is said.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What is wrong with single fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let parts = *self.0;
        let body = ProblemBody {
            kind: "about:blank",
            title: parts.status.canonical_reason().unwrap_or("Error"),
            status: parts.status.as_u16(),
            code: &parts.code,
            detail: &parts.detail,
            errors: &parts.errors,
            permission: parts.permission,
            trace_id: RequestContext::current_trace().map(|trace| trace.to_string()),
        };
        // Strings and numbers always serialise.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (parts.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(after) = parts.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if parts.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
