#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const WRITER: u64 = 7;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_000_000 + seconds * 1_000)
}

fn standing(session: u32, seq: u64, nothing_waits: bool) -> Standing {
    Standing {
        session,
        session_id: format!("session {session}"),
        user_id: 1,
        sign_in: 2,
        seq,
        nothing_waits,
        subscribed: Some(5),
        servers: vec![5, 6],
    }
}

/// An entry by which session 0 is given these events.
fn entry(number: u64, keys: &[u64], standings: Vec<Standing>) -> JournalEntry {
    let count = u32::try_from(keys.len()).unwrap();
    let mut given = Vec::new();
    if count > 0 {
        given = vec![0, count];
        given.extend(0..count);
    }
    JournalEntry {
        writer: WRITER,
        number,
        keys: keys.to_vec(),
        ages: vec![0; keys.len()],
        given,
        standings,
        ..JournalEntry::default()
    }
}

fn keys(known: &Known) -> BTreeSet<u64> {
    known.keys.iter().copied().collect()
}

#[test]
fn a_client_has_what_it_says_and_nothing_more() {
    let mut ledger = Ledger::default();
    ledger.take(&entry(1, &[0, 11, 12], vec![standing(0, 3, true)]), at(0));
    ledger.take(&entry(2, &[13, 14], vec![]), at(1));
    let known = ledger.find("session 0", 4).unwrap();
    assert_eq!(keys(&known), BTreeSet::from([11, 12, 13]));
    assert_eq!(known.since, before(at(1), BEHIND));
    assert_eq!(
        (known.user_id, known.sign_in, known.owner, known.subscribed),
        (UserId(1), SessionId(2), WRITER, Some(ServerId(5)))
    );
    for impossible in [0, 6, u64::MAX] {
        assert_eq!(ledger.find("session 0", impossible), None);
    }
    assert_eq!(ledger.find("session 1", 1), None);
}

#[test]
fn a_session_that_ended_is_nobodys() {
    let mut ledger = Ledger::default();
    ledger.take(&entry(1, &[0], vec![standing(0, 1, true)]), at(0));
    let ended = JournalEntry {
        ended: vec![0],
        ..entry(2, &[], vec![])
    };
    ledger.take(&ended, at(1));
    assert_eq!(ledger.find("session 0", 1), None);
}

#[test]
fn a_missing_entry_is_noticed_and_a_new_standing_heals_it_after_a_while() {
    let mut ledger = Ledger::default();
    ledger.take(&entry(1, &[0, 11], vec![standing(0, 2, true)]), at(0));
    ledger.take(&entry(3, &[13], vec![standing(0, 4, true)]), at(1));
    assert_eq!(
        ledger.find("session 0", 4),
        None,
        "what it was given before is not known"
    );
    ledger.take(&entry(4, &[14], vec![standing(0, 5, true)]), at(12));
    assert_eq!(keys(&ledger.find("session 0", 5).unwrap()), BTreeSet::from([13, 14]));
}

#[test]
fn a_journal_that_begins_in_the_middle_is_believed_after_a_while() {
    let mut ledger = Ledger::default();
    ledger.take(&entry(900, &[11], vec![]), at(0));
    ledger.take(&entry(901, &[12], vec![standing(0, 50, true)]), at(1));
    assert_eq!(ledger.find("session 0", 50), None);
    ledger.take(&entry(902, &[13], vec![standing(0, 51, true)]), at(30));
    assert_eq!(keys(&ledger.find("session 0", 51).unwrap()), BTreeSet::from([12, 13]));
}

#[test]
fn a_session_that_moved_is_known_by_what_both_gave_it() {
    let mut ledger = Ledger::default();
    ledger.take(&entry(1, &[0, 11, 12, 13], vec![standing(0, 4, true)]), at(0));
    // The client had only two of them when its gateway ended.
    let moved = JournalEntry {
        writer: 8,
        number: 1,
        keys: vec![12, 14],
        ages: vec![0, 0],
        given: vec![3, 2, 0, 1],
        standings: vec![Standing {
            session_id: "session 0".to_owned(),
            ..standing(3, 4, true)
        }],
        ..JournalEntry::default()
    };
    ledger.take(&moved, at(3));
    let known = ledger.find("session 0", 4).unwrap();
    assert_eq!((keys(&known), known.owner), (BTreeSet::from([11, 12, 14]), 8));
}

