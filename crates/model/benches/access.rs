//! What one permission decision costs: 50 roles of which the member holds ten, and 20 overwrites, half on the folder and
//! half on the channel. It is to stay below a microsecond.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use model::{
    ChannelId, Membership, Overwrite, OverwriteTarget, Permission, PermissionSet, RoleGrant, RoleId, ServerId, UserId,
    access, explain,
};

const SERVER: ServerId = ServerId(1);
const ROLES: i64 = 50;
const OVERWRITES_PER_LEVEL: i64 = 10;

/// The overwrites of one level: most for roles, of which the member holds some, one for a member.
fn overwrites(channel_id: ChannelId) -> Vec<Overwrite> {
    let target = |number: i64| match number {
        0 => OverwriteTarget::Role(SERVER.everyone()),
        1 => OverwriteTarget::Member(UserId(7)),
        number => OverwriteTarget::Role(RoleId(number * 4)),
    };
    let one = |number: i64| Overwrite {
        channel_id,
        target: target(number),
        allow: PermissionSet::of(&[Permission::ViewChannel, Permission::Speak]),
        deny: PermissionSet::of(&[Permission::SendMessages]),
    };
    (0..OVERWRITES_PER_LEVEL).map(one).collect()
}

fn decisions(criterion: &mut Criterion) {
    let roles: Vec<RoleGrant> = (1..=ROLES)
        .map(|id| RoleGrant {
            id: RoleId(id),
            permissions: PermissionSet::PRIVATE_DEFAULT,
        })
        .collect();
    let held: Vec<RoleId> = (1..=10).map(|number| RoleId(number * 5)).collect();
    let (folder, channel) = (overwrites(ChannelId(8)), overwrites(ChannelId(9)));
    let member = Membership {
        user_id: UserId(7),
        owner: false,
        role_ids: &held,
        timed_out: false,
    };
    criterion.bench_function("in_server, 50 roles", |bencher| {
        bencher.iter(|| access::in_server(SERVER, black_box(&roles), black_box(member)));
    });
    criterion.bench_function("in_channel, 50 roles and 20 overwrites", |bencher| {
        bencher.iter(|| access::in_channel(SERVER, black_box(&roles), black_box(member), &folder, &channel));
    });
    criterion.bench_function("explained, 50 roles and 20 overwrites", |bencher| {
        bencher.iter(|| explain::in_channel(SERVER, black_box(&roles), black_box(member), &folder, &channel));
    });
}

criterion_group!(benches, decisions);
criterion_main!(benches);
