//! Slows the guessing of passwords and codes without locking the owner out.
//!
//! Wrong passwords are counted for each account and address together, and for each account over all addresses from
//! which its password was never right. So an attacker is slowed wherever they come from, and the owner, at an address
//! where they signed in before, does not notice.
//!
//! A password counts as wrong from the moment in which it is admitted, and is taken back when it was right: of many that
//! are sent at once, no more are looked at than of as many that are sent one after the other.

use std::{hash::Hash, net::IpAddr, time::Duration};

use model::Timestamp;
use moka::{Entry, ops::compute::Op, sync::Cache};

/// Wrong passwords that cost nothing, for an account from one address.
const FREE_FROM_ADDRESS: u32 = 5;
/// Wrong passwords that cost nothing, for an account from all unknown addresses.
const FREE_FOR_ACCOUNT: u32 = 20;
/// The longest wait after a wrong password from one address where the right one was never given.
const LONGEST_FROM_ADDRESS: Duration = Duration::from_mins(15);
/// The longest wait from an unknown address when others guess, and from a known one when somebody guesses there (a school
/// is one address): the owner waits this long at most.
const LONGEST_FOR_ACCOUNT: Duration = Duration::from_secs(30);
/// The longest wait after a wrong code, wherever it comes from: a code has six digits, and who guesses it has the password.
const LONGEST_FOR_CODES: Duration = Duration::from_mins(15);
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

    /// Without the last one, after whose predecessors nobody has to wait any more: otherwise it were not there.
    fn one_less(self) -> Self {
        Self {
            count: self.count.saturating_sub(1),
            wait_until: None,
        }
    }
}

/// Counts one more in one step with the question whether one has to wait, so that two at once cannot both be the next.
fn admit<K: Hash + Eq + Send + Sync + 'static>(
    counts: &Cache<K, Failures>,
    key: K,
    now: Timestamp,
    free: u32,
    longest: Duration,
) -> Result<(), Duration> {
    let mut wait = None;
    let _ = counts.entry(key).and_compute_with(|entry| {
        let failures = entry.map(Entry::into_value).unwrap_or_default();
        wait = failures.wait(now);
        match wait {
            Some(_) => Op::Nop,
            None => Op::Put(failures.one_more(now, free, longest)),
        }
    });
    wait.map_or(Ok(()), Err)
}

fn take_back<K: Hash + Eq + Send + Sync + 'static>(counts: &Cache<K, Failures>, key: K) {
    let _ = counts.entry(key).and_compute_with(|entry| match entry {
        Some(entry) => Op::Put(entry.into_value().one_less()),
        None => Op::Nop,
    });
}

/// Counts wrong passwords, or wrong codes, in bounded memory.
pub struct Guessing {
    longest_for_account: Duration,
    from_address: Cache<(Account, IpAddr), Failures>,
    for_account: Cache<Account, Failures>,
    known: Cache<(Account, IpAddr), ()>,
}

impl Default for Guessing {
    fn default() -> Self {
        Self {
            longest_for_account: LONGEST_FOR_ACCOUNT,
            from_address: Cache::builder().max_capacity(CAPACITY).time_to_live(REMEMBERED).build(),
            for_account: Cache::builder().max_capacity(CAPACITY).time_to_live(REMEMBERED).build(),
            known: Cache::builder().max_capacity(CAPACITY).time_to_live(KNOWN).build(),
        }
    }
}

impl Guessing {
    /// Counts wrong codes.
    #[must_use]
    pub fn of_codes() -> Self {
        Self {
            longest_for_account: LONGEST_FOR_CODES,
            ..Self::default()
        }
    }

    /// Admits a password and counts it as wrong; how long to wait when it is not admitted.
    pub(crate) fn admit(&self, account: Account, address: IpAddr, now: Timestamp) -> Result<(), Duration> {
        let known = self.known.contains_key(&(account, address));
        let longest = if known {
            self.longest_for_account
        } else {
            LONGEST_FROM_ADDRESS
        };
        admit(&self.from_address, (account, address), now, FREE_FROM_ADDRESS, longest)?;
        if known {
            return Ok(());
        }
        admit(
            &self.for_account,
            account,
            now,
            FREE_FOR_ACCOUNT,
            self.longest_for_account,
        )
        .inspect_err(|_| take_back(&self.from_address, (account, address)))
    }

    /// The admitted password was right.
    pub(crate) fn right(&self, account: Account, address: IpAddr) {
        self.not_looked_at(account, address);
        self.from_address.invalidate(&(account, address));
        self.known.insert((account, address), ());
    }