#[test]
fn what_a_gateway_says_that_let_go_of_a_session_changes_nothing() {
    let mut ledger = Ledger::default();
    ledger.take(&entry(1, &[0, 11], vec![standing(0, 2, true)]), at(0));
    let elsewhere = |number, session, keys: &[u64], seq| JournalEntry {
        writer: 8,
        given: vec![session, u32::try_from(keys.len()).unwrap(), 0],
        standings: vec![Standing {
            session_id: "session 0".to_owned(),
            ..standing(session, seq, true)
        }],
        ..entry(number, keys, vec![])
    };
    ledger.take(&elsewhere(1, 5, &[12], 3), at(1));
    // It stood still, and wakes up.
    ledger.take(&entry(2, &[12], vec![standing(0, 3, true)]), at(2));
    let ended = JournalEntry {
        ended: vec![0],
        ..entry(3, &[], vec![])
    };
    ledger.take(&ended, at(3));
    let known = ledger.find("session 0", 3).unwrap();
    assert_eq!((keys(&known), known.owner), (BTreeSet::from([11, 12]), 8));
    // It gets the session back, under another number, and then it counts.
    let back = JournalEntry {
        writer: WRITER,
        ..elsewhere(4, 6, &[13], 4)
    };
    ledger.take(&back, at(4));
    let known = ledger.find("session 0", 4).unwrap();
    assert_eq!((keys(&known), known.owner), (BTreeSet::from([11, 12, 13]), WRITER));
}

#[test]
fn nonsense_is_no_reason_to_panic() {
    let mut ledger = Ledger::default();
    let nonsense = JournalEntry {
        given: vec![0, u32::MAX, 9, 9],
        hub: vec![HubNote {
            server_id: 1,
            what: Some(What::Passed(99)),
        }],
        ended: vec![4],
        ..entry(1, &[], vec![standing(0, 0, true)])
    };
    ledger.take(&nonsense, at(0));
    let short = JournalEntry {
        given: vec![0],
        ages: vec![],
        hub: vec![HubNote::default()],
        ..entry(0, &[], vec![standing(0, u64::MAX, false)])
    };
    ledger.take(&short, at(-5));
    let _ = ledger.find("session 0", 1);
}

/// An event on the bus.
#[derive(Clone, Copy)]
struct Published {
    at: Timestamp,
    server: i64,
    key: u64,
}

/// What happens, step by step.
#[derive(Debug, Clone, Copy)]
enum Step {
    Publish {
        server: i64,
    },
    /// The hub of a server hands on the next event that it has not yet.
    HandOn {
        server: i64,
    },
    Begin {
        session: usize,
    },
    Flush {
        stand: bool,
    },
    Wait {
        milliseconds: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1_i64..3).prop_map(|server| Step::Publish { server }),
        4 => (1_i64..3).prop_map(|server| Step::HandOn { server }),
        1 => (0_usize..3).prop_map(|session| Step::Begin { session }),
        2 => prop::bool::ANY.prop_map(|stand| Step::Flush { stand }),
        1 => (0_i64..400).prop_map(|milliseconds| Step::Wait { milliseconds }),
    ];
    prop::collection::vec(step, 1..150)
}

/// A gateway, slow in everything, that writes its journal.
#[derive(Default)]
struct Gateway {
    now: i64,
    published: Vec<Published>,
    handed_on: HashMap<i64, usize>,
    entries: u64,
    keys: Vec<u64>,
    ages_from: Vec<Timestamp>,
    hub: Vec<HubNote>,
    sessions: [Option<Client>; 3],
    ledger: Ledger,
}

/// A session: what was pushed to it, and how much of that was given.
#[derive(Default)]
struct Client {
    pushed: Vec<(u64, Timestamp)>,
    given: usize,
    stood: bool,
}

impl Gateway {
    fn time(&self) -> Timestamp {
        Timestamp::from_millis(5_000_000 + self.now)
    }

