//! Members in the order of a member list.

use std::{fmt, sync::Arc};

use model::{RoleId, UserId};

use crate::protocol::MemberRange;

/// A group of a member list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Those connected whose highest role that stands apart is the one of this rank; 0 is the highest.
    Role(u32),
    /// The others who are connected.
    Online,
    /// The others.
    Offline,
}

/// Where a member stands: by group, then by name whatever its case and accents.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// In which group.
    pub group: Group,
    /// The name, folded.
    pub name: Box<str>,
    /// Who it is.
    pub user_id: UserId,
}

/// The roles that stand apart, the highest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Groups(pub Vec<RoleId>);

impl Groups {
    /// To which group somebody belongs who holds these roles.
    #[must_use]
    pub fn of(&self, is_connected: bool, role_ids: &[RoleId]) -> Group {
        if !is_connected {
            return Group::Offline;
        }
        let rank = self.0.iter().position(|role| role_ids.contains(role));
        let rank = rank.and_then(|rank| u32::try_from(rank).ok());
        rank.map_or(Group::Online, Group::Role)
    }

    /// What clients call it.
    #[must_use]
    pub fn name(&self, group: Group) -> GroupName {
        match group {
            Group::Role(rank) => self
                .0
                .get(rank as usize)
                .map_or(GroupName::Online, |id| GroupName::Role(*id)),
            Group::Online => GroupName::Online,
            Group::Offline => GroupName::Offline,
        }
    }
}

/// A group's name: the id of a role, `online` or `offline`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupName {
    /// A role that stands apart.
    Role(RoleId),
    /// The others who are connected.
    Online,
    /// The others.
    Offline,
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(id) => id.fmt(f),
            Self::Online => f.write_str("online"),
            Self::Offline => f.write_str("offline"),
        }
    }
}

/// The places of some members, in order. A change moves pointers alone: some microseconds with 50,000 of them.
#[derive(Debug, Default)]
pub(super) struct List(Vec<Arc<Place>>);

impl List {
    pub(super) fn sorted(mut places: Vec<Arc<Place>>) -> Self {
        places.sort_unstable();
        Self(places)
    }

    /// The places of this list that a condition holds for.
    pub(super) fn filtered(&self, mut condition: impl FnMut(&Place) -> bool) -> Self {
        let kept = self.0.iter().filter(|place| condition(place));
        Self(kept.cloned().collect())
    }

    pub(super) fn insert(&mut self, place: &Arc<Place>) {
        if let Err(index) = self.0.binary_search(place) {
            self.0.insert(index, Arc::clone(place));
        }
    }

    /// Answers whether it was there.
    pub(super) fn remove(&mut self, place: &Place) -> bool {
        let found = self.0.binary_search_by(|other| (**other).cmp(place));
        found.map(|index| self.0.remove(index)).is_ok()
    }

    /// Those in a range.
    pub(super) fn range(&self, range: MemberRange) -> &[Arc<Place>] {
        let end = (range.last as usize).saturating_add(1).min(self.0.len());
        let start = (range.first as usize).min(end);
        &self.0[start..end]
    }

    /// The groups that somebody is in, in order, and how many are. Each costs one search.
    pub(super) fn counts(&self) -> Vec<(Group, usize)> {
        let (mut counts, mut rest) = (Vec::new(), &self.0[..]);
        while let Some(first) = rest.first() {
            let group = first.group;
            let count = rest.partition_point(|place| place.group <= group);
            counts.push((group, count));
            rest = &rest[count..];
        }
        counts
    }
}