    /// Nobody could tell whether the admitted password was right.
    pub(crate) fn not_looked_at(&self, account: Account, address: IpAddr) {
        take_back(&self.from_address, (account, address));
        if !self.known.contains_key(&(account, address)) {
            take_back(&self.for_account, account);
        }
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

    /// Gives a wrong password and says how long the next one has to wait.
    fn wrong(guessing: &Guessing, address: IpAddr, seconds: u64) -> Option<Duration> {
        let admitted = guessing.admit(ACCOUNT, address, at(seconds));
        assert_eq!(admitted, Ok(()), "at {seconds} s");
        let next = guessing.admit(ACCOUNT, address, at(seconds));
        if next.is_ok() {
            guessing.not_looked_at(ACCOUNT, address);
        }
        next.err()
    }

    #[test]
    fn guessing_from_one_address_becomes_slow() {
        let guessing = Guessing::default();
        for _ in 0..FREE_FROM_ADDRESS {
            assert_eq!(wrong(&guessing, ATTACKER, 0), None);
        }
        let mut now = 0;
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(wrong(&guessing, ATTACKER, now), Some(Duration::from_secs(expected)));
            now += expected;
        }
        assert_eq!(guessing.admit(ACCOUNT, HOME, at(now)), Ok(()));
    }

    #[test]
    fn of_many_at_once_no_more_are_looked_at() {
        let guessing = Guessing::default();
        let admitted = || guessing.admit(ACCOUNT, ATTACKER, at(0)).is_ok();
        let count = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..100).filter(|_| admitted()).count()))
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .sum::<usize>()
        });
        assert_eq!(count, 6);
    }

    #[test]
    fn guessing_from_everywhere_becomes_slow_and_the_owner_at_home_does_not_notice() {
        let guessing = Guessing::default();
        assert_eq!(guessing.admit(ACCOUNT, HOME, at(0)), Ok(()));
        guessing.right(ACCOUNT, HOME);
        let mut now = 0;
        for attacker in 0..200_u8 {
            let address = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, attacker));
            if guessing.admit(ACCOUNT, address, at(now)).is_err() {
                now += 30;
                assert_eq!(guessing.admit(ACCOUNT, address, at(now)), Ok(()));
            }
        }
        assert_eq!(guessing.admit(ACCOUNT, ATTACKER, at(now)), Err(LONGEST_FOR_ACCOUNT));
        assert_eq!(guessing.admit(ACCOUNT, HOME, at(now)), Ok(()));
        assert_eq!(guessing.admit([2; 32], ATTACKER, at(now)), Ok(()));
    }

    #[test]
    fn a_right_password_makes_good_and_who_guesses_beside_the_owner_delays_them_little() {
        let guessing = Guessing::default();
        assert_eq!(guessing.admit(ACCOUNT, HOME, at(0)), Ok(()));
        guessing.right(ACCOUNT, HOME);
        let mut now = 0;
        for _ in 0..50 {
            if let Some(wait) = wrong(&guessing, HOME, now) {
                assert!(wait <= LONGEST_FOR_ACCOUNT, "{wait:?}");
                now += wait.as_secs();
            }
        }
        assert_eq!(guessing.admit(ACCOUNT, HOME, at(now)), Ok(()));
        guessing.right(ACCOUNT, HOME);
        assert_eq!(wrong(&guessing, HOME, now), None);
    }

    #[test]
    fn codes_are_guessed_slower_than_passwords_also_from_where_the_owner_is() {
        let guessing = Guessing::of_codes();
        assert_eq!(guessing.admit(ACCOUNT, HOME, at(0)), Ok(()));
        guessing.right(ACCOUNT, HOME);
        let mut now = 0;
        for _ in 0..30 {
            now += wrong(&guessing, HOME, now).unwrap_or_default().as_secs();
        }
        assert_eq!(guessing.admit(ACCOUNT, HOME, at(now - 1)), Err(Duration::from_secs(1)));
        assert_eq!(wrong(&guessing, HOME, now), Some(LONGEST_FOR_CODES));
    }

    #[test]
    fn what_was_not_looked_at_does_not_count() {
        let guessing = Guessing::default();
        for _ in 0..100 {
            assert_eq!(guessing.admit(ACCOUNT, HOME, at(0)), Ok(()));
            guessing.not_looked_at(ACCOUNT, HOME);
        }
    }
}
