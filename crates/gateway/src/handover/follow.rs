//! Reads the journals of other gateways, each from the first time it is needed until nobody has needed it for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::gateway::JournalEntry;
use futures::StreamExt;
use platform::bus::{Entries, Recent};
use prost::Message as _;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use super::{journal_name, ledger::Ledger};

/// How long a journal is followed that nobody needs.
const FOLLOWED_FOR: Duration = Duration::from_mins(2);
/// How long reading up to the present may take.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// The journals that are followed. Cheap to clone.
#[derive(Clone)]
pub(super) struct Ledgers {
    recent: Arc<dyn Recent>,
    followed: Arc<Mutex<HashMap<u64, Arc<Followed>>>>,
}

/// A journal that is followed.
struct Followed {
    state: Mutex<State>,
}

struct State {
    ledger: Ledger,
    /// Who waits for which mark.
    marks: HashMap<u64, oneshot::Sender<()>>,
    needed_at: Instant,
    is_opening: bool,
    has_ended: bool,
}

impl Followed {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledgers {
    pub(super) fn new(recent: Arc<dyn Recent>) -> Self {
        Self {
            recent,
            followed: Arc::default(),
        }
    }

    /// Looks into a journal, as it is now. `None` when it cannot be read.
    pub(super) async fn look<R>(&self, origin: u64, look: impl FnOnce(&Ledger) -> R) -> Option<R> {
        let followed = self.open(origin);
        let mark = rand::random::<u64>() | 1;
        let (sender, reached) = oneshot::channel();
        {
            let mut state = followed.state();
            state.needed_at = Instant::now();
            if state.has_ended {
                return None;
            }
            state.marks.insert(mark, sender);
        }
        let entry = JournalEntry {
            mark,
            ..JournalEntry::default()
        };
        let reading = async {
            let written = self
                .recent
                .write(&journal_name(origin), entry.encode_to_vec().into())
                .await;
            written.ok()?;
            reached.await.ok()
        };
        let reached = timeout(READ_WITHIN, reading).await.ok().flatten();
        let mut state = followed.state();
        state.marks.remove(&mark);
        reached.map(|()| look(&state.ledger))
    }

    fn open(&self, origin: u64) -> Arc<Followed> {
        let mut all = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let followed = all.entry(origin).or_insert_with(|| {
            Arc::new(Followed {
                state: Mutex::new(State {
                    ledger: Ledger::default(),
                    marks: HashMap::new(),
                    needed_at: Instant::now(),
                    is_opening: true,
                    has_ended: false,
                }),
            })
        });
        if std::mem::take(&mut followed.state().is_opening) {
            let (ledgers, followed) = (self.clone(), Arc::clone(followed));
            tokio::spawn(async move {
                match ledgers.recent.read(&journal_name(origin)).await {
                    Ok(entries) => followed.follow(entries).await,
                    Err(error) => tracing::warn!(error.detail = %error, "a journal cannot be read"),
                }
                let mut all = ledgers.followed.lock().unwrap_or_else(PoisonError::into_inner);
                all.remove(&origin);
                let mut state = followed.state();
                state.has_ended = true;
                // Whoever waits learns that it ends.
                state.marks.clear();
            });
        }
        Arc::clone(followed)
    }
}

impl Followed {
    async fn follow(&self, mut entries: Entries) {
        loop {
            let entry = match timeout(FOLLOWED_FOR, entries.next()).await {
                Ok(Some(entry)) => Some(entry),
                Ok(None) => return,
                Err(_elapsed) => None,
            };
            let mut state = self.state();
            if state.needed_at.elapsed() > FOLLOWED_FOR {
                return;
            }
            let Some(entry) = entry else { continue };
            match JournalEntry::decode(entry.bytes) {
                Ok(JournalEntry { mark, .. }) if mark != 0 => {
                    // Only one of those who follow the journal has written the mark.
                    let _ = state.marks.remove(&mark).map(|waiting| waiting.send(()));
                }
                Ok(read) => state.ledger.take(&read, entry.at),
                Err(error) => tracing::warn!(error.detail = %error, "an entry of a journal cannot be read"),
            }
        }
    }
}
