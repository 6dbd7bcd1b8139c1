//! The permission function against a slow, obviously right model: one permission at a time, in the words of the
//! architecture.

use proptest::prelude::*;

use super::{Membership, Overwrite, OverwriteTarget, RoleGrant, in_channel, in_server};
use crate::{ChannelId, Permission, PermissionSet, RoleId, ServerId, UserId};

const SERVER: ServerId = ServerId(1);
const ME: UserId = UserId(50);

/// A whole situation, owned.
#[derive(Debug, Clone)]
struct Situation {
    roles: Vec<RoleGrant>,
    held: Vec<RoleId>,
    owner: bool,
    timed_out: bool,
    folder: Vec<Overwrite>,
    channel: Vec<Overwrite>,
}

impl Situation {
    fn me(&self) -> Membership<'_> {
        Membership {
            user_id: ME,
            owner: self.owner,
            role_ids: &self.held,
            timed_out: self.timed_out,
        }
    }

    fn in_channel(&self) -> PermissionSet {
        in_channel(SERVER, &self.roles, self.me(), &self.folder, &self.channel)
    }

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

fn permissions() -> impl Strategy<Value = PermissionSet> {
    // Few bits out of few, so that overwrites meet often.
    prop::collection::vec(
        prop::sample::select(vec![
            Permission::ViewChannel,
            Permission::SendMessages,
            Permission::ReadHistory,
            Permission::ManageMessages,
            Permission::ManageChannels,
            Permission::Administrator,
        ]),
        0..4,
    )
    .prop_map(|list| list.into_iter().collect())
}

fn overwrites() -> impl Strategy<Value = Vec<Overwrite>> {
    let target = prop_oneof![
        (1_i64..6).prop_map(|id| OverwriteTarget::Role(RoleId(id))),
        (49_i64..52).prop_map(|id| OverwriteTarget::Member(UserId(id))),
    ];
    let one = (target, permissions(), permissions()).prop_map(|(target, allow, deny)| Overwrite {
        channel_id: ChannelId(9),
        target,
        allow,
        deny,
    });
    prop::collection::vec(one, 0..6)
}

fn situation() -> impl Strategy<Value = Situation> {
    (
        prop::collection::vec(permissions(), 1..6),
        prop::collection::vec((2_i64..6).prop_map(RoleId), 0..4),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
        overwrites(),
        overwrites(),
    )
        .prop_map(|(grants, held, owner, timed_out, folder, channel)| {
            let roles = (1..)
                .zip(grants)
                .map(|(id, permissions)| RoleGrant {
                    id: RoleId(id),
                    permissions,
                })
                .collect();
            Situation {
                roles,
                held,
                owner,
                timed_out,
                folder,
                channel,
            }
        })
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
}
