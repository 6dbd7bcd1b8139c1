//! What a request says to the service: what the client said, less what only we may say.

use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use platform::{
    http::ClientAddress,
    telemetry::{RequestContext, Span},
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// How headers begin that services use among themselves, such as `beep-user-token`.
const INTERNAL: &str = "beep-";

/// Prepares the headers of a request for the service: who asks is the client that `platform::http` found out, the ids are
/// those of the present request and of the span that hands it on. Cookies, `Authorization`, `Origin` and `Host` stay as they came.
pub(crate) fn prepare(parts: &mut Parts, span: &Span) {
    let headers = &mut parts.headers;
    end_connection(headers);
    remove_claims(headers);
    join_cookies(headers);
    let client = parts.extensions.get::<ClientAddress>();
    if let Some(value) = client.and_then(|client| HeaderValue::try_from(client.expose().to_string()).ok()) {
        headers.insert(X_FORWARDED_FOR, value);
    }
    let context = RequestContext::current(|context| HeaderValue::try_from(&*context.request_id).ok());
    if let Some(id) = context.flatten() {
        headers.insert(X_REQUEST_ID, id);
    }
    if let Some(trace) = span.traceparent().and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.insert(TRACEPARENT, trace);
    }
}

/// Whether the client asks for a WebSocket.
pub(crate) fn asks_for_websocket(headers: &HeaderMap) -> bool {
    names(headers, &header::CONNECTION).any(|name| name.eq_ignore_ascii_case("upgrade"))
        && names(headers, &header::UPGRADE).any(|name| name.eq_ignore_ascii_case("websocket"))
}

/// Removes what concerns the client's connection alone. It is done before our own headers are added: a client that calls
/// `X-Forwarded-For` a matter of its connection must not have ours removed.
fn end_connection(headers: &mut HeaderMap) {
    let upgrade = asks_for_websocket(headers);
    let named: Vec<HeaderName> = names(headers, &header::CONNECTION)
        .filter_map(|name| HeaderName::try_from(name).ok())
        .filter(|name| *name != header::UPGRADE && *name != header::HOST)
        .collect();
    for name in named {
        headers.remove(name);
    }
    if upgrade {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    } else {
        headers.remove(header::CONNECTION);
    }
}

/// Removes what the client says of where the request comes from, and what only services may say.
fn remove_claims(headers: &mut HeaderMap) {
    let is_claim = |name: &&HeaderName| {
        let name = name.as_str();
        name == "forwarded" || name == "x-real-ip" || name.starts_with("x-forwarded-") || name.starts_with(INTERNAL)
    };
    let claims: Vec<HeaderName> = headers.keys().filter(is_claim).cloned().collect();
    for name in claims {
        headers.remove(name);
    }
}

/// HTTP/2 lets clients send each cookie in a line of its own, HTTP/1.1 does not (RFC 9113, section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let lines: Vec<&[u8]> = headers
        .get_all(header::COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if lines.len() > 1
        && let Ok(mut joined) = HeaderValue::from_bytes(&lines.join(&b"; "[..]))
    {
        joined.set_sensitive(true);
        headers.insert(header::COOKIE, joined);
    }
}

/// The names in a list that may have several lines.
fn names<'h>(headers: &'h HeaderMap, list: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(list).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::collections::BTreeSet;

    use http::Request;

    use super::*;

    fn prepared(sent: &[(&'static str, &'static str)]) -> HeaderMap {
        let (mut parts, ()) = Request::new(()).into_parts();
        for (name, value) in sent {
            parts.headers.append(*name, HeaderValue::from_static(value));
        }
        prepare(&mut parts, &Span::default());
        parts.headers
    }

    #[test]
    fn what_only_we_may_say_is_removed() {
        let headers = prepared(&[
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=6.6.6.6"),
            ("x-real-ip", "6.6.6.6"),
            ("beep-user-token", "stolen"),
            ("host", "beep.example"),
            ("origin", "https://beep.example"),
            ("authorization", "Bearer mine"),
        ]);
        let kept: BTreeSet<&str> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(kept, BTreeSet::from(["host", "origin", "authorization"]));
    }

    #[tokio::test]
    async fn a_connection_cannot_claim_our_headers() {
        let headers = RequestContext::begin()
            .scope(async {
                prepared(&[
                    ("connection", "close, X-Request-Id, traceparent, host"),
                    ("host", "beep.example"),
                ])
            })
            .await;
        assert!(headers.contains_key("x-request-id") && headers.contains_key("traceparent"));
        assert!(headers.contains_key("host") && !headers.contains_key("connection"));
    }

    #[test]
    fn an_upgrade_is_kept() {
        let headers = prepared(&[("connection", "keep-alive, Upgrade"), ("upgrade", "WebSocket")]);
        assert!(asks_for_websocket(&headers));
        assert_eq!(headers["connection"], "upgrade");
        assert!(!asks_for_websocket(&prepared(&[
            ("connection", "upgrade"),
            ("upgrade", "h2c")
        ])));
    }

    #[test]
    fn cookies_in_several_lines_become_one() {
        let headers = prepared(&[("cookie", "a=1"), ("cookie", "b=2; c=3")]);
        let cookies: Vec<_> = headers.get_all("cookie").iter().collect();
        assert_eq!(cookies, ["a=1; b=2; c=3"]);
    }
}
