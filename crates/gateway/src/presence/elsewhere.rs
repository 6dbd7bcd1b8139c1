//! What is known of another gateway, by what it says. Any of it may be lost or come twice, but never in another order.

use std::{collections::BTreeMap, ops::Bound, time::Duration};

use model::{Timestamp, UserId};

use super::{
    GRACE,
    wire::{Message, Told},
};
use crate::upkeep::RECONNECT_SPREAD;

/// How often each gateway says that it lives.
pub(super) const BEAT_EVERY: Duration = Duration::from_secs(5);
/// A gateway that says nothing for so long has gone, and its users with it.
const SILENCE: Duration = Duration::from_secs(15);
/// How long the users of a gateway that ended are still shown: its clients come back spread over a time, and have as long
/// as after a lost connection.
const AFTER_GOODBYE: Duration = GRACE.saturating_add(RECONNECT_SPREAD);
/// Until a gateway is asked again for what was missed: doubled each time, up to the longest. One of another version may say
/// what cannot be read, however often it is asked.
const ASK_AGAIN: Duration = Duration::from_secs(2);
const ASK_AGAIN_AT_LAST: Duration = Duration::from_mins(1);

/// Another gateway.
pub(super) struct Elsewhere {
    /// The last number that was heard.
    number: u64,
    known: Known,
    heard_at: Timestamp,
    left_at: Option<Timestamp>,
    asked: Option<Asked>,
    users: BTreeMap<UserId, Told>,
}

/// That it was asked for the whole.
#[derive(Clone, Copy)]
struct Asked {
    at: Timestamp,
    again_after: Duration,
}

/// How much of it is known.
#[derive(PartialEq, Eq)]
enum Known {
    All,
    /// Something was missed.
    NotAll,
    /// Something was missed, and the whole is being told.
    AllSoon,
}

/// How one user of it changed.
pub(super) type Change = (UserId, Option<Told>);

impl Elsewhere {
    /// A gateway that says something for the first time. Before its first message it has no users.
    pub(super) const fn new(now: Timestamp) -> Self {
        Self {
            number: 0,
            known: Known::All,
            heard_at: now,
            left_at: None,
            asked: None,
            users: BTreeMap::new(),
        }
    }

    /// What it said of the user.
    pub(super) fn of(&self, user_id: UserId) -> Option<&Told> {
        self.users.get(&user_id)
    }

    /// Keeps what is said now and answers what was said before.
    pub(super) fn keep(&mut self, user_id: UserId, told: Option<Told>) -> Option<Told> {
        match told {
            Some(told) => self.users.insert(user_id, told),
            None => self.users.remove(&user_id),
        }
    }

    /// The user's membership of a server is over, whatever was said before of a time up to `version`.
    pub(super) fn strike(&mut self, user_id: UserId, server_id: model::ServerId, version: i64) -> bool {
        self.users.get_mut(&user_id).is_some_and(|told| {
            let before = told.servers.len();
            told.servers
                .retain(|(server, since)| *server != server_id || *since > version);
            told.servers.len() < before
        })
    }

    /// Everyone of whom it said something.
    pub(super) fn users(&self) -> Vec<UserId> {
        self.users.keys().copied().collect()
    }

    /// Hears what it says, and answers of which users that says something; it is not kept yet.
    pub(super) fn hear(&mut self, message: Message, now: Timestamp) -> Vec<Change> {
        self.heard_at = now;
        match message {
            Message::Changes {
                number, users, gone, ..
            } if self.is_news(number) => {
                let gone = gone.into_iter().map(|user_id| (user_id, None));
                users.into_iter().map(known).chain(gone).collect()
            }
            Message::Whole {
                number,
                after,
                up_to,
                users,
                ..
            } if self.is_news(number) => {
                if after.is_none() && self.known == Known::NotAll {
                    self.known = Known::AllSoon;
                }
                if up_to.is_none() && self.known == Known::AllSoon {
                    self.known = Known::All;
                    self.asked = None;
                }
                let mut changes: BTreeMap<_, _> = self.between(after, up_to).map(|user_id| (user_id, None)).collect();
                changes.extend(users.into_iter().map(known));
                changes.into_iter().collect()
            }
            Message::Beat { number, .. } if number > self.number => {
                self.number = number;
                self.known = Known::NotAll;
                Vec::new()
            }
            Message::Goodbye { .. } => {
                self.left_at.get_or_insert(now);
                Vec::new()
            }
            Message::Changes { .. } | Message::Whole { .. } | Message::Beat { .. } | Message::Ask { .. } => Vec::new(),
        }
    }

    /// Whether this number was not heard yet. Notices those that are missing before it.
    fn is_news(&mut self, number: u64) -> bool {
        if number <= self.number {
            return false;
        }
        if number > self.number.saturating_add(1) {
            self.known = Known::NotAll;
        }
        self.number = number;
        true
    }

    fn between(&self, after: Option<UserId>, up_to: Option<UserId>) -> impl Iterator<Item = UserId> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let to = up_to.map_or(Bound::Unbounded, Bound::Included);
        // A range that ends before it begins says nothing.
        let is_range = after.zip(up_to).is_none_or(|(after, up_to)| after < up_to);
        let range = is_range.then(|| self.users.range((from, to)));
        range.into_iter().flatten().map(|(user_id, _)| *user_id)
    }

    /// Whether its users are to be forgotten.
    pub(super) fn has_gone(&self, now: Timestamp) -> bool {
        now.since(self.heard_at) >= SILENCE || self.left_at.is_some_and(|at| now.since(at) >= AFTER_GOODBYE)
    }

    /// Whether it must be asked for the whole now; notes that it was.
    pub(super) fn must_be_asked(&mut self, now: Timestamp) -> bool {
        let is_early = self.asked.is_some_and(|asked| now.since(asked.at) < asked.again_after);
        let due = self.known == Known::NotAll && self.left_at.is_none() && !is_early;
        if due {
            let doubled = self.asked.map(|asked| asked.again_after.saturating_mul(2));
            self.asked = Some(Asked {
                at: now,
                again_after: doubled.unwrap_or(ASK_AGAIN).min(ASK_AGAIN_AT_LAST),
            });
        }
        due
    }
}

