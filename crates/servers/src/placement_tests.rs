use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const fn place(id: i64, folder: bool, parent: Option<i64>, position: i64) -> Place {
    let parent_id = match parent {
        Some(parent) => Some(ChannelId(parent)),
        None => None,
    };
    Place {
        id: ChannelId(id),
        folder,
        parent_id,
        position,
    }
}

/// 1 and 2 at the top, then the folder 10 with 11, 12, 13.
fn some() -> Vec<Place> {
    vec![
        place(1, false, None, 0),
        place(2, false, None, 1),
        place(10, true, None, 2),
        place(11, false, Some(10), 0),
        place(12, false, Some(10), 1),
        place(13, false, Some(10), 2),
    ]
}

fn applied(places: &[Place], changes: &[Place]) -> Vec<Place> {
    places
        .iter()
        .map(|place| *changes.iter().find(|change| change.id == place.id).unwrap_or(place))
        .collect()
}

fn row(places: &[Place], parent: Option<i64>) -> Vec<i64> {
    let mut row: Vec<&Place> = places
        .iter()
        .filter(|place| place.parent_id == parent.map(ChannelId))
        .collect();
    row.sort_by_key(|place| place.position);
    row.iter().map(|place| place.id.0).collect()
}

const fn to(id: i64, parent: Option<i64>, position: u32) -> Move {
    let parent_id = match parent {
        Some(parent) => Some(ChannelId(parent)),
        None => None,
    };
    Move {
        id: ChannelId(id),
        parent_id,
        position,
    }
}

#[test]
fn into_a_folder_and_the_rest_closes_ranks() {
    let after = applied(&some(), &rearranged(&some(), &[to(1, Some(10), 1)]));
    assert_eq!(
        (row(&after, None), row(&after, Some(10))),
        (vec![2, 10], vec![11, 1, 12, 13])
    );
}

#[test]
fn a_whole_order_is_what_was_asked() {
    let moves = [to(13, Some(10), 0), to(11, Some(10), 2), to(12, Some(10), 1)];
    let after = applied(&some(), &rearranged(&some(), &moves));
    assert_eq!(row(&after, Some(10)), [13, 12, 11]);
    let changed = rearranged(&some(), &moves);
    assert_eq!(changed.len(), 2, "12 stays where it is: {changed:?}");
}

#[test]
fn beyond_the_end_is_the_end_and_nothing_changes_nothing() {
    let after = applied(&some(), &rearranged(&some(), &[to(1, None, u32::MAX)]));
    assert_eq!(row(&after, None), [2, 10, 1]);
    assert!(rearranged(&some(), &[]).is_empty());
    assert!(rearranged(&some(), &[to(12, Some(10), 1)]).is_empty());
}

#[test]
fn what_cannot_be_is_named() {
    assert_eq!(
        check(&some(), &[to(1, None, 0), to(99, None, 0)]),
        Err((1, Misplaced::Unknown))
    );
    assert_eq!(
        check(&some(), &[to(1, None, 0), to(1, None, 1)]),
        Err((1, Misplaced::Twice))
    );
    assert_eq!(check(&some(), &[to(1, Some(2), 0)]), Err((0, Misplaced::NotAFolder)));
    assert_eq!(check(&some(), &[to(1, Some(99), 0)]), Err((0, Misplaced::NotAFolder)));
    assert_eq!(
        check(&some(), &[to(10, Some(10), 0)]),
        Err((0, Misplaced::FolderInFolder))
    );
    assert_eq!(check(&some(), &[to(1, Some(10), 0), to(10, None, 0)]), Ok(()));
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let ids = prop::sample::subsequence(vec![1, 2, 11, 12, 13], 0..=5);
    let targets = prop::collection::vec((prop::option::of(Just(10)), 0_u32..7), 5);
    (ids.prop_shuffle(), targets).prop_map(|(ids, targets)| {
        ids.into_iter()
            .zip(targets)
            .map(|(id, (parent, at))| to(id, parent, at))
            .collect()
    })
}

proptest! {
    #[test]
    fn positions_have_no_gaps_and_nothing_is_lost(moves in moves()) {
        prop_assert_eq!(check(&some(), &moves), Ok(()));
        let after = applied(&some(), &rearranged(&some(), &moves));
        let mut rows: BTreeMap<Option<ChannelId>, BTreeSet<i64>> = BTreeMap::new();
        for place in &after {
            prop_assert!(rows.entry(place.parent_id).or_default().insert(place.position), "two at one position");
        }
        for positions in rows.values() {
            prop_assert!(positions.iter().copied().eq(0..i64::try_from(positions.len()).unwrap_or(0)));
        }
        for wanted in &moves {
            prop_assert!(after.iter().any(|place| place.id == wanted.id && place.parent_id == wanted.parent_id));
        }
        prop_assert!(rearranged(&after, &[]).is_empty());
    }

    #[test]
    fn what_is_not_moved_keeps_its_order(moves in moves()) {
        let after = applied(&some(), &rearranged(&some(), &moves));
        let still = |places: &[Place], parent| {
            let moved: Vec<i64> = moves.iter().map(|wanted| wanted.id.0).collect();
            row(places, parent).into_iter().filter(|id| !moved.contains(id)).collect::<Vec<_>>()
        };
        for parent in [None, Some(10)] {
            prop_assert_eq!(still(&after, parent), still(&some(), parent));
        }
    }
}
