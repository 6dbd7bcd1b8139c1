//! How requests are taken.

use platform::http::{InvalidNetwork, Network};
use serde::Deserialize;

use super::{
    encryption::FilePath,
    setting::{ListItem, SettingType, section},
};

section! {
    /// How requests are taken.
    Http in "http." {
        /// How long a request may take, in seconds, before it is answered with 503.
        request_timeout_seconds: u64 = Fixed("30"), 1..=3600;
        /// How many requests are worked on at the same time, and besides them how many calls of other services, by each
        /// process. More are answered 503 (`overloaded`) at once. The edge gives half of them to any one service.
        concurrent_requests: usize = Fixed("4096"), 16..=65_536;
        /// The largest body of any request, uploads included, in bytes. JSON has a narrower limit of its own.
        body_limit_bytes: usize = Fixed("9437184"), 131_072..=67_108_864;
        /// How long requests are still taken after Beep was told to stop, in seconds. Meanwhile `/readyz` answers 503, so that
        /// balancers and the other services turn away before the door is closed: longer than they take to notice.
        drain_seconds: u64 = Derived("2 when services run apart, 0 otherwise"), 0..=300;
        /// The proxies in front of Beep, as addresses or networks, whose `X-Forwarded-For` header is believed. Name none
        /// that you do not run: they decide what address a request is counted for.
        trusted_proxies: Vec<Proxies> = Fixed("");
        /// The certificate that the public listener shows (PEM, with what stands between it and the authority). With it
        /// Beep speaks HTTPS there, and nothing else. Read again when it changes.
        tls_certificate: FilePath = Fixed("");
        /// The key of that certificate (PEM).
        tls_key: FilePath = Fixed("");
        /// The certificates of authorities (PEM). With them the public listener answers only who shows a certificate of
        /// theirs: for services behind an edge, never for browsers.
        tls_authorities: FilePath = Fixed("");
    }
}

/// The address or the network of trusted proxies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Proxies {
    network: Network,
    text: String,
}

impl Proxies {
    /// The network.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }
}

impl TryFrom<String> for Proxies {
    type Error = InvalidNetwork;

    fn try_from(text: String) -> Result<Self, InvalidNetwork> {
        Ok(Self {
            network: text.trim().parse()?,
            text: text.trim().to_owned(),
        })
    }
}

impl SettingType for Proxies {
    const FORM: &'static str = "an address or a network";
    fn show(&self) -> String {
        self.text.clone()
    }
}

impl ListItem for Proxies {
    const LIST_FORM: &'static str = "a list of addresses or networks, such as [\"10.0.0.0/8\", \"::1\"]";
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn addresses_and_networks_are_proxies() {
        let proxies = |text: &str| Proxies::try_from(text.to_owned()).ok();
        let network = proxies(" 10.0.0.0/8 ").unwrap();
        assert_eq!(network.show(), "10.0.0.0/8");
        assert!(network.network().contains("10.1.2.3".parse().unwrap()));
        assert_eq!(proxies("::1").unwrap().show(), "::1");
        for bad in ["", "proxy.example.org", "10.0.0.0/33"] {
            assert_eq!(proxies(bad), None, "{bad:?}");
        }
    }
}
