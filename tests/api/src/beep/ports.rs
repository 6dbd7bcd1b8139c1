//! Free ports. Below the range from which the system takes ports for outgoing connections: a part that was killed must
//! find its port free when it is started again.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::atomic::{AtomicU16, Ordering},
};

const FIRST: u16 = 10_000;
const AMOUNT: u16 = 9_000;

/// An address that nobody listens at, and that no other call of this program gets.
#[must_use]
pub fn free() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Several test programs run on one machine: each begins elsewhere.
    let start = u16::try_from(std::process::id().wrapping_mul(97) % u32::from(AMOUNT)).unwrap();
    loop {
        let offset = (start + NEXT.fetch_add(1, Ordering::Relaxed)) % AMOUNT;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + offset));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
