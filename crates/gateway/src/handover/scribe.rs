//! Writes the journal: what sessions are given is written down first, and handed to their connections then. A gateway that
//! is killed between the two has told nobody what it did not write.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use model::Timestamp;
use platform::{bus::Recent, clock::Clock, telemetry::RequestContext};
use prost::Message as _;
use tokio_util::sync::CancellationToken;

use super::{
    entry::Draft,
    journal::{Journal, Pending},
    journal_name, origin,
};
use crate::session::{Session, Sessions};

/// How large an entry grows before the next is begun.
const ENTRY_BYTES: usize = 256 * 1024;
/// Every session's standing is written down again within this time.
const STANDINGS_WITHIN: u32 = 30;
const TICK: Duration = Duration::from_secs(1);

/// Writes the journal of this gateway, and goes on with those of sessions that it took over.
pub(super) struct Scribe {
    journal: Arc<Journal>,
    recent: Arc<dyn Recent>,
    sessions: Sessions,
    clock: Clock,
    /// How many entries were written into each journal.
    written: HashMap<u64, u64>,
    /// Journals in which something is missing: what all sessions are at must be told anew.
    torn: HashSet<u64>,
}

/// What is handed out when an entry is written.
type Gifts = Vec<(Arc<Session>, u64)>;

impl Scribe {
    pub(super) fn new(journal: Arc<Journal>, recent: Arc<dyn Recent>, sessions: Sessions, clock: Clock) -> Self {
        Self {
            journal,
            recent,
            sessions,
            clock,
            written: HashMap::new(),
            torn: HashSet::new(),
        }
    }

    /// Runs until `end`.
    pub(super) async fn run(mut self, end: CancellationToken) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut tick = 0_u32;
        loop {
            tokio::select! {
                () = end.cancelled() => return,
                _ = ticks.tick() => {
                    tick = (tick + 1) % STANDINGS_WITHIN;
                    self.look_around(tick);
                }
                pending = self.journal.collect() => {
                    RequestContext::scope_of_part(pending.cause, "write journal", self.write_all(pending)).await;
                }
            }
        }
    }

    /// Has some of the sessions stand, and all of those whose journal is torn.
    fn look_around(&mut self, tick: u32) {
        let torn = std::mem::take(&mut self.torn);
        for session in self.sessions.all() {
            let Some(written) = session.written() else { continue };
            let is_torn = origin(&session.id).is_some_and(|origin| torn.contains(&origin));
            if is_torn || written.number % STANDINGS_WITHIN == tick {
                self.journal.stand(Arc::clone(&session));
            }
        }
    }

    async fn write_all(&mut self, mut pending: Pending) {
        let now = self.clock.now();
        let mut drafts: HashMap<u64, (Draft, Gifts)> = HashMap::new();
        let writer = self.journal.writer();
        if !pending.notes.is_empty() {
            let (draft, _) = drafts
                .entry(writer)
                .or_insert_with(|| (Draft::new(writer, now), Vec::new()));
            pending.notes.iter().for_each(|note| draft.note(note));
        }
        // A session that is known to the journal from now on only is told of together with what it is given first.
        while let Some(session) = pending.owed.pop_front() {
            let Some((origin, draft, gifts)) = draft_of(&mut drafts, &session, writer, now) else {
                continue;
            };
            add_owed(draft, gifts, &session);
            self.write_if_large(&mut drafts, origin).await;
        }
        while let Some(session) = pending.standing.pop_front() {
            let Some((origin, draft, gifts)) = draft_of(&mut drafts, &session, writer, now) else {
                continue;
            };
            let is_given = gifts.iter().any(|(given, _)| Arc::ptr_eq(given, &session));
            if let Some(written) = session.written().filter(|_| !is_given)
                && draft.stand(&session, written.number, 0)
            {
                written.stood();
            }
            self.write_if_large(&mut drafts, origin).await;
        }
        for session in &pending.ended {
            if let (Some((_, draft, _)), Some(written)) =
                (draft_of(&mut drafts, session, writer, now), session.written())
            {
                draft.end(written.number);
            }
        }
        let origins: Vec<u64> = drafts.keys().copied().collect();
        for origin in origins {
            self.write(&mut drafts, origin).await;
        }
        for waiting in pending.waiting {
            // Who waited may have given up.
            let _ = waiting.send(());
        }
    }

    async fn write_if_large(&mut self, drafts: &mut HashMap<u64, (Draft, Gifts)>, origin: u64) {
        if drafts.get(&origin).is_some_and(|(draft, _)| draft.size() > ENTRY_BYTES) {
            self.write(drafts, origin).await;
        }
    }

    /// Writes an entry and hands out what it says. What cannot be written is handed out, too: it can only not be gone on
    /// with elsewhere.
    async fn write(&mut self, drafts: &mut HashMap<u64, (Draft, Gifts)>, origin: u64) {
        let Some((draft, gifts)) = drafts.remove(&origin) else {
            return;
        };
        let number = self.written.entry(origin).or_insert(0);
        *number += 1;
        let entry = draft.finish(*number).encode_to_vec();
        metrics::counter!("gateway_journal_bytes_total").increment(entry.len() as u64);
        if let Err(error) = self.recent.write(&journal_name(origin), entry.into()).await
            && self.torn.insert(origin)
        {
            tracing::warn!(error.detail = %error, "the journal of sessions cannot be written");
        }
        for (session, count) in gifts {
            session.gave(count);
        }
    }
}

/// The draft that the session belongs to.
fn draft_of<'a>(
    drafts: &'a mut HashMap<u64, (Draft, Gifts)>,
    session: &Session,
    writer: u64,
    now: Timestamp,
) -> Option<(u64, &'a mut Draft, &'a mut Gifts)> {
    let origin = origin(&session.id)?;
    let (draft, gifts) = drafts
        .entry(origin)
        .or_insert_with(|| (Draft::new(writer, now), Vec::new()));
    Some((origin, draft, gifts))
}

fn add_owed(draft: &mut Draft, gifts: &mut Gifts, session: &Arc<Session>) {
    let (events, Some(written)) = (session.owed(), session.written()) else {
        return;
    };
    if events.is_empty() {
        return;
    }
    let count = events.len() as u64;
    draft.give(written.number, &events);
    if !written.stands() && draft.stand(session, written.number, count) {
        written.stood();
    }
    gifts.push((Arc::clone(session), count));
}
