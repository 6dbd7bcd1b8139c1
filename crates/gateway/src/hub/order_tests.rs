#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use model::{EventId, ServerId};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const CHANNEL: ChannelId = ChannelId(2);

fn event(kind: EventKind) -> Arc<Event> {
    let audience = Audience::Channel {
        server_id: ServerId(1),
        channel_id: CHANNEL,
    };
    Arc::new(Event::new(EventId(1), kind, audience, &json!({})).unwrap())
}

/// A hub that writes down what it tells, on a service whose messages have these numbers.
struct Hub {
    order: Order,
    told: Vec<(EventKind, i64)>,
    stored: Vec<i64>,
    now: Instant,
}

impl Hub {
    fn new(stored: impl IntoIterator<Item = i64>) -> Self {
        Self {
            order: Order::default(),
            told: Vec::new(),
            stored: stored.into_iter().collect(),
            now: Instant::now(),
        }
    }

    fn hear(&mut self, kind: EventKind, seq: i64) {
        match self.order.place(CHANNEL, seq, kind) {
            Place::Next => {
                self.told.push((kind, seq));
                self.release();
            }
            Place::Told => {}
            Place::Ahead => self.order.hold(CHANNEL, seq, &event(kind), self.now).unwrap(),
        }
    }

    fn release(&mut self) {
        while let Some(event) = self.order.release(CHANNEL) {
            // The fixture's events do not say which message they are about; the order knows.
            let last = self.order.last(CHANNEL);
            self.told.push((event.kind, last));
        }
    }

    fn fill(&mut self) {
        self.now += LATE_WITHIN;
        while let Some(hole) = self.order.hole(self.now).unwrap() {
            let missing = self
                .stored
                .iter()
                .filter(|seq| **seq > hole.after && **seq <= hole.up_to);
            let missing: Vec<_> = missing.map(|seq| (EventKind::MessageCreated, *seq)).collect();
            self.told.extend(missing);
            self.order.told(CHANNEL, hole.up_to);
            self.release();
        }
    }

    fn created(&self) -> Vec<i64> {
        let created = self.told.iter().filter(|(kind, _)| *kind == EventKind::MessageCreated);
        created.map(|(_, seq)| *seq).collect()
    }
}

#[test]
fn what_overtook_waits_for_what_is_late() {
    let mut hub = Hub::new([]);
    for seq in [2, 4, 1, 3] {
        hub.hear(EventKind::MessageCreated, seq);
    }
    assert_eq!(hub.created(), [1, 2, 3, 4]);
    assert_eq!(hub.order.deadline(), None, "nothing waits any more");
}

#[test]
fn what_is_lost_is_read_and_told_once() {
    let mut hub = Hub::new([1, 2, 3]);
    hub.hear(EventKind::MessageCreated, 3);
    assert_eq!(hub.created(), [0; 0]);
    hub.fill();
    assert_eq!(hub.created(), [1, 2, 3]);
    hub.hear(EventKind::MessageCreated, 2);
    assert_eq!(hub.created(), [1, 2, 3], "late, and told before");
}

#[test]
fn a_deleted_message_is_no_hole_for_ever() {
    let mut hub = Hub::new([1, 3]);
    hub.hear(EventKind::MessageCreated, 3);
    hub.fill();
    assert_eq!(hub.created(), [1, 3]);
}

#[test]
fn an_edit_never_comes_before_its_message() {
    let mut hub = Hub::new([1]);
    hub.hear(EventKind::MessageUpdated, 1);
    assert!(hub.told.is_empty());
    hub.hear(EventKind::MessageCreated, 1);
    assert_eq!(
        hub.told,
        [(EventKind::MessageCreated, 1), (EventKind::MessageUpdated, 1)]
    );
}

#[test]
fn a_deletion_that_overtook_leaves_nothing_behind() {
    let mut hub = Hub::new([]);
    hub.hear(EventKind::MessageDeleted, 1);
    hub.fill();
    hub.hear(EventKind::MessageCreated, 1);
    assert_eq!(hub.told, [(EventKind::MessageDeleted, 1)]);
}

#[test]
fn too_much_is_not_filled() {
    let mut order = Order::default();
    let created = event(EventKind::MessageCreated);
    let now = Instant::now();
    assert!(order.hold(CHANNEL, LARGEST_HOLE + 1, &created, now).is_err());
    order.hold(CHANNEL, 5, &created, now).unwrap();
    assert!(order.hole(now + LATE_WITHIN).unwrap().is_some());
    assert!(
        order.hole(now + LATE_WITHIN).unwrap().is_none(),
        "it was tried just now"
    );
    assert!(order.hole(now + FILLED_WITHIN + LATE_WITHIN).is_err());
}

#[test]
fn recent_events_are_put_in_order() {
    use EventKind::{ChannelUpdated, MessageCreated, MessageDeleted, MessageUpdated};
    let of = |kind, seq| {
        let mut event = Event::clone(&event(kind));
        event.seq = seq;
        Arc::new(event)
    };
    let events = vec![
        of(MessageUpdated, Some(3)),
        of(MessageCreated, Some(7)),
        of(ChannelUpdated, None),
        of(MessageUpdated, Some(5)),
        of(MessageCreated, Some(5)),
        of(MessageDeleted, Some(9)),
        of(MessageCreated, Some(10)),
    ];
    let sorted: Vec<_> = in_order(events).iter().map(|event| (event.kind, event.seq)).collect();
    // The sixth was deleted meanwhile, and so was the ninth.
    assert_eq!(
        sorted,
        [
            (MessageUpdated, Some(3)),
            (ChannelUpdated, None),
            (MessageCreated, Some(5)),
            (MessageUpdated, Some(5)),
            (MessageCreated, Some(7)),
            (MessageDeleted, Some(9)),
            (MessageCreated, Some(10)),
        ]
    );
}

proptest! {
    #[test]
    fn in_whatever_order_and_with_whatever_losses_each_is_told_once_in_order(
        heard in prop::collection::vec((1_i64..40, prop::bool::ANY), 0..120),
        stored in prop::collection::btree_set(1_i64..40, 0..40),
    ) {
        let mut hub = Hub::new(stored.iter().copied());
        for (seq, fill) in heard {
            // Whoever tells of a message has stored it; it may have been deleted since.
            hub.hear(EventKind::MessageCreated, seq);
            if fill {
                hub.fill();
            }
        }
        hub.fill();
        let created = hub.created();
        prop_assert!(created.windows(2).all(|pair| pair[0] < pair[1]), "{created:?}");
        let times: BTreeMap<i64, usize> = created.iter().fold(BTreeMap::new(), |mut times, seq| {
            *times.entry(*seq).or_default() += 1;
            times
        });
        let last = hub.order.last(CHANNEL);
        for seq in stored.iter().filter(|seq| **seq <= last) {
            prop_assert_eq!(times.get(seq), Some(&1), "{} of {:?}", seq, created);
        }
        prop_assert_eq!(hub.order.count, 0);
    }
}
