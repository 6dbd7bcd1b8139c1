//! Where the instances of a peer are.

use std::{fmt, net::SocketAddr, str::FromStr};

use http::{Uri, uri::Scheme};
use serde::Deserialize;

/// An address of one or more instances: `http://servers:9081`. The host is a name that is resolved again and again, or an
/// IP address. `https` asks for TLS.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    secure: bool,
    host: String,
    port: u16,
}

/// A text is no address of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address such as http://servers:9081")]
pub struct NotAnAddress;

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let uri: Uri = text.trim().parse().map_err(|_| NotAnAddress)?;
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(NotAnAddress),
        };
        let bare = uri.path() == "/" && uri.query().is_none();
        let host = uri.host().filter(|host| bare && !host.is_empty()).ok_or(NotAnAddress)?;
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        Ok(Self {
            secure,
            host: host.to_owned(),
            port,
        })
    }
}

impl TryFrom<String> for Address {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        text.parse()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme(), self.host, self.port)
    }
}

impl Address {
    /// Whether calls are encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The name that a certificate must be for; of an IPv6 address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// The address of one instance.
    #[must_use]
    pub fn of_instance(&self, socket: SocketAddr) -> String {
        format!("{}://{socket}", self.scheme())
    }

    /// All instances that the name stands for at present.
    ///
    /// # Errors
    /// When the name cannot be resolved.
    pub async fn resolve(&self) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((self.host(), self.port)).await?.collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, written) in [
            ("http://servers:9081", "http://servers:9081"),
            ("http://servers", "http://servers:80"),
            ("https://servers", "https://servers:443"),
            (" http://127.0.0.1:1/ ", "http://127.0.0.1:1"),
            ("http://[::1]:9081", "http://[::1]:9081"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), written);
        }
        for bad in [
            "",
            "servers",
            "servers:9081",
            "ftp://servers",
            "http://",
            "http://servers/path",
            "http://servers?a",
        ] {
            assert_eq!(bad.parse::<Address>(), Err(NotAnAddress), "{bad}");
        }
    }

    #[tokio::test]
    async fn names_and_numbers_are_resolved() {
        for text in ["http://127.0.0.1:9081", "http://[::1]:9081"] {
            let address: Address = text.parse().unwrap();
            let found = address.resolve().await.unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(address.of_instance(found[0]), text);
        }
    }
}
