//! Reasons against what must be true of them: each agrees with the decision, holds, and is the last word.

use proptest::prelude::*;

use super::{Explained, Reason, in_channel};
use crate::{
    Overwrite, OverwriteTarget, Permission, PermissionSet,
    situation::{CHANNEL, FOLDER, ME, SERVER, Situation, situation},
};

fn explained(situation: &Situation) -> Vec<Explained> {
    in_channel(
        SERVER,
        &situation.roles,
        situation.me(),
        &situation.folder,
        &situation.channel,
    )
}

/// The steps of the architecture in which an overwrite is looked at, the last one highest; `None` when it is for others.
fn step(situation: &Situation, overwrite: &Overwrite) -> Option<u8> {
    let level = if overwrite.channel_id == FOLDER { 0 } else { 3 };
    match overwrite.target {
        OverwriteTarget::Role(id) if id == SERVER.everyone() => Some(level),
        OverwriteTarget::Role(id) => situation.held.contains(&id).then_some(level + 1),
        OverwriteTarget::Member(id) => (id == ME).then_some(level + 2),
    }
}

/// All overwrites that say something of the permission to the member.
fn speaking(situation: &Situation, permission: Permission) -> Vec<(u8, Overwrite)> {
    let all = situation.folder.iter().chain(&situation.channel);
    all.filter(|overwrite| overwrite.allow.contains(permission) || overwrite.deny.contains(permission))
        .filter_map(|overwrite| step(situation, overwrite).map(|step| (step, *overwrite)))
        .collect()
}

fn role_allows(situation: &Situation, role: crate::RoleId, permission: Permission) -> bool {
    let held = role == SERVER.everyone() || situation.held.contains(&role);
    let grant = situation.roles.iter().find(|grant| grant.id == role);
    held && grant.is_some_and(|grant| grant.permissions.contains(permission))
}

fn holds(situation: &Situation, explained: Explained) -> bool {
    let Explained {
        permission,
        allowed,
        because,
    } = explained;
    let speaking = speaking(situation, permission);
    match because {
        Reason::Owner => situation.owner && allowed,
        Reason::Administrator(role) => role_allows(situation, role, Permission::Administrator) && allowed,
        Reason::Role(role) => role_allows(situation, role, permission) && speaking.is_empty() && allowed,
        Reason::NoRole => {
            let none = situation
                .roles
                .iter()
                .all(|role| !role_allows(situation, role.id, permission));
            none && (speaking.is_empty() || permission == Permission::Administrator) && !allowed
        }
        Reason::Overwrite { channel_id, target } => {
            let last = speaking.iter().map(|(step, _)| *step).max();
            let in_last: Vec<&Overwrite> = speaking
                .iter()
                .filter(|(step, _)| Some(*step) == last)
                .map(|(_, overwrite)| overwrite)
                .collect();
            let named = in_last
                .iter()
                .filter(|one| one.channel_id == channel_id && one.target == target);
            let mut saying = named.filter(|one| if allowed { one.allow } else { one.deny }.contains(permission));
            let outvoted = !allowed && in_last.iter().any(|one| one.allow.contains(permission));
            saying.next().is_some() && !outvoted
        }
        Reason::TimedOut => situation.timed_out && !PermissionSet::TIMED_OUT.contains(permission) && !allowed,
        Reason::NotVisible => {
            !situation.in_channel().contains(Permission::ViewChannel)
                && permission != Permission::ViewChannel
                && !allowed
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn every_permission_has_a_reason_that_holds(situation in situation()) {
        let all = explained(&situation);
        prop_assert_eq!(all.len(), Permission::ALL.len());
        let allowed: PermissionSet = all.iter().filter(|one| one.allowed).map(|one| one.permission).collect();
        prop_assert_eq!(allowed, situation.in_channel());
        for one in all {
            prop_assert!(holds(&situation, one), "{:?}", one);
        }
    }
}

#[test]
fn of_several_roles_the_highest_is_named() {
    let role = |id, permissions: &[Permission]| crate::RoleGrant {
        id: crate::RoleId(id),
        permissions: PermissionSet::of(permissions),
    };
    let situation = Situation {
        roles: vec![
            role(1, &[Permission::ViewChannel]),
            role(2, &[Permission::SendMessages]),
            role(3, &[Permission::SendMessages]),
        ],
        held: vec![crate::RoleId(3), crate::RoleId(2)],
        owner: false,
        timed_out: false,
        folder: Vec::new(),
        channel: vec![Overwrite {
            channel_id: CHANNEL,
            target: OverwriteTarget::Member(ME),
            allow: PermissionSet::of(&[Permission::Connect]),
            deny: PermissionSet::EMPTY,
        }],
    };
    let all = explained(&situation);
    let because = |permission| {
        all.iter()
            .find(|one| one.permission == permission)
            .map(|one| one.because)
    };
    assert_eq!(because(Permission::SendMessages), Some(Reason::Role(crate::RoleId(3))));
    assert_eq!(because(Permission::ViewChannel), Some(Reason::Role(SERVER.everyone())));
    assert_eq!(because(Permission::Speak), Some(Reason::NoRole));
    let target = OverwriteTarget::Member(ME);
    assert_eq!(
        because(Permission::Connect),
        Some(Reason::Overwrite {
            channel_id: CHANNEL,
            target
        })
    );
}