fn known(told: Told) -> Change {
    (told.user_id, Some(told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        presence::{Wish, wire::Instance},
        protocol::PresenceStatus,
    };

    const FROM: Instance = Instance(7);

    fn told(user: i64) -> Told {
        Told {
            user_id: UserId(user),
            wish: Wish {
                at: 1,
                status: PresenceStatus::Away,
            },
            here: true,
            servers: Vec::new(),
        }
    }

    fn changes(number: u64, users: &[i64]) -> Message {
        Message::Changes {
            from: FROM,
            number,
            users: users.iter().map(|user| told(*user)).collect(),
            gone: Vec::new(),
        }
    }

    fn whole(number: u64, after: Option<i64>, up_to: Option<i64>, users: &[i64]) -> Message {
        Message::Whole {
            from: FROM,
            number,
            after: after.map(UserId),
            up_to: up_to.map(UserId),
            users: users.iter().map(|user| told(*user)).collect(),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// Hears it and keeps what it says.
    fn hear(gateway: &mut Elsewhere, message: Message) -> Vec<i64> {
        for (user_id, told) in gateway.hear(message, at(0)) {
            gateway.keep(user_id, told);
        }
        gateway.users().into_iter().map(|UserId(id)| id).collect()
    }

    #[test]
    fn who_heard_all_need_not_ask() {
        let mut gateway = Elsewhere::new(at(0));
        assert_eq!(hear(&mut gateway, changes(1, &[1, 2])), [1, 2]);
        assert_eq!(hear(&mut gateway, changes(2, &[3])), [1, 2, 3]);
        hear(&mut gateway, Message::Beat { from: FROM, number: 2 });
        assert!(!gateway.must_be_asked(at(100)));
    }

    #[test]
    fn a_missing_number_is_asked_for_now_and_then_until_the_whole_was_told() {
        for missed in [changes(3, &[3]), Message::Beat { from: FROM, number: 2 }] {
            let mut gateway = Elsewhere::new(at(0));
            hear(&mut gateway, changes(1, &[1, 2]));
            hear(&mut gateway, missed);
            assert!(gateway.must_be_asked(at(1)));
            assert!(!gateway.must_be_asked(at(2)));
            assert!(gateway.must_be_asked(at(3)));
            assert!(!gateway.must_be_asked(at(6)), "less and less often");
            assert!(gateway.must_be_asked(at(7)));
            assert!(!hear(&mut gateway, whole(4, None, Some(1), &[])).contains(&1));
            assert!(!gateway.must_be_asked(at(10)), "it is being told");
            assert_eq!(hear(&mut gateway, whole(5, Some(1), None, &[2, 5])), [2, 5]);
            assert!(!gateway.must_be_asked(at(20)));
        }
    }

    #[test]
    fn a_part_that_was_lost_is_noticed() {
        // The first, one in between, the last.
        for lost in [2, 3, 4] {
            let mut gateway = Elsewhere::new(at(0));
            hear(&mut gateway, Message::Beat { from: FROM, number: 1 });
            for (number, after, up_to) in [(2, None, Some(1)), (3, Some(1), Some(2)), (4, Some(2), None)] {
                if number != lost {
                    hear(&mut gateway, whole(number, after, up_to, &[]));
                }
            }
            hear(&mut gateway, Message::Beat { from: FROM, number: 4 });
            assert!(gateway.must_be_asked(at(10)), "{lost} was lost");
        }
    }

    #[test]
    fn what_was_heard_already_says_nothing() {
        let mut gateway = Elsewhere::new(at(0));
        hear(&mut gateway, changes(1, &[1]));
        let gone = Message::Changes {
            from: FROM,
            number: 2,
            users: Vec::new(),
            gone: vec![UserId(1)],
        };
        assert!(hear(&mut gateway, gone).is_empty());
        assert!(hear(&mut gateway, changes(1, &[1])).is_empty());
    }

    #[test]
    fn ranges_that_make_no_sense_say_nothing_of_others() {
        let mut gateway = Elsewhere::new(at(0));
        hear(&mut gateway, changes(1, &[1, 5, 9]));
        for (number, after, up_to) in [(2, 9, 1), (3, 5, 5), (4, i64::MAX, i64::MIN)] {
            assert_eq!(
                hear(&mut gateway, whole(number, Some(after), Some(up_to), &[])),
                [1, 5, 9]
            );
        }
    }

    #[test]
    fn who_is_silent_has_gone_and_who_said_goodbye_has_a_while_later() {
        let mut gateway = Elsewhere::new(at(0));
        assert!(!gateway.has_gone(at(14)));
        assert!(gateway.has_gone(at(15)));
        gateway.hear(Message::Beat { from: FROM, number: 0 }, at(14));
        assert!(!gateway.has_gone(at(28)));
        gateway.hear(Message::Goodbye { from: FROM }, at(20));
        assert!(!gateway.has_gone(at(27)));
        assert!(gateway.has_gone(at(28)));
    }
}
