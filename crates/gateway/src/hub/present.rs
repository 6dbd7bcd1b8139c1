//! What a hub shows of its members' presence, and to whom it belongs.

use std::collections::{HashMap, VecDeque};

use model::UserId;

use crate::{
    online::Counter,
    presence::{Look, Watch},
    protocol::{Presence, PresenceStatus},
};

/// How many are remembered who left. What another gateway says of one of them later was said before.
const REMEMBERED: usize = 4_096;

/// The members who are connected to any gateway and not invisible.
pub(crate) struct Present {
    watch: Watch,
    shown: HashMap<UserId, PresenceStatus>,
    /// How many are shown, for those outside.
    counter: Counter,
    left: Left,
}

impl Present {
    pub(crate) fn new(watch: Watch, counter: Counter) -> Self {
        Self {
            watch,
            shown: HashMap::new(),
            counter,
            left: Left::default(),
        }
    }

    /// Ends when there is something to catch up with.
    pub(crate) async fn changed(&self) {
        self.watch.changed().await;
    }

    /// What is shown differently since the last time.
    pub(crate) fn catch_up(&mut self) -> Vec<Presence> {
        let changed = self.watch.take();
        changed
            .into_iter()
            .filter_map(|(user_id, look)| self.decide(user_id, look))
            .collect()
    }

    /// Everyone who is shown.
    pub(crate) fn all(&self) -> Vec<Presence> {
        let shown = self.shown.iter();
        shown
            .map(|(user_id, status)| Presence {
                user_id: *user_id,
                status: *status,
            })
            .collect()
    }

    /// Those of these users who are shown.
    pub(crate) fn of(&self, users: &[UserId]) -> Vec<Presence> {
        let shown = users.iter().filter_map(|user_id| {
            let status = *self.shown.get(user_id)?;
            Some(Presence {
                user_id: *user_id,
                status,
            })
        });
        shown.collect()
    }

    /// The user has a seat, as a member at `version`; answers what is shown differently.
    pub(crate) fn seated(&mut self, user_id: UserId, version: i64) -> Option<Presence> {
        let look = self.watch.seated(user_id, version);
        self.decide(user_id, look)
    }

    /// The user's last seat is gone.
    pub(crate) fn unseated(&mut self, user_id: UserId) -> Option<Presence> {
        let look = self.watch.unseated(user_id);
        self.decide(user_id, look)
    }

    /// The user is no member since `version`.
    pub(crate) fn left(&mut self, user_id: UserId, version: i64) -> Option<Presence> {
        self.left.remember(user_id, version);
        let look = self.watch.left(user_id, version);
        self.decide(user_id, look)
    }

    /// Whether the user has left since `version`, at which they were a member.
    pub(crate) fn has_left(&self, user_id: UserId, version: i64) -> bool {
        self.left.since(user_id).is_some_and(|left| left >= version)
    }

    fn decide(&mut self, user_id: UserId, look: Look) -> Option<Presence> {
        let elsewhere = look.elsewhere.is_some_and(|version| !self.has_left(user_id, version));
        let status = if look.seated || elsewhere {
            look.status
        } else {
            PresenceStatus::Offline
        };
        let before = match status {
            PresenceStatus::Offline => self.shown.remove(&user_id),
            other => self.shown.insert(user_id, other),
        };
        self.counter.set(self.shown.len());
        (before.unwrap_or(PresenceStatus::Offline) != status).then_some(Presence { user_id, status })
    }
}

/// Who left, and which version of the server began without them.
#[derive(Default)]
struct Left {
    since: HashMap<UserId, i64>,
    order: VecDeque<UserId>,
}

impl Left {
    fn since(&self, user_id: UserId) -> Option<i64> {
        self.since.get(&user_id).copied()
    }

    fn remember(&mut self, user_id: UserId, version: i64) {
        let known = self.since.entry(user_id).or_insert_with(|| {
            self.order.push_back(user_id);
            version
        });
        *known = version.max(*known);
        if self.order.len() > REMEMBERED {
            self.order.pop_front().map(|oldest| self.since.remove(&oldest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_is_remembered_until_too_many_have() {
        let mut left = Left::default();
        left.remember(UserId(1), 7);
        left.remember(UserId(1), 5);
        assert_eq!(left.since(UserId(1)), Some(7));
        for id in 2..20_000 {
            left.remember(UserId(id), 1);
        }
        assert_eq!(left.since(UserId(1)), None);
        assert_eq!((left.since.len(), left.order.len()), (REMEMBERED, REMEMBERED));
    }
}
