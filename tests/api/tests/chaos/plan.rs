//! How much is sent, and how long and how hard things break.

use std::{fmt, str::FromStr, time::Duration};

/// How a run goes.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// How many people there are; all are connected.
    pub(crate) users: usize,
    /// How many channels they are spread over.
    pub(crate) channels: usize,
    /// How many channels a server has.
    pub(crate) channels_of_server: usize,
    /// How many messages are offered in a second, in all channels together.
    pub(crate) rate: u32,
    /// How long things break; every fault comes once, however short that is.
    pub(crate) time: Duration,
    /// How often something breaks.
    pub(crate) every: Duration,
    /// How long a process stands still, a way is cut, a disk is full.
    pub(crate) lasting: Duration,
    /// How long it may take until all is well again. Not a measure, but an end.
    pub(crate) recovers_within: Duration,
}

impl Plan {
    /// The one that `BEEP_TEST_CHAOS` names, `short` or `long`; none if it names none. `BEEP_TEST_CHAOS_SECONDS` and
    /// `BEEP_TEST_CHAOS_RATE` change its length and the messages in a second.
    pub(crate) fn told() -> Option<Self> {
        let mut plan = match variable::<String>("BEEP_TEST_CHAOS")?.as_str() {
            "long" => Self::long(),
            "short" => Self::short(),
            other => panic!("BEEP_TEST_CHAOS is short or long, not {other}"),
        };
        if let Some(seconds) = variable("BEEP_TEST_CHAOS_SECONDS") {
            plan.time = Duration::from_secs(seconds);
        }
        if let Some(rate) = variable("BEEP_TEST_CHAOS_RATE") {
            plan.rate = rate;
        }
        Some(plan)
    }

    fn long() -> Self {
        Self {
            users: 200,
            channels: 20,
            channels_of_server: 5,
            rate: 333,
            time: Duration::from_mins(3),
            every: Duration::from_secs(5),
            lasting: Duration::from_secs(10),
            recovers_within: Duration::from_mins(1),
        }
    }

    fn short() -> Self {
        Self {
            users: 40,
            channels: 4,
            channels_of_server: 2,
            rate: 80,
            time: Duration::ZERO,
            every: Duration::from_millis(500),
            lasting: Duration::from_millis(1_500),
            recovers_within: Duration::from_mins(1),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            users, channels, rate, ..
        } = self;
        write!(f, "{users} users in {channels} channels, {rate} messages/s offered")
    }
}

fn variable<T: FromStr>(name: &str) -> Option<T> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment how long to run"
    )]
    let text = std::env::var(name).ok()?;
    let Ok(value) = text.parse() else {
        panic!("{name} cannot be {text}")
    };
    Some(value)
}
