//! The hierarchy against a slow, obviously right model: roles and members one by one, permissions one by one.

use proptest::prelude::*;

use super::{Rank, beyond, may_act_on, may_grant};
use crate::{Permission, PermissionSet};

fn permissions() -> impl Strategy<Value = PermissionSet> {
    any::<i64>().prop_map(PermissionSet::from_bits)
}

fn positions() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(1_i64..6, 0..4)
}

/// The model: whoever owns the server is above all; of two others, the one who holds a role higher than all of the
/// other's.
fn above(one: (bool, &[i64]), other: (bool, &[i64])) -> bool {
    if other.0 {
        return false;
    }
    one.0
        || one
            .1
            .iter()
            .any(|mine| *mine > 0 && other.1.iter().all(|theirs| mine > theirs))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn rank_agrees_with_the_model(
        actor in prop::bool::weighted(0.2), mine in positions(),
        target in prop::bool::weighted(0.2), theirs in positions(),
    ) {
        let actor_rank = Rank::of_member(actor, mine.iter().copied());
        let target_rank = Rank::of_member(target, theirs.iter().copied());
        prop_assert_eq!(may_act_on(actor_rank, target_rank), above((actor, &mine), (target, &theirs)));
    }

    #[test]
    fn of_two_at_most_one_may_act_on_the_other(mine in positions(), theirs in positions()) {
        let (one, other) = (Rank::of_member(false, mine), Rank::of_member(false, theirs));
        prop_assert!(!(may_act_on(one, other) && may_act_on(other, one)));
        prop_assert!(!may_act_on(one, one), "nobody acts on themselves or their equal");
        prop_assert!(!may_act_on(one, Rank::Owner) && may_act_on(Rank::Owner, one));
        prop_assert!(!may_act_on(Rank::Owner, Rank::Owner));
    }

    #[test]
    fn grants_agree_with_the_model(own in permissions(), before in permissions(), after in permissions()) {
        let lacking: PermissionSet = Permission::ALL
            .iter()
            .copied()
            .filter(|one| before.contains(*one) != after.contains(*one) && !own.contains(*one))
            .collect();
        prop_assert_eq!(beyond(own, before, after), lacking);
        prop_assert_eq!(may_grant(own, before, after), lacking.is_empty());
    }

    #[test]
    fn who_may_grant_gains_nothing_by_it(own in permissions(), before in permissions(), turned in permissions()) {
        let turned = turned & own;
        let after = (before - turned) | (turned - before);
        prop_assert!(may_grant(own, before, after));
        prop_assert_eq!(own | before, own | after);
        prop_assert!(may_grant(own, after, before), "what was done can be undone");
    }
}
