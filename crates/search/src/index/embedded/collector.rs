//! Counts what matches within the scope, and keeps the first of it in order. Nothing is counted before the scope has been
//! asked: there is no way to collect without it.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
    sync::Arc,
    time::Instant,
};

use model::{ChannelId, MessageId, Timestamp};
use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
    columnar::Column,
};

use super::{fitness::steps, schema::fast};
use crate::{
    index::{Hit, Part, Rank},
    wanted::{Border, Sort},
};

/// After how many matches the clock is looked at.
const STEP: u32 = 4_096;

/// What is to be counted and kept.
pub(super) struct Top {
    /// Where one may look.
    pub(super) channels: Arc<HashSet<ChannelId>>,
    pub(super) before: Option<Border>,
    pub(super) after: Option<Border>,
    pub(super) sort: Sort,
    pub(super) part: Part,
}

/// What was counted and kept.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) total: usize,
    /// In no order.
    pub(super) hits: Vec<Hit>,
    /// It took too long, and is not whole.
    pub(super) late: bool,
}

/// The same in one segment of the index.
pub(super) struct InSegment {
    channels: Arc<HashSet<ChannelId>>,
    borders: (Option<Border>, Option<Border>),
    sort: Sort,
    part: Part,
    channel: Column<i64>,
    id: Column<i64>,
    sent: Column<i64>,
    total: usize,
    /// The least of the best is on top.
    best: BinaryHeap<Reverse<(Rank, ChannelId, MessageId)>>,
    steps: u32,
    late: bool,
}

impl Collector for Top {
    type Fruit = Counted;
    type Child = InSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> Result<InSegment, TantivyError> {
        let columns = segment.fast_fields();
        Ok(InSegment {
            channels: Arc::clone(&self.channels),
            borders: (self.before, self.after),
            sort: self.sort,
            part: self.part,
            channel: columns.i64(fast::CHANNEL)?,
            id: columns.i64(fast::ID)?,
            sent: columns.i64(fast::SENT)?,
            total: 0,
            best: BinaryHeap::with_capacity(self.part.most + 1),
            steps: 0,
            late: Instant::now() > self.part.until,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort.counts_score()
    }

    fn merge_fruits(&self, segments: Vec<Counted>) -> Result<Counted, TantivyError> {
        let mut all = Counted::default();
        for segment in segments {
            all.total += segment.total;
            all.hits.extend(segment.hits);
            all.late |= segment.late;
        }
        Ok(all)
    }
}

impl InSegment {
    /// The channel, id and time of a message that is within the scope and the borders.
    fn within(&self, document: DocId) -> Option<(ChannelId, MessageId)> {
        let channel_id = ChannelId(self.channel.first(document)?);
        if !self.channels.contains(&channel_id) {
            return None;
        }
        let id = MessageId(self.id.first(document)?);
        if self.borders != (None, None) {
            let sent = (id, Timestamp::from_millis(self.sent.first(document)?));
            let (before, after) = self.borders;
            if before.is_some_and(|border| !border.is_after(sent))
                || after.is_some_and(|border| !border.is_before(sent))
            {
                return None;
            }
        }
        Some((channel_id, id))
    }

    fn rank(&self, id: MessageId, score: Score) -> Rank {
        let (score, order) = match self.sort {
            Sort::Newest => (0, id.0),
            Sort::Oldest => (0, -id.0),
            Sort::Relevant => (steps(score), id.0),
        };
        Rank { score, order }
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Counted;

    fn collect(&mut self, document: DocId, score: Score) {
        self.steps += 1;
        if self.steps.is_multiple_of(STEP) {
            self.late |= Instant::now() > self.part.until;
        }
        if self.late {
            return;
        }
        let Some((channel_id, id)) = self.within(document) else {
            return;
        };
        self.total += 1;
        let rank = self.rank(id, score);
        if self.part.after.is_some_and(|after| rank >= after) {
            return;
        }
        if self.best.len() >= self.part.most && self.best.peek().is_some_and(|least| rank <= least.0.0) {
            return;
        }
        self.best.push(Reverse((rank, channel_id, id)));
        if self.best.len() > self.part.most {
            self.best.pop();
        }
    }

    fn harvest(self) -> Counted {
        let hit = |Reverse((rank, channel_id, message_id))| Hit {
            channel_id,
            message_id,
            rank,
        };
        Counted {
            total: self.total,
            hits: self.best.into_iter().map(hit).collect(),
            late: self.late,
        }
    }
}
