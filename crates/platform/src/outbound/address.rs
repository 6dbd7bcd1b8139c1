//! Which addresses belong to the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether anybody anywhere may be behind the address: neither this machine, nor the networks around it, nor what carries
/// such an address within it (IANA's registries of special addresses, and the places where clouds keep secrets).
#[must_use]
pub const fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

#[expect(clippy::match_same_arms, reason = "one arm for each reason")]
const fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network; loopback; private; reserved and broadcast.
        [0 | 10 | 127 | 240..=255, ..] => true,
        // Shared with carriers (CGNAT).
        [100, 64..=127, ..] => true,
        // Link-local, and with it the metadata of clouds.
        [169, 254, ..] => true,
        [172, 16..=31, ..] | [192, 168, ..] => true,
        // Protocol assignments; documentation; the old relays of 6to4.
        [192, 0, 0 | 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [192, 88, 99, _] => true,
        // Benchmarks.
        [198, 18..=19, ..] => true,
        // Multicast.
        [224..=239, ..] => true,
        // The metadata of Azure, at an address that looks public.
        [168, 63, 129, 16] => true,
        _ => false,
    };
    !special
}

#[expect(clippy::match_same_arms, reason = "one arm for each reason")]
const fn is_public_v6(address: Ipv6Addr) -> bool {
    // Everything outside of 2000::/3 is special: loopback, unspecified, IPv4 in IPv6 in both spellings, NAT64, unique local,
    // link-local, multicast, and what nobody has been given.
    let special = match address.segments() {
        // Protocol assignments, tunnels of Teredo among them.
        [0x2001, 0..=0x01ff, ..] => true,
        // Documentation.
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => true,
        // 6to4: an IPv4 address within.
        [0x2002, ..] => true,
        [first, ..] => first & 0xe000 != 0x2000,
    };
    !special
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn all(addresses: &str) -> Vec<IpAddr> {
        addresses
            .split_whitespace()
            .map(|address| address.parse().unwrap())
            .collect()
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for address in all(
            "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 \
             169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.88.98.1 192.88.100.1 \
             192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.1 198.51.101.1 203.0.112.1 203.0.114.1 \
             223.255.255.255 168.63.129.15 2606:4700:4700::1111 2a00:1450:4007::1 2001:200::1 2001:4860:4860::8888 \
             2400:cb00::1 3ffe:ffff::1",
        ) {
            assert!(is_public(address), "{address}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for address in all(
            "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254 \
             169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 \
             192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 \
             255.255.255.255 168.63.129.16 \
             :: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:1.1.1.1 ::ffff:0:127.0.0.1 \
             64:ff9b::a00:1 64:ff9b::1.1.1.1 64:ff9b:1::1 100::1 2001::1 2001:0:5ef5:79fd:0:0:0:1 2001:2::1 2001:10::1 \
             2001:20::1 2001:db8::1 2002:7f00:1::1 2002:a9fe:a9fe::1 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 \
             fd12:3456::1 fe80::1 fe80::a9fe:a9fe fec0::1 ff02::1 ffff::1",
        ) {
            assert!(!is_public(address), "{address}");
        }
    }

    #[test]
    fn the_edges_of_each_range_are_where_they_are() {
        let bits = |text: &str| text.parse::<Ipv4Addr>().unwrap().to_bits();
        for (first, last) in [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ] {
            let (first, last) = (bits(first), bits(last));
            for inside in [first, last] {
                assert!(!is_public(Ipv4Addr::from_bits(inside).into()), "{first} to {last}");
            }
            for outside in [first.checked_sub(1), last.checked_add(1)].into_iter().flatten() {
                assert!(is_public(Ipv4Addr::from_bits(outside).into()), "{first} to {last}");
            }
        }
    }
}
