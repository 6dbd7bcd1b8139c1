//! Where something has happened since the indexer looked: what events say, in a form that does not grow with them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use contracts::events::{Audience, Event, EventKind};
use model::{ChannelId, ServerId};
use platform::bus::{Delivery, Subscription};
use serde::Deserialize;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::index::Place;

/// Channels that are marked; instead of more, all are looked at.
const MARKED: usize = 10_000;

/// What has happened in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    /// The number of the last message that was told of.
    pub(crate) seq: i64,
    /// Whether messages were changed.
    pub(crate) changed: bool,
}

/// What there is no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// A channel.
    Channel(Place),
    /// A server.
    Server(ServerId),
}

/// What has happened since somebody looked.
#[derive(Debug, Default)]
pub(crate) struct Happened {
    /// By channel.
    pub(crate) channels: HashMap<Place, Mark>,
    /// In the order in which it went.
    pub(crate) gone: Vec<Gone>,
    /// Something may have happened anywhere.
    pub(crate) anywhere: bool,
}

impl Happened {
    /// Whether nothing has.
    pub(crate) fn is_nothing(&self) -> bool {
        self.channels.is_empty() && self.gone.is_empty() && !self.anywhere
    }
}

/// Where marks are made.
#[derive(Default)]
pub(crate) struct Marks {
    happened: Mutex<Happened>,
    woken: Notify,
}

/// The beginning of a `channel.deleted`.
#[derive(Deserialize)]
struct DeletedChannel {
    id: ChannelId,
}

impl Marks {
    fn lock(&self) -> MutexGuard<'_, Happened> {
        self.happened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a channel.
    pub(crate) fn mark(&self, place: Place, mark: Mark) {
        let mut happened = self.lock();
        if happened.channels.len() >= MARKED && !happened.channels.contains_key(&place) {
            happened.channels.clear();
            happened.anywhere = true;
        }
        let marked = happened.channels.entry(place).or_default();
        marked.seq = marked.seq.max(mark.seq);
        marked.changed |= mark.changed;
        drop(happened);
        self.woken.notify_one();
    }

    /// Something may have happened anywhere.
    pub(crate) fn mark_everything(&self) {
        self.lock().anywhere = true;
        self.woken.notify_one();
    }

    fn mark_gone(&self, gone: Gone) {
        let mut happened = self.lock();
        if happened.gone.len() >= MARKED {
            // What is beyond is found by comparing.
            happened.anywhere = true;
        } else {
            happened.gone.push(gone);
        }
        drop(happened);
        self.woken.notify_one();
    }

    /// Takes what has happened.
    pub(crate) fn take(&self) -> Happened {
        std::mem::take(&mut *self.lock())
    }

    /// Whether something has happened.
    pub(crate) fn are_there(&self) -> bool {
        !self.lock().is_nothing()
    }

    /// Answers when something has happened.
    pub(crate) async fn woken(&self) {
        self.woken.notified().await;
    }

    fn on_event(&self, event: &Event) {
        let place = match event.audience {
            Audience::Channel { server_id, channel_id } => Some((server_id, channel_id)),
            _ => None,
        };
        let server = match event.audience {
            Audience::Channel { server_id, .. } | Audience::Server { server_id } => Some(server_id),
            _ => None,
        };
        match (event.kind, place, server) {
            (EventKind::MessageCreated, Some(place), _) => self.mark(
                place,
                Mark {
                    seq: event.seq.unwrap_or(0),
                    changed: false,
                },
            ),
            (kind, Some(place), _) if kind.changes_message() => self.mark(place, Mark { seq: 0, changed: true }),
            (EventKind::ChannelDeleted, _, Some(server_id)) => {
                if let Ok(DeletedChannel { id }) = serde_json::from_str(event.data.get()) {
                    self.mark_gone(Gone::Channel((server_id, id)));
                }
            }
            // To one user it only says that it is not theirs any more.
            (EventKind::ServerDeleted, None, Some(server_id)) => self.mark_gone(Gone::Server(server_id)),
            _ => {}
        }
    }
}

/// Marks what events tell of, until the process shuts down.
pub(crate) async fn follow(marks: Arc<Marks>, mut events: Subscription, shutdown: CancellationToken) {
    while let Some(Some(delivery)) = shutdown.run_until_cancelled(events.next()).await {
        match delivery {
            Delivery::Event(event) => marks.on_event(&event),
            Delivery::Lost => marks.mark_everything(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use model::EventId;
    use serde_json::{Value, json};

    use super::*;

    const PLACE: Place = (ServerId(1), ChannelId(2));

    fn event(kind: EventKind, audience: Audience, seq: Option<i64>, data: &Value) -> Event {
        let event = Event::new(EventId(1), kind, audience, data).unwrap();
        Event { seq, ..event }
    }

    #[test]
    fn events_leave_marks_that_do_not_grow_with_them() {
        let marks = Marks::default();
        let (server_id, channel_id) = PLACE;
        let channel = Audience::Channel { server_id, channel_id };
        assert!(marks.take().is_nothing());
        for (kind, seq) in [
            (EventKind::MessageCreated, 4),
            (EventKind::MessageCreated, 3),
            (EventKind::MessageReactionAdded, 9),
        ] {
            marks.on_event(&event(kind, channel, Some(seq), &json!({})));
        }
        let happened = marks.take();
        assert_eq!(
            happened.channels,
            HashMap::from([(PLACE, Mark { seq: 4, changed: false })])
        );
        for kind in [
            EventKind::MessageUpdated,
            EventKind::MessageDeleted,
            EventKind::MessagePinned,
            EventKind::MessageUnpinned,
        ] {
            marks.on_event(&event(kind, channel, Some(9), &json!({})));
            assert_eq!(
                marks.take().channels[&PLACE],
                Mark { seq: 0, changed: true },
                "{kind:?}"
            );
        }
        let user_id = model::UserId(5);
        let server = Audience::Server { server_id };
        marks.on_event(&event(EventKind::ChannelDeleted, server, None, &json!({"id": "2"})));
        marks.on_event(&event(
            EventKind::ServerDeleted,
            Audience::User { user_id },
            None,
            &json!({}),
        ));
        marks.on_event(&event(EventKind::ServerDeleted, server, None, &json!({})));
        assert_eq!(marks.take().gone, [Gone::Channel(PLACE), Gone::Server(server_id)]);
        assert!(marks.take().is_nothing());
    }

    #[test]
    fn of_too_many_channels_all_are_looked_at() {
        let marks = Marks::default();
        for channel in 0..=i64::try_from(MARKED).unwrap() {
            marks.mark((ServerId(1), ChannelId(channel)), Mark { seq: 1, changed: false });
        }
        let happened = marks.take();
        assert!(happened.anywhere && happened.channels.len() == 1);
        for _ in 0..=MARKED {
            marks.mark_gone(Gone::Server(ServerId(1)));
        }
        let happened = marks.take();
        assert!(happened.anywhere && happened.gone.len() == MARKED);
    }
}
