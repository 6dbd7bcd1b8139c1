//! Where Beep listens, what its users call it, and where it keeps what it makes.

use std::{fmt, net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use super::{
    setting::{SettingType, section},
    targets::Target,
};

section! {
    /// Where Beep listens and where it keeps its data.
    General in "" {
        /// Which services run in this process: `all`, or some of them, with the others elsewhere.
        target: Vec<Target> = Fixed("all");
        /// The address and port that Beep listens on. Port 0 takes a free one.
        listen: SocketAddr = Fixed("127.0.0.1:8080");
        /// The address that people type into their browser, without a path. It decides whether cookies are `Secure`
        /// (when it is https) and which pages may use them.
        public_url: PublicUrl = Derived("http://localhost:<port of listen>, https with http.tls_certificate");
        /// The folder for everything that Beep keeps: the embedded database, files, signing keys.
        data_dir: PathBuf = Derived("$XDG_DATA_HOME/beep or $HOME/.local/share/beep; without a home, ./data");
    }
}

/// The origin of Beep as browsers see it: scheme, host and, unless it is the scheme's own, port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The address of a Beep that only this machine can reach.
    #[must_use]
    pub fn of_this_machine(port: u16, is_https: bool) -> Self {
        let scheme = if is_https { "https" } else { "http" };
        Self(format!("{scheme}://localhost:{port}"))
    }

    /// Whether browsers reach Beep by TLS, so that cookies can be `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The origin, as browsers put it into the `Origin` header: no slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same with the port that was bound, where the configuration left the choice to the system with port 0.
    #[must_use]
    pub fn with_bound_port(&self, port: u16) -> Self {
        self.0
            .strip_suffix(":0")
            .map_or_else(|| self.clone(), |base| Self(format!("{base}:{port}")))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim().to_lowercase();
        let origin = text.strip_suffix('/').unwrap_or(&text);
        let (scheme, host) = origin.split_once("://").ok_or("no scheme")?;
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err("neither http nor https"),
        };
        let host = host.strip_suffix(default_port).unwrap_or(host);
        let uri: axum::http::Uri = format!("{scheme}://{host}").parse().map_err(|_| "not an address")?;
        match uri.authority() {
            Some(authority) if authority.as_str() == host && !host.contains('@') => {
                Ok(Self(format!("{scheme}://{host}")))
            }
            _ => Err("more than a host and a port"),
        }
    }
}

impl SettingType for PublicUrl {
    const FORM: &'static str = "an address without a path, such as https://beep.example.org";
    fn show(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn parse(text: &str) -> Option<String> {
        PublicUrl::try_from(text.to_owned()).ok().map(|url| url.0)
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(
            parse("https://Beep.example.org/").as_deref(),
            Some("https://beep.example.org")
        );
        assert_eq!(
            parse("https://beep.example.org:443").as_deref(),
            Some("https://beep.example.org")
        );
        assert_eq!(parse("http://localhost:8080").as_deref(), Some("http://localhost:8080"));
        assert_eq!(parse("http://[::1]:80").as_deref(), Some("http://[::1]"));
        for bad in [
            "",
            "beep.example.org",
            "ftp://a",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://u:p@a",
            "https://a b",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_port_zero_is_replaced() {
        assert_eq!(
            PublicUrl::of_this_machine(0, false).with_bound_port(4321).as_str(),
            "http://localhost:4321"
        );
        assert_eq!(
            PublicUrl::of_this_machine(8080, false).with_bound_port(4321).as_str(),
            "http://localhost:8080"
        );
    }
}
