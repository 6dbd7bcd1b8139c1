//! Where roles stand among each other.
//!
//! A position is a sort key with room around it, so that a new role at the bottom, or one that is moved, changes no other:
//! each change is told to everybody in the server. `everyone` stands at 0, below all.

use model::RoleId;

use crate::placement::longest_rising;

/// Where the first role of a server stands: halfway up what JavaScript can count, so that there is room below it.
const FIRST: i64 = 1 << 40;
/// How far roles stand apart where there is room.
const STEP: i64 = 1 << 20;
/// What no position is beyond: what JavaScript can count.
const LAST: i64 = (1 << 53) - 1;

/// The positions that must change for the roles to stand in this order, the lowest first, `everyone` left out. A role comes
/// with its present position, or with none when it is new. As many as possible stay where they are.
pub(crate) fn reranked(order: &[(RoleId, Option<i64>)]) -> Vec<(RoleId, i64)> {
    let present: Vec<Option<i64>> = order.iter().map(|(_, position)| *position).collect();
    let stays = longest_rising(&present);
    let kept: Vec<Option<i64>> = present
        .iter()
        .zip(stays)
        .map(|(position, stays)| position.filter(|_| stays))
        .collect();
    let positions =
        filled(&kept).unwrap_or_else(|| (0..).map(|index| FIRST + index * STEP).take(order.len()).collect());
    order
        .iter()
        .zip(positions)
        .filter(|((_, before), after)| *before != Some(*after))
        .map(|((id, _), after)| (*id, after))
        .collect()
}

/// All positions, with those that are missing between those that stay; `None` when there is no room somewhere.
fn filled(kept: &[Option<i64>]) -> Option<Vec<i64>> {
    let mut positions: Vec<i64> = Vec::with_capacity(kept.len());
    while let Some(rest) = kept.get(positions.len()..).filter(|rest| !rest.is_empty()) {
        let low = positions.last().copied();
        let missing = rest.iter().take_while(|position| position.is_none()).count();
        let count = i64::try_from(missing).ok()?;
        match (low, rest.get(missing).copied().flatten()) {
            (low, Some(high)) => {
                // Close to the one above, and so far from the next below that more can come between.
                let step = STEP.min((high - low.unwrap_or(0)) / (count + 1));
                if step < 1 {
                    return None;
                }
                positions.extend((1..=count).rev().map(|below| high - below * step));
                positions.push(high);
            }
            (Some(low), None) => positions.extend((1..=count).map(|above| low + above * STEP)),
            (None, None) => positions.extend((0..count).map(|index| FIRST + index * STEP)),
        }
    }
    positions.last().is_none_or(|last| *last <= LAST).then_some(positions)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(order: &[(RoleId, Option<i64>)]) -> Vec<(RoleId, Option<i64>)> {
        let changed = reranked(order);
        let position = |id: RoleId| changed.iter().find(|(other, _)| *other == id).map(|(_, at)| *at);
        order
            .iter()
            .map(|(id, before)| (*id, position(*id).or(*before)))
            .collect()
    }

    #[test]
    fn a_new_role_at_the_bottom_moves_no_other() {
        let mut roles: Vec<(RoleId, Option<i64>)> = Vec::new();
        for id in 1..=250 {
            roles.insert(0, (RoleId(id), None));
            assert_eq!(reranked(&roles).len(), 1, "{id}");
            roles = after(&roles);
        }
    }

    proptest! {
        #[test]
        fn the_order_is_as_wanted_and_no_more_than_needed_changes(
            present in prop::collection::vec(prop_oneof![Just(None), (1_i64..60).prop_map(Some), (1_i64..1 << 45).prop_map(Some)], 0..20)
        ) {
            let order: Vec<(RoleId, Option<i64>)> = (1..).map(RoleId).zip(present).collect();
            let stand = after(&order);
            let positions: Vec<i64> = stand.iter().filter_map(|(_, position)| *position).collect();
            prop_assert_eq!(positions.len(), order.len());
            prop_assert!(positions.is_sorted_by(|low, high| low < high));
            prop_assert!(positions.iter().all(|position| (1..=LAST).contains(position)));
            prop_assert!(reranked(&stand).is_empty(), "what stands in order stays");
        }

        #[test]
        fn one_that_is_moved_moves_alone(count in 2_usize..30, from in 0_usize..30, to in 0_usize..30) {
            let order: Vec<(RoleId, Option<i64>)> = (1..).take(count).map(|id| (RoleId(id), None)).collect();
            let mut order = after(&order);
            let moved = order.remove(from % count);
            order.insert(to % count, moved);
            let changed = reranked(&order);
            prop_assert!(changed.len() <= 1 , "{:?}", changed);
        }
    }
}
