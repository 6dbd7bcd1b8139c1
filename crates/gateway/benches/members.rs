//! What the member list of a server with 50,000 members costs, of whom a tenth is connected: to be made, to be told a
//! change, and to be made again after a role or an overwrite changed.

use std::{collections::HashMap, hint::black_box, sync::Arc};

use contracts::{permissions::TenantAccess, servers as wire};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use gateway::{
    members::{Directory, Member, Summary},
    protocol::{MemberRange, PresenceStatus},
};
use model::{ChannelId, Permission, PermissionSet, RoleId, ServerId, Timestamp, UserId};

const SERVER: i64 = 1;
const MEMBERS: i64 = 50_000;
const ROLES: i64 = 20;
const CHANNEL: ChannelId = ChannelId(9);
const TOP: MemberRange = MemberRange { first: 0, last: 99 };

/// Twenty roles, every fourth of which stands apart, and a private channel with ten overwrites.
fn tenant() -> Arc<TenantAccess> {
    let view = PermissionSet::of(&[Permission::ViewChannel]).bits();
    let role = |id: i64| wire::Role {
        id,
        permissions: if id == SERVER { view } else { 0 },
        position: id - SERVER,
        hoisted: id % 4 == 0,
        mentionable: false,
        name: String::new(),
    };
    let overwrite = |id: i64| wire::Overwrite {
        target_id: id,
        member: false,
        allow: if id == SERVER { 0 } else { view },
        deny: if id == SERVER { view } else { 0 },
    };
    Arc::new(TenantAccess::from(&wire::Tenant {
        server_id: SERVER,
        version: 1,
        owner_id: 1_000,
        roles: (SERVER..=ROLES).map(role).collect(),
        channels: vec![wire::Channel {
            id: CHANNEL.0,
            kind: wire::ChannelKind::Text.into(),
            overwrites: (SERVER..=10).map(overwrite).collect(),
            ..wire::Channel::default()
        }],
        system_channel_id: None,
    }))
}

fn member(number: i64) -> Member {
    // Scattered, so that the order of names is not that of ids.
    let name = number.wrapping_mul(7_919) % MEMBERS;
    Member {
        server_id: ServerId(SERVER),
        user: Summary {
            id: UserId(1_000 + number),
            username: format!("user{number}").into(),
            display_name: format!("Member {name:05}").into(),
            avatar_url: None,
        },
        nickname: None,
        role_ids: (0..3)
            .map(|held| RoleId(2 + (number + held * 5) % (ROLES - 1)))
            .collect(),
        joined_at: Timestamp::from_millis(0),
        timeout_until: None,
    }
}

fn members() -> Vec<(Member, i64)> {
    (0..MEMBERS).map(|number| (member(number), 1)).collect()
}

fn shown() -> HashMap<UserId, PresenceStatus> {
    let connected = (0..MEMBERS).step_by(10);
    connected
        .map(|number| (UserId(1_000 + number), PresenceStatus::Online))
        .collect()
}

fn lists(criterion: &mut Criterion) {
    let tenant = tenant();
    let mut group = criterion.benchmark_group("50,000 members");
    group.sample_size(20);
    group.bench_function("made", |bencher| {
        let input = || (members(), shown());
        let make = |(members, shown)| Directory::new(Arc::clone(&tenant), members, shown);
        bencher.iter_batched(input, make, BatchSize::PerIteration);
    });
    let mut directory = Directory::new(Arc::clone(&tenant), members(), shown());
    group.bench_function("the list of a channel", |bencher| {
        bencher.iter(|| {
            directory.replace_tenant(Arc::clone(&tenant));
            black_box(directory.list_for(CHANNEL))
        });
    });
    let Some(sight) = directory.list_for(CHANNEL) else {
        return;
    };
    group.bench_function("a presence", |bencher| {
        let mut step = 0;
        bencher.iter(|| {
            step += 1;
            let user_id = UserId(1_000 + step * 7_907 % MEMBERS);
            let status = if step % 2 == 0 {
                PresenceStatus::Online
            } else {
                PresenceStatus::Offline
            };
            directory.show(user_id, status);
        });
    });
    group.bench_function("a range and the groups, encoded", |bencher| {
        bencher.iter(|| {
            let rows = directory.rows(&sight, TOP);
            let texts: Vec<String> = rows.filter_map(|row| serde_json::to_string(row.member).ok()).collect();
            black_box((texts, directory.counts(&sight)))
        });
    });
    group.finish();
}

criterion_group!(benches, lists);
criterion_main!(benches);
