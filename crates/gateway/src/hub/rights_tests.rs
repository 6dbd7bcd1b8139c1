#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use contracts::servers;
use proptest::prelude::*;

use super::*;

const SERVER: i64 = 1;
const NOW: Timestamp = Timestamp::from_millis(1_000);

/// A role's permissions, a member's roles and so on are drawn from few, so that they often meet.
fn permissions() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![
        0,
        PermissionSet::of(&[Permission::ViewChannel]).bits(),
        PermissionSet::of(&[Permission::SendMessages]).bits(),
        PermissionSet::of(&[Permission::ViewChannel, Permission::SendMessages]).bits(),
        PermissionSet::of(&[Permission::Administrator]).bits(),
    ])
}

fn overwrite() -> impl Strategy<Value = servers::Overwrite> {
    (1..8_i64, any::<bool>(), permissions(), permissions()).prop_map(|(target_id, member, allow, deny)| {
        servers::Overwrite {
            target_id,
            member,
            allow,
            deny,
        }
    })
}

fn channel(id: i64) -> impl Strategy<Value = servers::Channel> {
    let folder = prop::option::of(20..23_i64);
    (folder, prop::collection::vec(overwrite(), 0..4)).prop_map(move |(parent_id, overwrites)| servers::Channel {
        id,
        parent_id: parent_id.filter(|_| id >= 23),
        overwrites,
        ..servers::Channel::default()
    })
}

fn tenant() -> impl Strategy<Value = TenantAccess> {
    let roles = prop::collection::vec(permissions(), 5);
    let channels: Vec<_> = (20..28).map(channel).collect();
    (roles, channels, 1..8_i64).prop_map(|(roles, channels, owner_id)| {
        let role = |(id, permissions)| servers::Role {
            id,
            permissions,
            ..servers::Role::default()
        };
        TenantAccess::from(&servers::Tenant {
            server_id: SERVER,
            owner_id,
            roles: (SERVER..).zip(roles).map(role).collect(),
            channels,
            ..servers::Tenant::default()
        })
    })
}

fn member() -> impl Strategy<Value = MemberAccess> {
    let roles = prop::collection::vec(2..8_i64, 0..4);
    (1..8_i64, roles, prop::option::of(0..2_000_i64)).prop_map(|(user_id, roles, until)| MemberAccess {
        user_id: UserId(user_id),
        role_ids: roles.into_iter().map(RoleId).collect(),
        timeout_until: until.map(Timestamp::from_millis),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn who_counts_as_alike_is_alike(tenant in tenant(), members in prop::collection::vec(member(), 1..12)) {
        let mut classes = Classes::of(&tenant);
        for member in &members {
            let rights = classes.rights(&tenant, member, NOW);
            prop_assert_eq!(rights.in_server, tenant.in_server(member, NOW));
            for channel in tenant.channels() {
                let there = tenant.in_channel(channel.id, member, NOW);
                prop_assert_eq!(rights.sees(channel.id), there.contains(Permission::ViewChannel));
                let known = rights.channels.iter().find(|(id, _)| *id == channel.id);
                prop_assert_eq!(known.map_or(PermissionSet::EMPTY, |(_, there)| *there), there);
            }
        }
    }
}

fn rights(in_server: Permission, channels: &[(i64, Permission)]) -> Rights {
    let view = PermissionSet::of(&[Permission::ViewChannel]);
    let there = |(id, permission): &(i64, Permission)| (ChannelId(*id), view | PermissionSet::of(&[*permission]));
    Rights {
        in_server: view | PermissionSet::of(&[in_server]),
        channels: channels.iter().map(there).collect(),
    }
}

#[test]
fn what_is_told_is_what_the_client_does_not_know() {
    let (send, read) = (Permission::SendMessages, Permission::ReadHistory);
    let before = rights(send, &[(1, send), (2, read)]);
    let difference = |after| before.difference(&after);
    assert_eq!(difference(rights(send, &[(1, send), (2, read)])), Difference::default());
    let moved = difference(rights(send, &[(2, read), (3, send)]));
    assert_eq!((moved.lost, moved.gained), (vec![ChannelId(1)], vec![ChannelId(3)]));
    assert!(
        !moved.other_permissions,
        "what is allowed everywhere is known of a new channel, too"
    );
    assert!(difference(rights(send, &[(1, send), (2, read), (3, read)])).other_permissions);
    assert!(difference(rights(send, &[(1, send), (2, send)])).other_permissions);
    assert!(difference(rights(read, &[(1, send), (2, read)])).other_permissions);
    assert!(
        !difference(rights(send, &[(1, send)])).other_permissions,
        "with the channel went its exception"
    );
}

#[test]
fn ten_thousand_members_are_few_decisions() {
    let role = |id| servers::Role {
        id,
        permissions: PermissionSet::of(&[Permission::SendMessages]).bits(),
        ..servers::Role::default()
    };
    let channel = |id: i64| servers::Channel {
        id,
        overwrites: vec![servers::Overwrite {
            target_id: 2 + id % 3,
            allow: PermissionSet::of(&[Permission::ViewChannel]).bits(),
            ..servers::Overwrite::default()
        }],
        ..servers::Channel::default()
    };
    let tenant = TenantAccess::from(&servers::Tenant {
        server_id: SERVER,
        roles: (SERVER..=50).map(role).collect(),
        channels: (100..200).map(channel).collect(),
        ..servers::Tenant::default()
    });
    let mut classes = Classes::of(&tenant);
    for user in 0..10_000 {
        let role_ids = (0..6).map(|bit| RoleId(2 + (user >> bit) % 50)).collect();
        let member = MemberAccess {
            user_id: UserId(user),
            role_ids,
            timeout_until: None,
        };
        classes.rights(&tenant, &member, NOW);
    }
    assert!(classes.known.len() <= 8, "{} classes", classes.known.len());
}
