//! What the bus of one test keeps.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use contracts::events::Event;
use futures::{StreamExt, future::BoxFuture, stream};
use model::Timestamp;
use platform::{
    bus::{BusError, Entries, Entry, Recent, RecentEvent, RecentEvents},
    clock::Clock,
};
use tokio::sync::watch;

/// How long a question takes: much may happen meanwhile.
const ROUND_TRIP: Duration = Duration::from_millis(3);

/// What is kept, for all gateways of one test. Cheap to clone.
#[derive(Clone, Default)]
pub struct Memory {
    kept: Arc<Mutex<Kept>>,
    grown: Arc<watch::Sender<()>>,
    broken: Arc<AtomicBool>,
    /// Milliseconds before the machine's clock.
    ahead: Arc<AtomicI64>,
}

#[derive(Default)]
struct Kept {
    events: Vec<RecentEvent>,
    journal: Vec<(String, Entry)>,
}

impl Memory {
    /// Nothing can be written or read from now on.
    pub fn break_down(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    /// So much time passes for what is kept.
    pub fn pass(&self, time: Duration) {
        self.ahead
            .fetch_add(time.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(Clock::system().now().as_millis() + self.ahead.load(Ordering::SeqCst))
    }

    pub fn add(&self, event: Option<Arc<Event>>) -> u64 {
        let mut kept = self.kept.lock().unwrap();
        let number = kept.events.len() as u64 + 1;
        kept.events.push(RecentEvent {
            at: self.now(),
            number,
            event,
        });
        drop(kept);
        self.grown.send_replace(());
        number
    }

    fn is_there(&self) -> Result<(), BusError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(BusError("nothing is kept".to_owned()));
        }
        Ok(())
    }

    /// Reads one after the other by `get`, and waits for more.
    fn all<T: Send + 'static>(
        &self,
        get: impl Fn(&Kept, usize) -> Option<T> + Send + 'static,
    ) -> stream::BoxStream<'static, T> {
        let (memory, grown) = (self.clone(), self.grown.subscribe());
        stream::unfold((memory, grown, get, 0), async |(memory, mut grown, get, next)| {
            loop {
                grown.borrow_and_update();
                let found = get(&memory.kept.lock().unwrap(), next);
                if let Some(found) = found {
                    return Some((found, (memory, grown, get, next + 1)));
                }
                grown.changed().await.ok()?;
            }
        })
        .boxed()
    }
}

impl Recent for Memory {
    fn prepare(&self) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(std::future::ready(self.is_there()))
    }

    fn write<'a>(&'a self, journal: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        Box::pin(async move {
            self.is_there()?;
            let at = self.now();
            let mut kept = self.kept.lock().unwrap();
            kept.journal.push((journal.to_owned(), Entry { at, bytes }));
            drop(kept);
            self.grown.send_replace(());
            Ok(())
        })
    }

    fn read<'a>(&'a self, journal: &'a str) -> BoxFuture<'a, Result<Entries, BusError>> {
        let name = journal.to_owned();
        let get = move |kept: &Kept, next: usize| {
            let mut of_journal = kept.journal.iter().filter(|(journal, _)| *journal == name);
            of_journal.nth(next).map(|(_, entry)| entry.clone())
        };
        Box::pin(std::future::ready(self.is_there().map(|()| self.all(get))))
    }

    fn events(&self, since: Timestamp) -> BoxFuture<'_, Result<RecentEvents, BusError>> {
        let get = move |kept: &Kept, next: usize| {
            let mut later = kept.events.iter().filter(|event| event.at >= since);
            later.nth(next).cloned()
        };
        Box::pin(std::future::ready(self.is_there().map(|()| self.all(get))))
    }

    fn mark(&self) -> BoxFuture<'_, Result<u64, BusError>> {
        Box::pin(async {
            self.is_there()?;
            let number = self.add(None);
            tokio::time::sleep(ROUND_TRIP).await;
            Ok(number)
        })
    }
}
