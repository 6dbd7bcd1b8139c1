use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};

use super::{rearranged as rearranged_by, *};

/// Far beyond the keys below.
fn keys(seed: u64) -> Keys<StdRng> {
    Keys::new(
        Timestamp::from_millis(EPOCH_MS + 1_000_000),
        StdRng::seed_from_u64(seed),
    )
}

/// For somebody who sees everything.
fn rearranged(places: &[Place], moves: &[Move]) -> Vec<Place> {
    rearranged_by(places, moves, |_| true, &mut keys(7))
}

const fn place(id: i64, folder: bool, parent: Option<i64>, position: i64) -> Place {
    let parent_id = match parent {
        Some(parent) => Some(ChannelId(parent)),
        None => None,
    };
    Place {
        id: ChannelId(id),
        folder,
        parent_id,
        position: (position + 1) * 1_000,
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
fn into_a_folder_and_the_rest_stays() {
    let after = applied(&some(), &rearranged(&some(), &[to(1, Some(10), 1)]));
    assert_eq!(
        (row(&after, None), row(&after, Some(10))),
        (vec![2, 10], vec![11, 1, 12, 13])
    );
    assert_eq!(rearranged(&some(), &[to(1, Some(10), 1)]).len(), 1);
}

#[test]
fn a_whole_order_is_what_was_asked() {
    let moves = [to(13, Some(10), 0), to(11, Some(10), 2), to(12, Some(10), 1)];
    let after = applied(&some(), &rearranged(&some(), &moves));
    assert_eq!(row(&after, Some(10)), [13, 12, 11]);
    let changed = rearranged(&some(), &moves);
    assert_eq!(changed.len(), 2, "one of three keeps its key: {changed:?}");
    assert!(
        rearranged(&after, &moves).is_empty(),
        "the same order again moves nothing"
    );
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
    fn only_what_is_moved_changes_and_nothing_is_lost(moves in moves(), seed in any::<u64>()) {
        prop_assert_eq!(check(&some(), &moves), Ok(()));
        let changed = rearranged_by(&some(), &moves, |_| true, &mut keys(seed));
        for place in &changed {
            prop_assert!(moves.iter().any(|wanted| wanted.id == place.id), "{:?} was not moved", place);
        }
        let after = applied(&some(), &changed);
        let mut rows: BTreeMap<Option<ChannelId>, BTreeSet<i64>> = BTreeMap::new();
        for place in &after {
            prop_assert!(rows.entry(place.parent_id).or_default().insert(place.position), "two at one position");
        }
        for wanted in &moves {
            prop_assert!(after.iter().any(|place| place.id == wanted.id && place.parent_id == wanted.parent_id));
        }
        prop_assert!(rearranged(&after, &[]).is_empty());
        prop_assert!(rearranged(&after, &moves).is_empty(), "again nothing");
    }

    /// The order that somebody sees who does not see some of the channels is the order that they asked for, as if those
    /// were not there.
    #[test]
    fn positions_count_what_is_seen(moves in moves(), hidden in prop::sample::subsequence(vec![1, 2, 11, 12, 13], 0..=4)) {
        let sees = |id: i64| !hidden.contains(&id);
        let moves: Vec<Move> = moves.into_iter().filter(|wanted| sees(wanted.id.0)).collect();
        let blind: Vec<Place> = some().into_iter().filter(|place| sees(place.id.0)).collect();
        let expected = applied(&blind, &rearranged(&blind, &moves));
        let after = applied(&some(), &rearranged_by(&some(), &moves, |id| sees(id.0), &mut keys(3)));
        for parent in [None, Some(10)] {
            let seen: Vec<i64> = row(&after, parent).into_iter().filter(|id| sees(*id)).collect();
            prop_assert_eq!(seen, row(&expected, parent));
        }
    }

    #[test]
    fn keys_rise_and_fit_between(low in 0_i64..1_000, room in 0_i64..50, count in 1_usize..20, seed in any::<u64>()) {
        let high = low + room + 1;
        let mut row = vec![Some(low)];
        row.extend(std::iter::repeat_n(None, count));
        row.push(Some(high));
        let made = keys(seed).of_row(&row);
        prop_assert!(made.is_sorted_by(|one, next| one < next), "{:?}", made);
        prop_assert_eq!(made[0], low);
        let fits = room >= i64::try_from(count).unwrap_or(i64::MAX);
        prop_assert_eq!(made.last() == Some(&high), fits, "only without room another one moves");
    }

    #[test]
    fn a_longest_rising_sequence(items in prop::collection::vec(prop::option::of(0_i64..8), 0..9)) {
        let rises = |marked: &[bool]| {
            let some: Vec<Option<i64>> =
                items.iter().zip(marked).filter(|(_, marked)| **marked).map(|(item, _)| *item).collect();
            (some.iter().all(Option::is_some) && some.is_sorted_by(|one, next| one < next)).then_some(some.len())
        };
        let every = (0..1_u32 << items.len()).map(|bits| (0..items.len()).map(|at| bits >> at & 1 == 1).collect::<Vec<_>>());
        let longest = every.filter_map(|marked| rises(&marked)).max();
        prop_assert_eq!(rises(&longest_rising(&items)), longest);
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
