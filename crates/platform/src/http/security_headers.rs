//! Headers that tell browsers what our pages and answers may do.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Frames are for the players of previews, which are loaded when somebody asks for one; for no other site.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; frame-src https://www.youtube-nocookie.com https://open.spotify.com \
     https://platform.twitter.com",
);
/// Calls need microphone, camera and screen, in our own pages only.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
);
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

const STATIC: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// Adds the headers, except those that the route has set itself (files have a stricter policy). `secure` when the instance
/// is reached by https; `private` answers are stored by no cache unless their route says otherwise.
pub(crate) fn add(headers: &mut HeaderMap, secure: bool, private: bool) {
    headers.reserve(STATIC.len() + 2);
    for (name, value) in STATIC {
        headers.entry(name).or_insert(value);
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    if private {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_may_be_stricter() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public"));
        add(&mut headers, true, true);
        assert_eq!(headers["content-security-policy"], "sandbox");
        assert_eq!(headers["cache-control"], "public");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("strict-transport-security"));
    }

    #[test]
    fn frames_are_for_players_and_nothing_else() {
        let mut headers = HeaderMap::new();
        add(&mut headers, true, false);
        let policy = headers["content-security-policy"].to_str().unwrap_or_default();
        let frames = policy.split("; ").find_map(|part| part.strip_prefix("frame-src "));
        let players = "https://www.youtube-nocookie.com https://open.spotify.com https://platform.twitter.com";
        assert_eq!(frames, Some(players), "{policy}");
    }

    #[test]
    fn nothing_is_promised_without_https() {
        let mut headers = HeaderMap::new();
        add(&mut headers, false, false);
        assert!(!headers.contains_key("strict-transport-security") && !headers.contains_key("cache-control"));
        assert!(
            headers["content-security-policy"]
                .to_str()
                .is_ok_and(|policy| policy.contains("frame-ancestors 'none'"))
        );
    }
}
