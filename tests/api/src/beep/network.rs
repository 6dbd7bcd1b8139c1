//! A network in which every part has an address of its own, so that the way between two of them can be cut.
//!
//! Each part lives in a network namespace, joined to this one by a cable (veth); this one hands on what they say to each
//! other, or lets it vanish without a word, as a broken network does. It belongs to the test program alone:
//! `scripts/chaos` starts that in a namespace of its own.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    process::Command,
    sync::{Arc, Mutex},
};

/// Where this program and its PostgreSQL are, for all parts.
pub const HOST: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
/// All addresses of this network.
pub(super) const ALL: &str = "10.77.0.0/16";
/// What [`HOST`] is called when a way is cut.
pub const HERE: &str = "postgres";

/// The network, and who is in it. Clones are the same.
#[derive(Debug, Clone)]
pub struct Network(Arc<Mutex<BTreeMap<String, Ipv4Addr>>>);

impl Network {
    /// The network of this program. `None` where it has none of its own, by which nothing else would be disturbed.
    #[must_use]
    pub fn own() -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "tests are told by the environment where they run"
        )]
        let told = std::env::var("BEEP_TEST_NETWORK").ok();
        if told.as_deref() != Some("own") {
            return None;
        }
        std::fs::write("/proc/sys/net/ipv4/ip_forward", "1").expect("a network namespace of one's own");
        ip("link set lo up");
        ip(&format!("address add {HOST}/32 dev lo"));
        // What is cut is looked at before what is here: otherwise this program itself could not be cut off.
        ip("rule add pref 100 lookup local");
        ip("rule del pref 0");
        let here = BTreeMap::from([(HERE.to_owned(), HOST)]);
        Some(Self(Arc::new(Mutex::new(here))))
    }

    /// Gives a part of this name its namespace, which has the same name, and answers with its address.
    pub(super) fn join(&self, name: &str) -> Ipv4Addr {
        let mut joined = self.0.lock().unwrap();
        let number = u8::try_from(joined.len()).unwrap();
        let (near, far) = (Ipv4Addr::new(10, 77, number, 1), Ipv4Addr::new(10, 77, number, 2));
        ip(&format!("netns add {name}"));
        ip(&format!("link add cable{number} type veth peer name eth0 netns {name}"));
        ip(&format!("address add {near}/24 dev cable{number}"));
        ip(&format!("link set cable{number} up"));
        ip(&format!("-n {name} address add {far}/24 dev eth0"));
        ip(&format!("-n {name} link set eth0 up"));
        ip(&format!("-n {name} link set lo up"));
        ip(&format!("-n {name} route add default via {near}"));
        joined.insert(name.to_owned(), far);
        far
    }

    /// From now on nothing that one says reaches the other.
    pub fn cut(&self, one: &str, other: &str) {
        self.change("add", one, other);
    }

    /// Takes [`Network::cut`] back.
    pub fn mend(&self, one: &str, other: &str) {
        self.change("del", one, other);
    }

    fn change(&self, action: &str, one: &str, other: &str) {
        let (one, other) = {
            let joined = self.0.lock().unwrap();
            (joined[one], joined[other])
        };
        for (from, to) in [(one, other), (other, one)] {
            ip(&format!("rule {action} pref 10 blackhole from {from} to {to}"));
        }
    }
}

fn ip(arguments: &str) {
    let output = Command::new("ip")
        .args(arguments.split(' '))
        .output()
        .expect("ip, of iproute2");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {arguments}: {said}");
}
