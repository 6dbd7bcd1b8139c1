//! What breaks, and how it is mended.

use std::{fmt, time::Duration};

use api::beep::{Beep, HERE, NATS, Network, Postgres, SmallDisk};
use tokio::time::{Instant, sleep};

use crate::{crowd::Crowd, plan::Plan, table::Row, watch::Watch};

/// How long NATS and PostgreSQL stay away when they are restarted.
const AWAY: Duration = Duration::from_secs(1);
/// Ways that are cut: every kind of conversation there is.
const WAYS: [(&str, &str); 8] = [
    ("edge", "messages"),
    ("messages", NATS),
    ("gateway", NATS),
    ("messages", HERE),
    ("edge", "gateway"),
    ("messages", "servers"),
    ("gateway", "users"),
    ("servers", HERE),
];

/// Something that breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A part is killed and started again.
    Killed(String),
    /// A part stands still for a while.
    Paused(String),
    /// PostgreSQL crashes and is started again.
    DatabaseCrashed,
    /// The disk of PostgreSQL is full for a while.
    DiskFull,
    /// Two parts do not reach each other for a while.
    Cut(String, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed(part) => write!(f, "kill -9 {part}"),
            Self::Paused(part) => write!(f, "SIGSTOP {part}"),
            Self::DatabaseCrashed => f.write_str("PostgreSQL crashes"),
            Self::DiskFull => f.write_str("PostgreSQL's disk is full"),
            Self::Cut(one, other) => write!(f, "cut {one} – {other}"),
        }
    }
}

/// What can be broken.
pub(crate) struct Scene<'a> {
    pub(crate) beep: &'a Beep,
    pub(crate) postgres: &'a Postgres,
    pub(crate) disk: Option<&'a SmallDisk>,
    pub(crate) network: Option<&'a Network>,
}

impl Scene<'_> {
    /// Everything that can break here, kinds mixed.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let parts = || self.beep.parts().into_iter().map(str::to_owned);
        let mut kinds: Vec<Vec<Fault>> = vec![
            parts().map(Fault::Killed).collect(),
            parts().map(Fault::Paused).collect(),
            vec![Fault::DatabaseCrashed],
        ];
        if self.disk.is_some() {
            kinds.push(vec![Fault::DiskFull]);
        }
        if self.network.is_some() {
            kinds.push(WAYS.iter().map(|(one, other)| self.cut_between(one, other)).collect());
        }
        let longest = kinds.iter().map(Vec::len).max().unwrap_or(0);
        let turn = |number: usize| kinds.iter().filter_map(move |kind| kind.get(number).cloned());
        (0..longest).flat_map(turn).collect()
    }

    fn cut_between(&self, one: &str, other: &str) -> Fault {
        let first = |name: &str| {
            self.beep
                .instances_of(name)
                .first()
                .map_or(name, |part| part)
                .to_owned()
        };
        Fault::Cut(first(one), first(other))
    }

    /// Breaks it, mends it, and waits until all is well.
    pub(crate) async fn inflict(&self, fault: &Fault, crowd: &Crowd, plan: &Plan) -> Row {
        let watch = Watch::begin(crowd);
        let begun = Instant::now();
        self.break_and_mend(fault, plan.lasting).await;
        let broken = begun.elapsed();
        let mended = Instant::now();
        crowd.sends_again_within(plan.recovers_within, &fault.to_string()).await;
        let sends = mended.elapsed();
        crowd.is_well_within(plan.recovers_within).await;
        Row {
            fault: fault.to_string(),
            broken,
            longest_silence: watch.end().await,
            sends,
            agreed: mended.elapsed(),
        }
    }

    async fn break_and_mend(&self, fault: &Fault, lasting: Duration) {
        match fault {
            Fault::Killed(part) => {
                self.beep.kill(part);
                if part == NATS {
                    sleep(AWAY).await;
                }
                self.beep.restart(part).await;
            }
            Fault::Paused(part) => {
                self.beep.pause(part);
                sleep(lasting).await;
                self.beep.unpause(part);
            }
            Fault::DatabaseCrashed => {
                self.postgres.stop("immediate").await;
                sleep(AWAY).await;
                self.postgres.launch().await;
            }
            Fault::DiskFull => {
                let disk = self.disk.expect("a disk to fill");
                disk.fill();
                sleep(lasting).await;
                disk.empty();
                self.postgres.launch_if_ended().await;
            }
            Fault::Cut(one, other) => {
                let network = self.network.expect("a network to cut");
                network.cut(one, other);
                sleep(lasting).await;
                network.mend(one, other);
            }
        }
    }
}