    fn of_server(&self, server: i64) -> impl Iterator<Item = &Published> {
        self.published.iter().filter(move |event| event.server == server)
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Publish { server } => {
                let key = self.published.len() as u64 + 1;
                let at = self.time();
                self.published.push(Published { at, server, key });
            }
            Step::HandOn { server } => {
                let next = self.handed_on.get(&server).copied().unwrap_or(0);
                let Some(event) = self.of_server(server).nth(next).copied() else {
                    return;
                };
                self.handed_on.insert(server, next + 1);
                let place = u32::try_from(self.keys.len()).unwrap();
                self.keys.push(event.key);
                self.ages_from.push(self.time());
                self.hub.push(HubNote {
                    server_id: server,
                    what: Some(What::Passed(place)),
                });
                let now = self.time();
                for client in self.sessions.iter_mut().flatten() {
                    client.pushed.push((event.key, now));
                }
            }
            Step::Begin { session } => {
                if self.sessions[session].is_some() {
                    return;
                }
                for server in 1..3 {
                    self.hub.push(HubNote {
                        server_id: server,
                        what: Some(What::Seated(u32::try_from(session).unwrap())),
                    });
                }
                self.sessions[session] = Some(Client {
                    pushed: vec![(0, self.time())],
                    ..Client::default()
                });
            }
            Step::Flush { stand } => self.flush(stand),
            Step::Wait { milliseconds } => self.now += milliseconds,
        }
        self.now += 1;
    }

    fn flush(&mut self, stand: bool) {
        let now = self.time();
        let mut given = Vec::new();
        let mut standings = Vec::new();
        for (number, client) in self.sessions.iter_mut().enumerate() {
            let Some(client) = client else { continue };
            let number = u32::try_from(number).unwrap();
            let new = &client.pushed[client.given..];
            given.extend([number, u32::try_from(new.len()).unwrap()]);
            for (key, pushed_at) in new {
                given.push(u32::try_from(self.keys.len()).unwrap());
                self.keys.push(*key);
                self.ages_from.push(*pushed_at);
            }
            client.given = client.pushed.len();
            if stand || !std::mem::replace(&mut client.stood, true) {
                standings.push(standing(number, client.given as u64, true));
            }
        }
        self.entries += 1;
        let age = |then: Timestamp| u32::try_from(now.since(then).as_millis()).unwrap();
        let entry = JournalEntry {
            writer: WRITER,
            number: self.entries,
            keys: std::mem::take(&mut self.keys),
            ages: std::mem::take(&mut self.ages_from).into_iter().map(age).collect(),
            given,
            hub: std::mem::take(&mut self.hub),
            standings,
            ..JournalEntry::default()
        };
        self.ledger.take(&entry, now);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn what_is_replayed_is_exactly_what_the_client_lacks(steps in steps(), lost in 0_usize..9) {
        let mut gateway = Gateway::default();
        for step in steps {
            gateway.step(step);
        }
        for (number, client) in gateway.sessions.iter().enumerate() {
            let Some(client) = client.as_ref().filter(|client| client.given > 0) else { continue };
            // Of what it was given, the last few never arrived.
            let has = client.given.saturating_sub(lost).max(1);
            let known = gateway.ledger.find(&format!("session {number}"), has as u64).unwrap();
            let replayed: BTreeSet<u64> = gateway
                .published
                .iter()
                .filter(|event| event.at >= known.since && !known.keys.contains(&event.key))
                .map(|event| event.key)
                .collect();
            let received: BTreeSet<u64> = client.pushed[..has].iter().map(|(key, _)| *key).collect();
            let first = client.pushed[0].1;
            // What was handed on before it began is in its `ready`.
            let mut lacks: BTreeSet<u64> = client.pushed[has..].iter().map(|(key, _)| *key).collect();
            for server in 1..3 {
                let handed_on = gateway.handed_on.get(&server).copied().unwrap_or(0);
                lacks.extend(gateway.of_server(server).skip(handed_on).map(|event| event.key));
            }
            prop_assert!(received.is_disjoint(&replayed));
            prop_assert_eq!(replayed, lacks, "began at {}", first);
        }
    }
}
