//! What a request tells about the program and the place it comes from.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use platform::http::ClientAddress;

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

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        // A request without a connection comes from this process.
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Ok(Self {
            address: parts
                .extensions
                .get::<ClientAddress>()
                .map_or(local, |address| address.limit_key()),
            user_agent: text(&parts.headers, header::USER_AGENT),
            languages: text(&parts.headers, header::ACCEPT_LANGUAGE),
        })
    }
}
