//! Random members in random channels, for property tests.

use proptest::prelude::*;

use crate::{
    ChannelId, Membership, Overwrite, OverwriteTarget, Permission, PermissionSet, RoleGrant, RoleId, ServerId, UserId,
    access::in_channel,
};

pub(crate) const SERVER: ServerId = ServerId(1);
pub(crate) const ME: UserId = UserId(50);
pub(crate) const FOLDER: ChannelId = ChannelId(8);
pub(crate) const CHANNEL: ChannelId = ChannelId(9);

/// A whole situation, owned.
#[derive(Debug, Clone)]
pub(crate) struct Situation {
    pub(crate) roles: Vec<RoleGrant>,
    pub(crate) held: Vec<RoleId>,
    pub(crate) owner: bool,
    pub(crate) timed_out: bool,
    pub(crate) folder: Vec<Overwrite>,
    pub(crate) channel: Vec<Overwrite>,
}

impl Situation {
    pub(crate) fn me(&self) -> Membership<'_> {
        Membership {
            user_id: ME,
            owner: self.owner,
            role_ids: &self.held,
            timed_out: self.timed_out,
        }
    }

    pub(crate) fn in_channel(&self) -> PermissionSet {
        in_channel(SERVER, &self.roles, self.me(), &self.folder, &self.channel)
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

fn overwrites(channel_id: ChannelId) -> impl Strategy<Value = Vec<Overwrite>> {
    let target = prop_oneof![
        (1_i64..6).prop_map(|id| OverwriteTarget::Role(RoleId(id))),
        (49_i64..52).prop_map(|id| OverwriteTarget::Member(UserId(id))),
    ];
    let one = (target, permissions(), permissions()).prop_map(move |(target, allow, deny)| Overwrite {
        channel_id,
        target,
        allow,
        deny,
    });
    prop::collection::vec(one, 0..6)
}

pub(crate) fn situation() -> impl Strategy<Value = Situation> {
    (
        prop::collection::vec(permissions(), 1..6),
        prop::collection::vec((2_i64..6).prop_map(RoleId), 0..4),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
        overwrites(FOLDER),
        overwrites(CHANNEL),
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
