//! The three cookies of a signed-in browser.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header};

/// The access token; sent with every request, hidden from scripts.
pub const ACCESS: &str = "beep_access";
/// The refresh token; sent to `/api/v1/auth` only, hidden from scripts.
pub const REFRESH: &str = "beep_refresh";
/// The token that our own page copies into `X-CSRF-Token`.
pub const CSRF: &str = "beep_csrf";
/// That somebody has signed in once more at the identity manager; sent with every request, hidden from scripts.
pub const FRESH: &str = "beep_fresh";
/// The header that must repeat [`CSRF`].
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Sets and clears the cookies.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    /// Cookies for the instance at this public URL: `Secure` when it is https.
    #[must_use]
    pub fn for_public_url(url: &str) -> Self {
        Self {
            secure: url
                .get(..8)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")),
        }
    }

    /// Appends the three cookies of a new or refreshed sign-in, with a new CSRF token. All live as long as the refresh
    /// token, so that a browser whose access token has expired still knows that it can refresh.
    pub fn set(self, headers: &mut HeaderMap, access: &str, refresh: &str, lifetime: Duration) {
        let age = lifetime.as_secs();
        self.append(headers, ACCESS, access, "HttpOnly; SameSite=Lax; Path=/", age);
        self.append(
            headers,
            REFRESH,
            refresh,
            "HttpOnly; SameSite=Strict; Path=/api/v1/auth",
            age,
        );
        let csrf = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
        self.append(headers, CSRF, &csrf, "SameSite=Strict; Path=/", age);
    }

    /// Appends what makes a browser drop the three cookies.
    pub fn clear(self, headers: &mut HeaderMap) {
        self.append(headers, ACCESS, "", "HttpOnly; SameSite=Lax; Path=/", 0);
        self.append(headers, REFRESH, "", "HttpOnly; SameSite=Strict; Path=/api/v1/auth", 0);
        self.append(headers, CSRF, "", "SameSite=Strict; Path=/", 0);
    }

    /// Appends a cookie that only the routes of signing in need, hidden from scripts. It comes along when another site sends the
    /// browser back here, and with nothing else that another site makes it do.
    pub fn set_passing(self, headers: &mut HeaderMap, name: &str, value: &str, lifetime: Duration) {
        let attributes = "HttpOnly; SameSite=Lax; Path=/api/v1/auth";
        self.append(headers, name, value, attributes, lifetime.as_secs());
    }

    /// Appends a cookie that only the routes of one's own account need, hidden from scripts and from other sites.
    pub fn set_own(self, headers: &mut HeaderMap, name: &str, value: &str, lifetime: Duration) {
        let attributes = "HttpOnly; SameSite=Strict; Path=/api/v1/users/@me";
        self.append(headers, name, value, attributes, lifetime.as_secs());
    }

    /// Appends what makes a browser drop such a cookie.
    pub fn clear_passing(self, headers: &mut HeaderMap, name: &str) {
        self.set_passing(headers, name, "", Duration::ZERO);
    }

    fn append(self, headers: &mut HeaderMap, name: &str, value: &str, attributes: &str, age: u64) {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; {attributes}; Max-Age={age}{secure}");
        // Tokens are of characters that cookies may have; anything else would be our own mistake and sets nothing.
        if let Ok(mut cookie) = HeaderValue::try_from(text) {
            cookie.set_sensitive(true);
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// The value of the first cookie of that name.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let value = lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    });
    value.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn texts(headers: &HeaderMap) -> Vec<&str> {
        headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|cookie| cookie.to_str().unwrap())
            .collect()
    }

    #[test]
    fn set_and_cleared_with_the_same_attributes() {
        let cookies = Cookies::for_public_url("https://beep.example");
        let (mut set, mut cleared) = (HeaderMap::new(), HeaderMap::new());
        cookies.set(&mut set, "a.b.c", "refresh", Duration::from_mins(1));
        cookies.clear(&mut cleared);
        assert_eq!(
            texts(&set)[0],
            "beep_access=a.b.c; HttpOnly; SameSite=Lax; Path=/; Max-Age=60; Secure"
        );
        assert_eq!(
            texts(&set)[1],
            "beep_refresh=refresh; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=60; Secure"
        );
        assert!(
            texts(&set)[2].starts_with("beep_csrf=")
                && texts(&set)[2].ends_with("; SameSite=Strict; Path=/; Max-Age=60; Secure")
        );
        assert_eq!(
            texts(&cleared)[1],
            "beep_refresh=; HttpOnly; SameSite=Strict; Path=/api/v1/auth; Max-Age=0; Secure"
        );
        assert_eq!(texts(&cleared).len(), 3);
    }

    #[test]
    fn passing_cookies_are_for_signing_in_alone() {
        let cookies = Cookies::for_public_url("https://beep.example");
        let mut headers = HeaderMap::new();
        cookies.set_passing(&mut headers, "x", "y", Duration::from_mins(10));
        cookies.clear_passing(&mut headers, "x");
        let attributes = "HttpOnly; SameSite=Lax; Path=/api/v1/auth; Max-Age=";
        assert_eq!(
            texts(&headers),
            [
                format!("x=y; {attributes}600; Secure"),
                format!("x=; {attributes}0; Secure")
            ]
        );
    }

    #[test]
    fn plain_http_has_no_secure_cookies() {
        let mut headers = HeaderMap::new();
        Cookies::for_public_url("http://127.0.0.1:8080").clear(&mut headers);
        assert!(texts(&headers).iter().all(|cookie| !cookie.contains("Secure")));
    }

    #[test]
    fn read_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("x=1; beep_csrf=abc=; xbeep_access=no"),
        );
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("beep_access=yes; beep_refresh="),
        );
        assert_eq!(read(&headers, CSRF), Some("abc="));
        assert_eq!(read(&headers, ACCESS), Some("yes"));
        assert_eq!(read(&headers, REFRESH), None);
    }
}
