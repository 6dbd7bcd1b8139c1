//! Where channels stand: in a folder or at the top level, by a **sort key**, lowest first.
//!
//! Keys are sparse and random: only their order means anything. A channel keeps its key until it is moved itself, so those
//! who do not see a channel do not learn from the others' keys that it came, went, or is there at all. A channel at the
//! end gets a key made of the time, one between two others a random one between theirs. What callers say of places are
//! numbers among the channels that they see, so those tell nothing either.

use std::collections::BTreeMap;

use model::{ChannelId, Timestamp, snowflake::EPOCH_MS};
use rand::{Rng, RngExt};

/// Where a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The channel.
    pub(crate) id: ChannelId,
    /// Whether it is a folder.
    pub(crate) folder: bool,
    /// The folder it is in; none at the top level.
    pub(crate) parent_id: Option<ChannelId>,
    /// What it is ordered by there; among equals the lower id is first.
    pub(crate) position: i64,
}

/// Where a channel shall stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Move {
    /// The channel.
    pub(crate) id: ChannelId,
    /// The folder it goes to; none for the top level.
    pub(crate) parent_id: Option<ChannelId>,
    /// Its place among the channels there that the caller sees, from 0; beyond the end means at the end.
    pub(crate) position: u32,
}

/// Into what a channel moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Destination {
    /// It stays in what it is in.
    #[default]
    Stays,
    /// Out of every folder.
    TopLevel,
    /// Into a folder.
    Folder(ChannelId),
}

impl Destination {
    /// The folder that it names, if it names one.
    pub(crate) const fn folder(self) -> Option<ChannelId> {
        match self {
            Self::Folder(id) => Some(id),
            Self::Stays | Self::TopLevel => None,
        }
    }

    /// What a channel is in afterwards that is in `present` now.
    pub(crate) const fn from(self, present: Option<ChannelId>) -> Option<ChannelId> {
        match self {
            Self::Stays => present,
            Self::TopLevel | Self::Folder(_) => self.folder(),
        }
    }
}

/// Why a channel cannot stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misplaced {
    /// The server has no such channel.
    #[error("is not a channel of this server")]
    Unknown,
    /// It is moved twice at once.
    #[error("is named twice")]
    Twice,
    /// The server has no such folder, or it is a channel of another kind.
    #[error("is not a folder of this server")]
    NotAFolder,
    /// Folders stand at the top level only.
    #[error("a folder cannot be inside a folder")]
    FolderInFolder,
}

/// Whether a channel, or a folder, may stand in `parent_id`.
pub(crate) fn check_parent(places: &[Place], folder: bool, parent_id: Option<ChannelId>) -> Result<(), Misplaced> {
    let Some(parent_id) = parent_id else { return Ok(()) };
    if !places.iter().any(|place| place.id == parent_id && place.folder) {
        Err(Misplaced::NotAFolder)
    } else if folder {
        Err(Misplaced::FolderInFolder)
    } else {
        Ok(())
    }
}

/// Checks every move; tells the first that cannot be, by its index.
pub(crate) fn check(places: &[Place], moves: &[Move]) -> Result<(), (usize, Misplaced)> {
    for (index, wanted) in moves.iter().enumerate() {
        let place = places
            .iter()
            .find(|place| place.id == wanted.id)
            .ok_or((index, Misplaced::Unknown))?;
        if moves[..index].iter().any(|earlier| earlier.id == wanted.id) {
            return Err((index, Misplaced::Twice));
        }
        check_parent(places, place.folder, wanted.parent_id).map_err(|why| (index, why))?;
    }
    Ok(())
}

/// Makes sort keys.
pub(crate) struct Keys<R> {
    now: Timestamp,
    random: R,
}

impl<R: Rng> Keys<R> {
    /// How many keys the end has for each millisecond: room for later moves. Keys stay below 2^53, where JavaScript's
    /// numbers lose precision, for 69 years.
    const PER_MS: i64 = 1 << 10;
    /// How far before the first a new first is at most.
    const FRONT: i64 = 1 << 32;

    pub(crate) const fn new(now: Timestamp, random: R) -> Self {
        Self { now, random }
    }

    /// A key at the end of what ends with `last`.
    pub(crate) fn after(&mut self, last: Option<i64>) -> i64 {
        let now = (self.now.as_millis() - EPOCH_MS).max(1).saturating_mul(Self::PER_MS);
        let from = last.map_or(now, |last| now.max(last.saturating_add(1)));
        from.saturating_add(self.random.random_range(0..Self::PER_MS))
    }

    /// So many rising keys below `high` and above `low`, or before everything; `None` when there is no room.
    fn between(&mut self, low: Option<i64>, high: i64, count: usize) -> Option<Vec<i64>> {
        let low = low.unwrap_or_else(|| high.saturating_sub(Self::FRONT));
        let part = (high - low - 1) / i64::try_from(count).ok()?;
        let parts = (0..i64::try_from(count).ok()?).map(|index| low + 1 + index * part);
        (part > 0).then(|| parts.map(|from| from + self.random.random_range(0..part)).collect())
    }

