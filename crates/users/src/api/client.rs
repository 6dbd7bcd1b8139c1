//! What a request tells about the program and the place it comes from.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use platform::http::LimitKey;

/// The client of a request.
pub(crate) struct Client {
    /// The address, as far as limits count it.
    pub(crate) address: IpAddr,
    /// What the program calls itself.
    pub(crate) user_agent: Option<String>,
    /// The languages that it prefers.
    pub(crate) languages: Option<String>,
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// A list that may stand in several lines (RFC 9110, section 5.3).
fn list(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let lines: Vec<&str> = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    Some(lines.join(",")).filter(|list| !list.is_empty())
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self {
            address: LimitKey::of(parts).0,
            user_agent: text(&parts.headers, header::USER_AGENT),
            languages: list(&parts.headers, header::ACCEPT_LANGUAGE),
        })
    }
}
