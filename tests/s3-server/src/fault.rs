//! How the server fails.

use http::{Method, Request, Response};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its method.
    pub method: Method,
    /// The bucket and the key.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
}

impl Asked {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
        }
    }

    /// Whether it deletes several objects at once.
    #[must_use]
    pub fn is_bulk_delete(&self) -> bool {
        self.method == Method::POST && self.query.split('&').any(|part| part.trim_end_matches('=') == "delete")
    }
}

/// What the server does instead of what it was asked.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Refuses with a status and a code of S3.
    Refusal(u16, &'static str),
    /// Says nothing, and keeps the connection.
    Silence,
}

impl Fault {
    pub(crate) async fn answer(self) -> s3s::HttpResponse {
        match self {
            Self::Refusal(status, code) => {
                let body = format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>As the test wants it.</Message></Error>"
                );
                let answer = Response::builder()
                    .status(status)
                    .header("content-type", "application/xml");
                answer.body(s3s::Body::from(body)).expect("an answer")
            }
            Self::Silence => std::future::pending().await,
        }
    }
}
