//! Whether a request with cookies was made by our own page.

use http::{HeaderMap, Method, header};
use subtle::ConstantTimeEq;

use super::cookies;

/// Whether requests of this method change nothing (RFC 9110, section 9.2.1).
#[must_use]
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Whether the header repeats the cookie (which a foreign page can neither read nor set) and, as far as the browser tells
/// where the request comes from, that is our own page. `public_url` is where browsers find the instance.
#[must_use]
pub fn is_own_page(headers: &HeaderMap, public_url: &str) -> bool {
    let repeated = match (cookies::read(headers, cookies::CSRF), headers.get(cookies::CSRF_HEADER)) {
        (Some(cookie), Some(header)) => bool::from(cookie.as_bytes().ct_eq(header.as_bytes())),
        _ => false,
    };
    repeated && is_same_origin(headers, public_url)
}

/// Whether the browser says that the request comes from a page of this instance, or says nothing (as programs do).
#[must_use]
pub fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let site_ok = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin");
    site_ok
        && headers
            .get(header::ORIGIN)
            .is_none_or(|origin| origin.to_str().is_ok_and(|origin| is_ours(origin, headers, public_url)))
}

/// An origin is ours if it is the public one, or the one that the request was sent to: a browser lets no page choose
/// either header.
fn is_ours(origin: &str, headers: &HeaderMap, public_url: &str) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    origin.eq_ignore_ascii_case(public_url.trim_end_matches('/'))
        || authority
            .zip(host)
            .is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    const PUBLIC: &str = "https://beep.example/";

    fn own_page(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        is_own_page(&headers, PUBLIC)
    }

    #[test]
    fn cookie_and_header_must_be_equal() {
        assert!(own_page(&[("cookie", "beep_csrf=t"), ("x-csrf-token", "t")]));
        assert!(!own_page(&[("cookie", "beep_csrf=t"), ("x-csrf-token", "T")]));
        assert!(!own_page(&[("cookie", "beep_csrf=t")]));
        assert!(!own_page(&[("x-csrf-token", "t")]));
        assert!(!own_page(&[("cookie", "beep_csrf="), ("x-csrf-token", "")]));
    }

    #[test]
    fn the_browser_must_not_say_otherwise() {
        let with = |name, value| {
            own_page(&[
                ("cookie", "beep_csrf=t"),
                ("x-csrf-token", "t"),
                ("host", "127.0.0.1:8080"),
                (name, value),
            ])
        };
        assert!(with("origin", "https://beep.example") && with("origin", "http://127.0.0.1:8080"));
        assert!(with("sec-fetch-site", "same-origin"));
        assert!(
            !with("origin", "https://evil.example")
                && !with("origin", "null")
                && !with("origin", "https://beep.example.evil")
        );
        assert!(
            !with("sec-fetch-site", "same-site")
                && !with("sec-fetch-site", "cross-site")
                && !with("sec-fetch-site", "none")
        );
    }
}
