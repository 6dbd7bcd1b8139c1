//! The permission function against a slow, obviously right model: one permission at a time, in the words of the
//! architecture.

use proptest::prelude::*;

use super::{Overwrite, OverwriteTarget, in_server, is_private};
use crate::{
    Permission, PermissionSet,
    situation::{ME, SERVER, Situation, situation},
};

impl Situation {
    /// Whether a role gives the permission, `everyone` included.
    fn role_allows(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| {
            (role.id == SERVER.everyone() || self.held.contains(&role.id)) && role.permissions.contains(permission)
        })
    }

    /// The model: may I do this one thing in the channel, visibility aside?
    fn raw(&self, permission: Permission) -> bool {
        if self.owner || self.role_allows(Permission::Administrator) {
            return true;
        }
        if permission == Permission::Administrator {
            return false;
        }
        if self.timed_out && !matches!(permission, Permission::ViewChannel | Permission::ReadHistory) {
            return false;
        }
        let mut may = self.role_allows(permission);
        for level in [&self.folder, &self.channel] {
            for step in 0..3 {
                let mine: Vec<&Overwrite> = level
                    .iter()
                    .filter(|overwrite| match overwrite.target {
                        OverwriteTarget::Role(id) if id == SERVER.everyone() => step == 0,
                        OverwriteTarget::Role(id) => step == 1 && self.held.contains(&id),
                        OverwriteTarget::Member(id) => step == 2 && id == ME,
                    })
                    .collect();
                if mine.iter().any(|overwrite| overwrite.deny.contains(permission)) {
                    may = false;
                }
                if mine.iter().any(|overwrite| overwrite.allow.contains(permission)) {
                    may = true;
                }
            }
        }
        may
    }

    fn may(&self, permission: Permission) -> bool {
        self.raw(Permission::ViewChannel) && self.raw(permission)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn agrees_with_the_model(situation in situation()) {
        let set = situation.in_channel();
        for permission in Permission::ALL {
            prop_assert_eq!(set.contains(*permission), situation.may(*permission), "{:?}", permission);
        }
    }

    #[test]
    fn the_owner_is_never_locked_out(mut situation in situation()) {
        situation.owner = true;
        prop_assert_eq!(situation.in_channel(), PermissionSet::ALL);
        prop_assert_eq!(in_server(SERVER, &situation.roles, situation.me()), PermissionSet::ALL);
    }

    #[test]
    fn the_order_of_roles_and_overwrites_does_not_matter(situation in situation()) {
        let mut turned = situation.clone();
        turned.roles.reverse();
        turned.held.reverse();
        turned.folder.reverse();
        turned.channel.reverse();
        prop_assert_eq!(turned.in_channel(), situation.in_channel());
    }

    #[test]
    fn a_time_out_only_takes_away(mut situation in situation()) {
        situation.timed_out = false;
        let before = situation.in_channel();
        situation.timed_out = true;
        prop_assert!(before.contains_all(situation.in_channel()));
    }

    #[test]
    fn a_channel_is_private_when_everyone_lost_the_view(mut situation in situation()) {
        // Somebody who holds no role, in a server where `everyone` may do everything but administrate.
        situation.owner = false;
        situation.held.clear();
        situation.timed_out = false;
        situation.roles.truncate(1);
        situation.roles[0].permissions = PermissionSet::ALL - PermissionSet::of(&[Permission::Administrator]);
        let mine = |overwrite: &Overwrite| overwrite.target == OverwriteTarget::Member(ME);
        situation.folder.retain(|overwrite| !mine(overwrite));
        situation.channel.retain(|overwrite| !mine(overwrite));
        let private = is_private(SERVER, &situation.folder, &situation.channel);
        prop_assert_eq!(private, !situation.in_channel().contains(Permission::ViewChannel));
    }
}
