//! The events of the last minutes, read from the bus from the first time that they are needed until nobody has needed them
//! for a while.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::events::{Audience, Event, EventKind};
use futures::StreamExt;
use model::{ChannelId, ServerId, Timestamp};
use platform::{
    bus::{Recent, RecentEvent, RecentEvents},
    clock::Clock,
};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::heard::Heard;

/// How long events are followed that nobody needs.
const FOLLOWED_FOR: Duration = Duration::from_mins(2);
/// How long reading up to the present may take.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// Recent events, in the order in which the bus took them.
pub(crate) type Events = Vec<Arc<Event>>;

/// What happened in a server.
#[derive(Default)]
pub(crate) struct Happened {
    /// The events since a time.
    pub(crate) events: Events,
    /// Which messages the events of the last minutes have told of.
    pub(crate) heard: Vec<Heard>,
}

/// The events of the last minutes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Window {
    recent: Arc<dyn Recent>,
    kept_for: Duration,
    clock: Clock,
    opened: Arc<Mutex<Option<Arc<Opened>>>>,
}

struct Opened {
    state: Mutex<State>,
    /// The number of the last event that was read.
    reached: watch::Sender<u64>,
}

struct State {
    /// What concerns single users, and the ends of servers.
    personal: VecDeque<(Timestamp, Arc<Event>)>,
    of_servers: HashMap<ServerId, OfServer>,
    needed_at: Instant,
}

#[derive(Default)]
struct OfServer {
    events: VecDeque<(Timestamp, Arc<Event>)>,
    heard: HashMap<ChannelId, Heard>,
}

impl Opened {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    pub(super) fn new(recent: Arc<dyn Recent>, kept_for: Duration, clock: Clock) -> Self {
        Self {
            recent,
            kept_for,
            clock,
            opened: Arc::default(),
        }
    }

    /// What was published since then and up to now: what concerns single users, and what happened in each of the servers.
    /// `None` when it cannot be read.
    pub(super) async fn since(
        &self,
        since: Timestamp,
        servers: &[ServerId],
    ) -> Option<(Events, Vec<(ServerId, Happened)>)> {
        let opened = self.open();
        let mut reached = opened.reached.subscribe();
        let reading = async {
            let mark = self.recent.mark().await.ok()?;
            reached.wait_for(|number| *number >= mark).await.ok().map(drop)
        };
        timeout(READ_WITHIN, reading).await.ok().flatten()?;
        let mut state = opened.state();
        state.needed_at = Instant::now();
        let later = |events: &VecDeque<(Timestamp, Arc<Event>)>| -> Events {
            let first = events.partition_point(|(at, _)| *at < since);
            events.range(first..).map(|(_, event)| Arc::clone(event)).collect()
        };
        let of_server = |server_id: &ServerId| {
            let happened = state.of_servers.get(server_id).map(|of_server| Happened {
                events: later(&of_server.events),
                heard: of_server.heard.values().cloned().collect(),
            });
            (*server_id, happened.unwrap_or_default())
        };
        Some((later(&state.personal), servers.iter().map(of_server).collect()))
    }

    fn open(&self) -> Arc<Opened> {
        let mut current = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = &*current {
            return Arc::clone(opened);
        }
        let opened = Arc::new(Opened {
            state: Mutex::new(State {
                personal: VecDeque::new(),
                of_servers: HashMap::new(),
                needed_at: Instant::now(),
            }),
            reached: watch::Sender::new(0),
        });
        *current = Some(Arc::clone(&opened));
        let (window, reader) = (self.clone(), Arc::clone(&opened));
        tokio::spawn(async move {
            let kept = i64::try_from(window.kept_for.as_millis()).unwrap_or(i64::MAX);
            let since = Timestamp::from_millis(window.clock.now().as_millis() - kept);
            match window.recent.events(since).await {
                Ok(events) => reader.read(events, window.kept_for).await,
                Err(error) => tracing::warn!(error.detail = %error, "recent events cannot be read"),
            }
            let mut current = window.opened.lock().unwrap_or_else(PoisonError::into_inner);
            *current = None;
        });
        opened
    }
}

impl Opened {
    /// Reads until nobody needs it, or the stream breaks: whoever waits gives up then.
    async fn read(&self, mut events: RecentEvents, kept_for: Duration) {
        loop {
            let next = match timeout(FOLLOWED_FOR, events.next()).await {
                Ok(Some(event)) => Some(event),
                Ok(None) => return,
                Err(_elapsed) => None,
            };
            let mut state = self.state();
            if state.needed_at.elapsed() > FOLLOWED_FOR {
                return;
            }
            let Some(RecentEvent { at, number, event }) = next else {
                continue;
            };
            if let Some(event) = event {
                state.add(at, event, kept_for);
            }
            drop(state);
            self.reached.send_replace(number);
        }
    }
}

impl State {
    fn add(&mut self, at: Timestamp, event: Arc<Event>, kept_for: Duration) {
        let events = match event.audience {
            Audience::Server { server_id } | Audience::Channel { server_id, .. } => {
                if event.kind == EventKind::ServerDeleted {
                    self.personal.push_back((at, Arc::clone(&event)));
                }
                let of_server = self.of_servers.entry(server_id).or_default();
                if let (EventKind::MessageCreated, Audience::Channel { channel_id, .. }, Some(seq)) =
                    (event.kind, event.audience, event.seq)
                {
                    let heard = of_server.heard.entry(channel_id);
                    heard
                        .and_modify(|heard| heard.hear(seq, at))
                        .or_insert_with(|| Heard::new(channel_id, seq, at));
                }
                &mut of_server.events
            }
            Audience::User { .. } | Audience::AroundUser { .. } => &mut self.personal,
            Audience::Services => return,
        };
        events.push_back((at, event));
        while events.front().is_some_and(|(first, _)| at.since(*first) > kept_for) {
            events.pop_front();
        }
    }
}
