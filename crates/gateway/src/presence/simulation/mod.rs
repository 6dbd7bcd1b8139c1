//! Whatever happens to gateways and to what they say to each other, in the end all show what is true.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod gateway;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use model::{ServerId, Timestamp, UserId};
use proptest::prelude::*;

use self::gateway::{Event, Gateway, Shown};
use super::{
    Wished,
    wire::{Instance, Message, Told},
};
use crate::{hub::present::Present, protocol::PresenceStatus};

const GATEWAYS: usize = 3;
const USERS: i64 = 3;
const SERVERS: i64 = 2;
/// How much a message says here: a user or two.
const FEW: usize = 5;
const STATUSES: [PresenceStatus; 4] = [
    PresenceStatus::Online,
    PresenceStatus::Away,
    PresenceStatus::DoNotDisturb,
    PresenceStatus::Invisible,
];

fn servers() -> impl Iterator<Item = ServerId> {
    (1..=SERVERS).map(ServerId)
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Connect(usize, UserId, PresenceStatus),
    /// Its connection ended, and the moment after it.
    Fade(usize, UserId),
    Disconnect(usize, UserId),
    Wish(usize, UserId, PresenceStatus),
    Join(ServerId, UserId),
    Leave(ServerId, UserId),
    Event(usize),
    CatchUp(usize),
    RestartHub(usize, ServerId),
    TellChanges(usize),
    TellWhole(usize),
    Beat(usize),
    Hear(usize, usize),
    Lose(usize, usize),
    HearAgain(usize),
    Pass(i64),
    Die(usize),
    SayGoodbye(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (gateway, user) = (|| 0..GATEWAYS, || (1..=USERS).prop_map(UserId));
    let (server, status) = (
        || (1..=SERVERS).prop_map(ServerId),
        || prop::sample::select(&STATUSES[..]),
    );
    prop_oneof![
        6 => (gateway(), user(), status()).prop_map(|(at, who, what)| Step::Connect(at, who, what)),
        3 => (gateway(), user()).prop_map(|(at, who)| Step::Fade(at, who)),
        3 => (gateway(), user()).prop_map(|(at, who)| Step::Disconnect(at, who)),
        4 => (gateway(), user(), status()).prop_map(|(at, who, what)| Step::Wish(at, who, what)),
        6 => (server(), user()).prop_map(|(of, who)| Step::Join(of, who)),
        3 => (server(), user()).prop_map(|(of, who)| Step::Leave(of, who)),
        6 => gateway().prop_map(Step::Event),
        3 => gateway().prop_map(Step::CatchUp),
        1 => (gateway(), server()).prop_map(|(at, of)| Step::RestartHub(at, of)),
        6 => gateway().prop_map(Step::TellChanges),
        1 => gateway().prop_map(Step::TellWhole),
        2 => gateway().prop_map(Step::Beat),
        8 => (gateway(), 1..6_usize).prop_map(|(at, count)| Step::Hear(at, count)),
        2 => (gateway(), 1..4_usize).prop_map(|(at, count)| Step::Lose(at, count)),
        1 => gateway().prop_map(Step::HearAgain),
        1 => (1..20_000_i64).prop_map(Step::Pass),
        1 => gateway().prop_map(Step::Die),
        1 => gateway().prop_map(Step::SayGoodbye),
    ]
}

struct World {
    now: i64,
    started: u64,
    gateways: Vec<Gateway>,
    /// Who is a member of what.
    members: BTreeSet<(ServerId, UserId)>,
    versions: BTreeMap<ServerId, i64>,
}

impl World {
    fn new() -> Self {
        let gateways = (0..GATEWAYS).map(|at| Gateway::new(Instance(at as u64)));
        Self {
            now: 1_000_000,
            started: GATEWAYS as u64,
            gateways: gateways.collect(),
            members: BTreeSet::new(),
            versions: servers().map(|server_id| (server_id, 1)).collect(),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn say(&mut self, from: usize, message: &Message) {
        if let Message::Changes { users, .. } | Message::Whole { users, .. } = message {
            let is_hidden = |told: &&Told| !told.here || told.wish.status == PresenceStatus::Invisible;
            assert!(users.iter().filter(is_hidden).all(|told| told.servers.is_empty()));
        }
        for at in (0..GATEWAYS).filter(|at| *at != from) {
            self.gateways[at].inbox.push_back(message.clone());
        }
    }

    fn decide(&mut self, at: usize, user_id: UserId, wished: Option<Wished>) {
        let now = self.now();
        let gateway = &mut self.gateways[at];
        let connected = gateway.sessions.get(&user_id).copied();
        gateway
            .table
            .change(|roster| roster.decide(user_id, connected, wished, now));
    }

    fn change_membership(&mut self, server_id: ServerId, user_id: UserId, joined: bool) {
        let member = (server_id, user_id);
        let changed = if joined {
            self.members.insert(member)
        } else {
            self.members.remove(&member)
        };
        if changed {
            let version = self.versions.get_mut(&server_id).unwrap();
            *version += 1;
            let event = Event {
                server_id,
                user_id,
                version: *version,
                joined,
            };
            self.gateways
                .iter_mut()
                .for_each(|gateway| gateway.events.push_back(event));
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Connect(at, user_id, account) => {
                self.gateways[at].sessions.insert(user_id, true);
                self.decide(at, user_id, Some(Wished::InAccount(account)));
                for server_id in servers().filter(|server_id| self.members.contains(&(*server_id, user_id))) {
                    self.gateways[at].seat(server_id, user_id, self.versions[&server_id]);
                }
            }
            Step::Fade(at, user_id) if self.gateways[at].sessions.contains_key(&user_id) => {
                self.gateways[at].sessions.insert(user_id, false);
                self.decide(at, user_id, None);
            }
            Step::Disconnect(at, user_id) if self.gateways[at].sessions.remove(&user_id).is_some() => {
                servers().for_each(|server_id| self.gateways[at].unseat(server_id, user_id));
                self.decide(at, user_id, None);
            }
            Step::Wish(at, user_id, status) if self.gateways[at].sessions.contains_key(&user_id) => {
                self.decide(at, user_id, Some(Wished::Now(status)));
            }
            Step::Join(server_id, user_id) => self.change_membership(server_id, user_id, true),
            Step::Leave(server_id, user_id) => self.change_membership(server_id, user_id, false),
            Step::Event(at) => self.gateways[at].next_event(),
            Step::CatchUp(at) => self.gateways[at].catch_up(),
            Step::RestartHub(at, server_id) => {
                let gateway = &mut self.gateways[at];
                if !gateway.seats.iter().any(|(server, _)| *server == server_id) {
                    let hub = Present::new(gateway.table.watch(server_id), gateway.tally.counter(server_id));
                    gateway.hubs.insert(server_id, hub);
                    gateway.told.retain(|(server, _), _| *server != server_id);
                    gateway.restarted.insert(server_id);
                }
            }
            Step::TellChanges(at) => {
                while let Some(message) = self.gateways[at].changes() {
                    self.say(at, &message);
                }
            }
            Step::TellWhole(at) => {
                for message in self.gateways[at].whole() {
                    self.say(at, &message);
                }
            }
            Step::Beat(at) => {
                let Gateway { own, number, .. } = self.gateways[at];
                self.say(at, &Message::Beat { from: own, number });
            }
            Step::Hear(at, count) => {
                let now = self.now();
                let _ = (0..count).take_while(|_| self.gateways[at].hear_next(now)).count();
            }
            Step::Lose(at, count) => {
                let inbox = &mut self.gateways[at].inbox;
                inbox.drain(..count.min(inbox.len()));
            }
            Step::HearAgain(at) => {
                let again = self.gateways[at].last.clone();
                self.gateways[at].inbox.extend(again);
            }
            Step::Pass(time) => self.pass(time),
            Step::Die(at) => self.end(at),
            Step::SayGoodbye(at) => {
                let from = self.gateways[at].own;
                self.say(at, &Message::Goodbye { from });
                self.end(at);
            }
            _ => {}
        }
    }

    /// A gateway ends, and another begins in its place.
    fn end(&mut self, at: usize) {
        self.gateways[at] = Gateway::new(Instance(self.started));
        self.gateways[at].restarted.extend(servers());
        self.started += 1;
    }

    fn pass(&mut self, time: i64) {
        self.now += time;
        let now = self.now();
        for at in 0..GATEWAYS {
            let asked = self.gateways[at].table.change(|roster| roster.pass_time(now));
            for asked in asked {
                let one = self.gateways.iter().position(|gateway| gateway.own == asked);
                if let Some(at) = one {
                    self.take(Step::TellWhole(at));
                }
            }
        }
    }

    /// Nothing happens any more, and nothing is lost.
    fn calm_down(&mut self) {
        for _ in 0..12 {
            for at in 0..GATEWAYS {
                while !self.gateways[at].events.is_empty() {
                    self.gateways[at].next_event();
                }
                self.take(Step::TellChanges(at));
                self.take(Step::Beat(at));
            }
            let now = self.now();
            for at in 0..GATEWAYS {
                while self.gateways[at].hear_next(now) {}
            }
            self.pass(2_000);
        }
        for at in 0..GATEWAYS {
            self.gateways[at].catch_up();
            self.gateways[at].restarted.clear();
        }
    }

    /// The slow and obviously right way: what everyone must show, from what each gateway knows of its own sessions.
    fn truth(&self) -> Shown {
        let mut truth = Shown::new();
        for user_id in (1..=USERS).map(UserId) {
            let all = || self.gateways.iter();
            let wishes = all().filter_map(|gateway| gateway.table.roster().wish_here(user_id));
            let connected = all().any(|gateway| gateway.sessions.get(&user_id) == Some(&true));
            let Some(wish) = wishes.max().filter(|_| connected) else {
                continue;
            };
            if wish.status == PresenceStatus::Invisible {
                continue;
            }
            for (server_id, _) in self.members.iter().filter(|(_, member)| *member == user_id) {
                truth.insert((*server_id, user_id), wish.status);
            }
        }
        truth
    }

    /// Nobody is shown where a hub knows that they left.
    fn check_members(&self) {
        for gateway in &self.gateways {
            for (server_id, user_id) in gateway.told.keys() {
                let is_settled = gateway.events.is_empty() && !gateway.restarted.contains(server_id);
                assert!(
                    !is_settled || self.members.contains(&(*server_id, *user_id)),
                    "{user_id} left {server_id} and is shown"
                );
            }
        }
    }
}

/// A user as one would like it to be: one wish, wherever it was made.
#[derive(Default)]
struct Ideal {
    at: BTreeSet<usize>,
    wish: Option<PresenceStatus>,
}

proptest! {
    /// Steps with enough time between them that all hear of each.
    #[test]
    fn the_last_wish_counts_wherever_it_was_made(
        steps in prop::collection::vec((0..3_usize, 0..GATEWAYS, prop::sample::select(&STATUSES[..])), 0..40),
        account in prop::sample::select(&STATUSES[..]),
        skew in prop::collection::vec(-10_000..10_000_i64, GATEWAYS),
    ) {
        let (mut world, mut ideal, user_id) = (World::new(), Ideal::default(), UserId(1));
        let now = world.now;
        for (step, at, status) in steps {
            world.now = now + skew[at];
            match step {
                0 => {
                    ideal.at.insert(at);
                    ideal.wish.get_or_insert(account);
                    world.take(Step::Connect(at, user_id, account));
                }
                1 => {
                    ideal.at.remove(&at);
                    world.take(Step::Disconnect(at, user_id));
                }
                _ => {
                    ideal.wish = ideal.at.contains(&at).then_some(status).or(ideal.wish);
                    world.take(Step::Wish(at, user_id, status));
                }
            }
            if ideal.at.is_empty() {
                ideal.wish = None;
            }
            for _ in 0..2 {
                (0..GATEWAYS).for_each(|at| world.take(Step::TellChanges(at)));
                (0..GATEWAYS).for_each(|at| world.take(Step::Hear(at, usize::MAX)));
            }
            let shown = ideal.wish.map_or(PresenceStatus::Offline, PresenceStatus::shown);
            for gateway in &world.gateways {
                prop_assert_eq!(gateway.table.roster().status(user_id), shown);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn in_the_end_all_show_what_is_true_and_never_who_is_no_member(
        steps in prop::collection::vec(step(), 0..250),
    ) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
            world.check_members();
        }
        world.calm_down();
        let truth = world.truth();
        for gateway in &world.gateways {
            prop_assert_eq!(&gateway.told, &truth, "{:?}", gateway.own);
        }
        // When all others have gone, nothing of them is left.
        world.gateways.truncate(1);
        let later = world.now().plus(Duration::from_secs(20));
        world.gateways[0].table.change(|roster| roster.pass_time(later));
        prop_assert!(world.gateways[0].table.roster().is_alone());
    }
}
