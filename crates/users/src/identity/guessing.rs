//! Slows the guessing of passwords without locking the owner out.
//!
//! Wrong passwords are counted for each account and address together, and for each account over all addresses from
//! which its password was never right. So an attacker is slowed wherever they come from, and the owner, at an address
//! where they signed in before, does not notice.

use std::{net::IpAddr, time::Duration};

use model::Timestamp;
use moka::sync::Cache;

/// Wrong passwords that cost nothing, for an account from one address.
const FREE_FROM_ADDRESS: u32 = 5;
/// Wrong passwords that cost nothing, for an account from all unknown addresses.
const FREE_FOR_ACCOUNT: u32 = 20;
/// The longest wait after a wrong password from one address.
const LONGEST_FROM_ADDRESS: Duration = Duration::from_mins(15);
/// The longest wait from an unknown address when others guess: the owner on a new device waits this long at most.
const LONGEST_FOR_ACCOUNT: Duration = Duration::from_secs(30);
/// How long wrong passwords are remembered.
const REMEMBERED: Duration = Duration::from_hours(24);
/// How long an address is known after a right password.
const KNOWN: Duration = Duration::from_hours(24 * 30);
/// Entries of each kind; the least used make room.
const CAPACITY: u64 = 100_000;

/// An account as far as guessing goes: the e-mail address as it was given, whether there is such an account or not.
type Account = [u8; 32];

#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    count: u32,
    wait_until: Option<Timestamp>,
}

impl Failures {
    fn wait(self, now: Timestamp) -> Option<Duration> {
        self.wait_until
            .map(|until| until.since(now))
            .filter(|wait| !wait.is_zero())
    }

    fn one_more(self, now: Timestamp, free: u32, longest: Duration) -> Self {
        let count = self.count.saturating_add(1);
        let wait = count
            .checked_sub(free)
            .filter(|beyond| *beyond > 0)
            .map(|beyond| Duration::from_secs(1 << beyond.min(20).saturating_sub(1)).min(longest));
        Self {
            count,
            wait_until: wait.map(|wait| now.plus(wait)),
        }
    }
}

/// Counts wrong passwords, in bounded memory.
pub struct Guessing {
    from_address: Cache<(Account, IpAddr), Failures>,
    for_account: Cache<Account, Failures>,
    known: Cache<(Account, IpAddr), ()>,
}

impl Default for Guessing {
    fn default() -> Self {
        Self {
            from_address: Cache::builder().max_capacity(CAPACITY).time_to_live(REMEMBERED).build(),
            for_account: Cache::builder().max_capacity(CAPACITY).time_to_live(REMEMBERED).build(),
            known: Cache::builder().max_capacity(CAPACITY).time_to_live(KNOWN).build(),
        }
    }
}

impl Guessing {
    /// How long to wait before the next password is looked at; `None` when it may be now.
    pub(crate) fn wait(&self, account: Account, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let here = self.from_address.get(&(account, address)).unwrap_or_default().wait(now);
        if self.known.contains_key(&(account, address)) {
            return here;
        }
        here.max(self.for_account.get(&account).unwrap_or_default().wait(now))
    }

    /// A password was wrong.
    pub(crate) fn wrong(&self, account: Account, address: IpAddr, now: Timestamp) {
        let here = self.from_address.get(&(account, address)).unwrap_or_default();
        self.from_address.insert(
            (account, address),
            here.one_more(now, FREE_FROM_ADDRESS, LONGEST_FROM_ADDRESS),
        );
        if !self.known.contains_key(&(account, address)) {
            let all = self.for_account.get(&account).unwrap_or_default();
            self.for_account
                .insert(account, all.one_more(now, FREE_FOR_ACCOUNT, LONGEST_FOR_ACCOUNT));
        }
    }

    /// A password was right.
    pub(crate) fn right(&self, account: Account, address: IpAddr) {
        self.from_address.invalidate(&(account, address));
        self.known.insert((account, address), ());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: Account = [1; 32];
    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const ATTACKER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 9));

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000).plus(Duration::from_secs(seconds))
    }

    #[test]
    fn guessing_from_one_address_becomes_slow() {
        let guessing = Guessing::default();
        for _ in 0..FREE_FROM_ADDRESS {
            assert_eq!(guessing.wait(ACCOUNT, ATTACKER, at(0)), None);
            guessing.wrong(ACCOUNT, ATTACKER, at(0));
        }
        let mut now = 0;
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            guessing.wrong(ACCOUNT, ATTACKER, at(now));
            assert_eq!(
                guessing.wait(ACCOUNT, ATTACKER, at(now)),
                Some(Duration::from_secs(expected))
            );
            now += expected;
            assert_eq!(guessing.wait(ACCOUNT, HOME, at(now)), None);
        }
    }

    #[test]
    fn guessing_from_everywhere_becomes_slow_and_the_owner_at_home_does_not_notice() {
        let guessing = Guessing::default();
        guessing.right(ACCOUNT, HOME);
        for attacker in 0..200_u8 {
            guessing.wrong(
                ACCOUNT,
                IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, attacker)),
                at(0),
            );
        }
        assert_eq!(guessing.wait(ACCOUNT, ATTACKER, at(0)), Some(LONGEST_FOR_ACCOUNT));
        assert_eq!(guessing.wait(ACCOUNT, HOME, at(0)), None);
        assert_eq!(guessing.wait([2; 32], ATTACKER, at(0)), None);
    }

    #[test]
    fn a_right_password_makes_good() {
        let guessing = Guessing::default();
        for _ in 0..8 {
            guessing.wrong(ACCOUNT, HOME, at(0));
        }
        assert!(guessing.wait(ACCOUNT, HOME, at(0)).is_some());
        guessing.right(ACCOUNT, HOME);
        assert_eq!(guessing.wait(ACCOUNT, HOME, at(0)), None);
    }
}
