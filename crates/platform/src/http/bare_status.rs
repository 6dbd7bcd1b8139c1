//! Answers of the router itself, which have a status and nothing else.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use super::Problem;

/// Gives the bare 404 and 405 of the router a problem as their body.
pub(crate) fn with_problem(response: Response) -> Response {
    if response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    match response.status() {
        StatusCode::NOT_FOUND => Problem::not_found("not_found").into_response(),
        StatusCode::METHOD_NOT_ALLOWED => {
            let detail = "The method is not allowed here.";
            let mut problem =
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response();
            if let Some(allowed) = response.headers().get(header::ALLOW) {
                problem.headers_mut().insert(header::ALLOW, allowed.clone());
            }
            problem
        }
        _ => response,
    }
}
