//! Counts what matches within the scope, and keeps the first of it in order. Nothing is counted before the scope has been
//! asked: there is no way to collect without it.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
    iter::repeat,
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
const STEP: usize = 4_096;
/// Matches with a score of their own that are looked at together; few where tests have few.
const TOGETHER: usize = if cfg!(test) { 2 } else { 128 };

/// Where one may look. Each match is looked up in it, by a hash that is quick: ids are ours, nobody can choose them to collide.
pub(super) type Channels = HashSet<ChannelId, foldhash::fast::RandomState>;

/// What is to be counted and kept.
pub(super) struct Top {
    /// Where one may look.
    pub(super) channels: Arc<Channels>,
    pub(super) before: Option<Border>,
    pub(super) after: Option<Border>,
    pub(super) sort: Sort,
    pub(super) part: Part,
}

/// What was counted and kept.
#[derive(Default)]
pub(super) struct Counted {
    /// As in [`crate::index::Found`].
    pub(super) total: usize,
    /// In no order.
    pub(super) hits: Vec<Hit>,
    /// It took too long, and is not whole.
    pub(super) late: bool,
}

/// The same in one segment of the index.
pub(super) struct InSegment {
    channels: Arc<Channels>,
    borders: (Option<Border>, Option<Border>),
    sort: Sort,
    part: Part,
    channel: Column<i64>,
    id: Column<i64>,
    sent: Column<i64>,
    total: usize,
    /// The least of the best is on top.
    best: BinaryHeap<Reverse<(Rank, ChannelId, MessageId)>>,
    /// Matches since the clock was looked at.
    steps: usize,
    late: bool,
    /// Matches that wait to be looked at together, and the score of each.
    waiting: (Vec<DocId>, Vec<Score>),
    /// Columns of the matches that are looked at together, to be filled again and again.
    read: Read,
}

/// Values of several documents.
#[derive(Default)]
struct Read {
    channels: Vec<Option<i64>>,
    /// The documents within the scope, and their channels.
    within: Vec<DocId>,
    of: Vec<ChannelId>,
    scores: Vec<Score>,
    ids: Vec<Option<i64>>,
    sent: Vec<Option<i64>>,
}

/// The values of the column, one for each document.
fn read_column(column: &Column<i64>, documents: &[DocId], values: &mut Vec<Option<i64>>) {
    values.clear();
    values.resize(documents.len(), None);
    column.first_vals(documents, values);
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
            waiting: (Vec::with_capacity(TOGETHER), Vec::with_capacity(TOGETHER)),
            read: Read::default(),
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
    /// Takes documents that match, and the scores of as many of them as have one. They are read column by column: a match among a
    /// million costs little more than its values.
    fn take(&mut self, documents: &[DocId], scores: &[Score]) {
        self.steps += documents.len();
        if self.steps >= STEP {
            self.steps = 0;
            self.late |= Instant::now() > self.part.until;
        }
        if self.late {
            return;
        }
        let mut read = std::mem::take(&mut self.read);
        read_column(&self.channel, documents, &mut read.channels);
        read.within.clear();
        read.of.clear();
        read.scores.clear();
        let scores = scores.iter().copied().chain(repeat(0.0));
        for ((document, channel), score) in documents.iter().zip(&read.channels).zip(scores) {
            let Some(channel_id) = channel.map(ChannelId) else {
                continue;
            };
            if self.channels.contains(&channel_id) {
                read.within.push(*document);
                read.of.push(channel_id);
                read.scores.push(score);
            }
        }
        read_column(&self.id, &read.within, &mut read.ids);
        if self.borders == (None, None) {
            for ((channel_id, id), score) in read.of.iter().zip(&read.ids).zip(&read.scores) {
                self.count(*channel_id, *id, *score);
            }
        } else {
            read_column(&self.sent, &read.within, &mut read.sent);
            let each = read.of.iter().zip(&read.ids).zip(&read.sent).zip(&read.scores);
            for (((channel_id, id), sent), score) in each {
                if let (Some(id), Some(sent)) = (*id, *sent)
                    && self.is_between(MessageId(id), Timestamp::from_millis(sent))
                {
                    self.count(*channel_id, Some(id), *score);
                }
            }
        }
        self.read = read;
    }

    /// Takes what has waited.
    fn take_waiting(&mut self) {
        let (mut documents, mut scores) = std::mem::take(&mut self.waiting);
        self.take(&documents, &scores);
        documents.clear();
        scores.clear();
        self.waiting = (documents, scores);
    }

    /// Whether a message is between the borders.
    fn is_between(&self, id: MessageId, sent: Timestamp) -> bool {
        let (before, after) = self.borders;
        before.is_none_or(|border| border.is_after((id, sent)))
            && after.is_none_or(|border| border.is_before((id, sent)))
    }

    /// Counts a message within the scope and the borders, and keeps it if it is among the first.
    fn count(&mut self, channel_id: ChannelId, id: Option<i64>, score: Score) {
        let Some(id) = id.map(MessageId) else { return };
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

    /// Whether a match of this score needs no look: enough is counted, and as much as is wanted fits better.
    fn is_out_of_reach(&self, score: Score) -> bool {
        let counted = self.total >= self.part.counted && self.best.len() >= self.part.most;
        counted && self.sort.counts_score() && self.best.peek().is_some_and(|least| steps(score) < least.0.0.score)
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
        if self.is_out_of_reach(score) {
            return;
        }
        self.waiting.0.push(document);
        self.waiting.1.push(score);
        if self.waiting.0.len() >= TOGETHER {
            self.take_waiting();
        }
    }

    fn collect_block(&mut self, documents: &[DocId]) {
        self.take(documents, &[]);
    }

    fn harvest(mut self) -> Counted {
        self.take_waiting();
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
