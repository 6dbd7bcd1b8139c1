//! Who stands above whom, and what one may hand on: no one acts on what stands at or above their own highest role, and no
//! one gives, or takes, what they lack (architecture, section 6).

use crate::PermissionSet;

/// How high a member or a role stands in a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// That of a role, by its position; of a member, by the highest role held. `everyone` stands at 0.
    Role(i64),
    /// Above every role. Whoever owns the server is nobody's target.
    Owner,
}

impl Rank {
    /// That of a member who holds roles at these positions besides `everyone`.
    pub fn of_member(owner: bool, positions: impl IntoIterator<Item = i64>) -> Self {
        if owner {
            Self::Owner
        } else {
            Self::Role(positions.into_iter().fold(0, i64::max))
        }
    }
}

/// Whether who stands at `actor` may change, give, take away, order or moderate what stands at `target`: only what stands
/// strictly below. An administrator stands no higher than the highest role held.
#[must_use]
pub fn may_act_on(actor: Rank, target: Rank) -> bool {
    target < actor
}

/// What of a change from `before` to `after` someone who has `own` cannot do: the permissions that differ, in either
/// direction, and that they lack. Nothing: the change is theirs to make.
///
/// For a role these are its permissions before and after; for a role that is given or taken away, nothing and its
/// permissions; for an overwrite, its allowances and its denials, each by itself.
#[must_use]
pub fn beyond(own: PermissionSet, before: PermissionSet, after: PermissionSet) -> PermissionSet {
    ((before - after) | (after - before)) - own
}

/// Whether someone who has `own` may make the change; see [`beyond`].
#[must_use]
pub fn may_grant(own: PermissionSet, before: PermissionSet, after: PermissionSet) -> bool {
    beyond(own, before, after).is_empty()
}

#[cfg(test)]
#[path = "hierarchy_reference.rs"]
mod reference;