    /// The keys of a row of which some have theirs already. Where there is no room for the others, all that follow get
    /// new ones.
    fn of_row(&mut self, row: &[Option<i64>]) -> Vec<i64> {
        let mut keys: Vec<i64> = Vec::with_capacity(row.len());
        while keys.len() < row.len() {
            let rest = &row[keys.len()..];
            let low = keys.last().copied();
            if let Some(key) = rest[0] {
                keys.push(key);
                continue;
            }
            let count = rest.iter().take_while(|key| key.is_none()).count();
            let high = rest.get(count).copied().flatten();
            if let Some(new) = high.and_then(|high| self.between(low, high, count)) {
                keys.extend(new);
            } else {
                while keys.len() < row.len() {
                    let key = self.after(keys.last().copied());
                    keys.push(key);
                }
            }
        }
        keys
    }
}

/// A channel in a row to be.
struct Entry {
    /// As it stands now.
    place: Place,
    moved: bool,
}

/// The places that change when the moves, which were checked, are made. Nothing changes but what is moved, unless there is
/// no room left between two keys; what is not moved keeps its order, and what is already where it should be its key.
/// `sees` says which channels the caller sees, among which positions count.
pub(crate) fn rearranged<R: Rng>(
    places: &[Place],
    moves: &[Move],
    sees: impl Fn(ChannelId) -> bool,
    keys: &mut Keys<R>,
) -> Vec<Place> {
    let is_moved = |place: &Place| moves.iter().any(|wanted| wanted.id == place.id);
    let mut standing: Vec<Place> = places.iter().filter(|place| !is_moved(place)).copied().collect();
    standing.sort_by_key(|place| (place.position, place.id));
    let mut rows: BTreeMap<Option<ChannelId>, Vec<Entry>> = BTreeMap::new();
    for place in standing {
        rows.entry(place.parent_id)
            .or_default()
            .push(Entry { place, moved: false });
    }
    let mut moves: Vec<&Move> = moves.iter().collect();
    moves.sort_by_key(|wanted| wanted.position);
    for wanted in moves {
        let Some(place) = places.iter().find(|place| place.id == wanted.id) else {
            continue;
        };
        let row = rows.entry(wanted.parent_id).or_default();
        let visible = row
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.moved || sees(entry.place.id));
        let before = visible
            .map(|(index, _)| index)
            .nth(usize::try_from(wanted.position).unwrap_or(usize::MAX));
        row.insert(
            before.unwrap_or(row.len()),
            Entry {
                place: *place,
                moved: true,
            },
        );
    }
    let mut changed = Vec::new();
    for (parent_id, row) in rows {
        let new = keys.of_row(&kept(parent_id, &row));
        for (entry, position) in row.iter().zip(new) {
            let after = Place {
                parent_id,
                position,
                ..entry.place
            };
            if after != entry.place {
                changed.push(after);
            }
        }
    }
    changed
}

/// The keys that stay: of what is not moved, and of as many as possible of what is moved to where it stands already.
fn kept(parent_id: Option<ChannelId>, row: &[Entry]) -> Vec<Option<i64>> {
    let mut kept: Vec<Option<i64>> = row.iter().map(|entry| Some(entry.place.position)).collect();
    let order = |entry: &Entry| (entry.place.position, entry.place.id);
    let mut begin = 0;
    while begin < row.len() {
        if !row[begin].moved {
            begin += 1;
            continue;
        }
        let length = row[begin..].iter().take_while(|entry| entry.moved).count();
        let end = begin + length;
        let low = begin.checked_sub(1).map(|index| order(&row[index]));
        let high = row.get(end).map(order);
        let candidates: Vec<Option<(i64, ChannelId)>> = row[begin..end]
            .iter()
            .map(|entry| {
                let key = order(entry);
                let fits = low.is_none_or(|low| low < key) && high.is_none_or(|high| key < high);
                (entry.place.parent_id == parent_id && fits).then_some(key)
            })
            .collect();
        for (offset, stays) in longest_rising(&candidates).into_iter().enumerate() {
            if !stays {
                kept[begin + offset] = None;
            }
        }
        begin = end;
    }
    kept
}

/// Marks a longest rising sequence among those that are there.
pub(crate) fn longest_rising<T: Ord>(items: &[Option<T>]) -> Vec<bool> {
    // For each item: the length of the longest that ends with it, and its predecessor in that.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let earlier = (0..index).filter(|at| item.is_some() && items[*at].is_some() && items[*at] < *item);
        let before = earlier.max_by_key(|at| best[*at].0);
        let length = usize::from(item.is_some()) + before.map_or(0, |at| best[at].0);
        best.push((length, before));
    }
    let mut marked = vec![false; items.len()];
    let longest = (0..items.len()).max_by_key(|at| best[*at].0);
    let mut next = longest.filter(|at| best[*at].0 > 0);
    while let Some(at) = next {
        marked[at] = true;
        next = best[at].1;
    }
    marked
}

#[cfg(test)]
#[path = "placement_tests.rs"]
mod tests;
