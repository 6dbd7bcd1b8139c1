//! Where channels stand: in a folder or at the top level, at positions 0, 1, 2 … without gaps.

use std::collections::BTreeMap;

use model::ChannelId;

/// Where a channel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The channel.
    pub(crate) id: ChannelId,
    /// Whether it is a folder.
    pub(crate) folder: bool,
    /// The folder it is in; none at the top level.
    pub(crate) parent_id: Option<ChannelId>,
    /// Its place there, from 0.
    pub(crate) position: i64,
}

/// Where a channel shall stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Move {
    /// The channel.
    pub(crate) id: ChannelId,
    /// The folder it goes to; none for the top level.
    pub(crate) parent_id: Option<ChannelId>,
    /// Its place there, from 0; beyond the end means at the end.
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

/// The places that change when the moves, which were checked, are made: of what is moved and of what makes room or
/// closes ranks. What is not moved keeps its order.
pub(crate) fn rearranged(places: &[Place], moves: &[Move]) -> Vec<Place> {
    let mut standing: Vec<&Place> = places
        .iter()
        .filter(|place| !moves.iter().any(|wanted| wanted.id == place.id))
        .collect();
    standing.sort_by_key(|place| (place.position, place.id));
    let mut rows: BTreeMap<Option<ChannelId>, Vec<ChannelId>> = BTreeMap::new();
    for place in standing {
        rows.entry(place.parent_id).or_default().push(place.id);
    }
    let mut moves: Vec<&Move> = moves.iter().collect();
    moves.sort_by_key(|wanted| wanted.position);
    for wanted in moves {
        let row = rows.entry(wanted.parent_id).or_default();
        let index = usize::try_from(wanted.position).unwrap_or(usize::MAX).min(row.len());
        row.insert(index, wanted.id);
    }
    let now = rows
        .iter()
        .flat_map(|(parent, row)| (0_i64..).zip(row).map(|(position, id)| (*id, *parent, position)));
    let changed = now.filter_map(|(id, parent_id, position)| {
        let before = places.iter().find(|place| place.id == id)?;
        let after = Place {
            parent_id,
            position,
            ..*before
        };
        (after != *before).then_some(after)
    });
    changed.collect()
}

#[cfg(test)]
#[path = "placement_tests.rs"]
mod tests;
