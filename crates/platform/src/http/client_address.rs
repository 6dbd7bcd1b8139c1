//! Where a request comes from.

use std::{
    convert::Infallible,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};

/// The other end of the connection; an extension of every request from [`super::serve`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// The address of the client, behind the proxies that are trusted; an extension of every public request. It shows masked:
/// whole addresses are personal data.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The client of a request from `peer` with these headers. `X-Forwarded-For` is read from its end, as far as the
    /// addresses are `trusted` proxies; what a client wrote there itself stands before and is not believed.
    #[must_use]
    pub fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let mut client = peer.to_canonical();
        if trusted.is_empty() {
            return Self(client);
        }
        let lines = headers.get_all("x-forwarded-for").into_iter().rev();
        for hop in lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.rsplit(','))
        {
            if !trusted.iter().any(|network| network.contains(client)) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            client = address.to_canonical();
        }
        Self(client)
    }

    /// The address itself: for limits and the owner's own list of sign-ins, never for a log.
    #[must_use]
    pub const fn expose(self) -> IpAddr {
        self.0
    }

    /// What limits count by: the address, or the first 64 bits of an IPv6 one, which one household has for itself.
    #[must_use]
    pub fn limit_key(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        }
    }
}

/// The first 24 bits of an IPv4 address, the first 48 of an IPv6 one: `192.0.2.0/24`.
impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{}/24", Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8))),
            IpAddr::V6(address) => write!(f, "{}/48", Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 80))),
        }
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What limits count a request by: [`ClientAddress::limit_key`] of its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitKey(pub IpAddr);

impl LimitKey {
    /// Of the request with this head.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let address = parts.extensions.get::<ClientAddress>();
        // A request without a connection comes from this process.
        Self(address.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.limit_key()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LimitKey {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// A network of addresses in CIDR notation: `10.0.0.0/8`, `::1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// A text that is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a network is an address, or an address, a slash and a number of bits")]
pub struct InvalidNetwork;

impl Network {
    /// Whether the address is in the network.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                (network.to_bits() ^ address.to_bits()) & mask == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                (network.to_bits() ^ address.to_bits()) & mask == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| InvalidNetwork)?;
        if bits <= most {
            Ok(Self { address, bits })
        } else {
            Err(InvalidNetwork)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn resolve(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        ClientAddress::resolve(peer.parse().unwrap(), &headers, &trusted)
            .expose()
            .to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(resolve("192.0.2.1", &["1.1.1.1"], &[]), "192.0.2.1");
        assert_eq!(resolve("192.0.2.1", &["1.1.1.1"], &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(resolve("10.1.2.3", &["1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(
            resolve("10.1.2.3", &["6.6.6.6, 1.1.1.1, 10.9.9.9"], &["10.0.0.0/8"]),
            "1.1.1.1",
            "6.6.6.6 is the client's own claim"
        );
        assert_eq!(resolve("10.1.2.3", &["6.6.6.6", "1.1.1.1"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(resolve("10.1.2.3", &["nonsense"], &["10.0.0.0/8"]), "10.1.2.3");
        assert_eq!(
            resolve("::ffff:10.1.2.3", &["2001:db8::1"], &["10.0.0.0/8"]),
            "2001:db8::1"
        );
    }

    #[tokio::test]
    async fn a_request_is_counted_by_its_household_or_as_of_this_process() {
        let key = async |address: Option<&str>| {
            let mut request = http::Request::new(());
            if let Some(address) = address {
                request.extensions_mut().insert(ClientAddress(address.parse().unwrap()));
            }
            let (mut parts, ()) = request.into_parts();
            LimitKey::from_request_parts(&mut parts, &())
                .await
                .unwrap()
                .0
                .to_string()
        };
        assert_eq!(key(Some("192.0.2.77")).await, "192.0.2.77");
        assert_eq!(key(Some("2001:db8:1:2::3")).await, "2001:db8:1:2::");
        assert_eq!(key(None).await, "127.0.0.1");
    }

    #[test]
    fn networks() {
        let contains =
            |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        assert!(contains("0.0.0.0/0", "255.1.2.3") && contains("::/0", "::1") && contains("::1", "::1"));
        assert!(contains("172.16.0.0/12", "172.31.255.255") && !contains("172.16.0.0/12", "172.32.0.0"));
        assert!(!contains("::/0", "1.2.3.4") && !contains("127.0.0.1", "127.0.0.2"));
        for bad in ["", "x", "1.2.3.4/33", "::/129", "1.2.3.4/", "1.2.3.4/-1"] {
            assert_eq!(bad.parse::<Network>(), Err(InvalidNetwork), "{bad}");
        }
    }

    #[test]
    fn shown_masked_and_limited_by_household() {
        let address = |text: &str| ClientAddress(text.parse().unwrap());
        assert_eq!(
            format!("{:?} {}", address("192.0.2.77"), address("2001:db8:1:2::3")),
            "192.0.2.0/24 2001:db8:1::/48"
        );
        assert_eq!(
            address("2001:db8:1:2::3").limit_key(),
            address("2001:db8:1:2:ffff::").limit_key()
        );
        assert_ne!(
            address("2001:db8:1:2::3").limit_key(),
            address("2001:db8:1:3::3").limit_key()
        );
        assert_ne!(address("192.0.2.77").limit_key(), address("192.0.2.78").limit_key());
    }
}
