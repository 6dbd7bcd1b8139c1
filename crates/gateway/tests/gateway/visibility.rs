//! Who gains or loses a channel, or may do something else, is told so; in this order, and nothing else in between.

use std::time::Duration;

use contracts::events::EventKind;
use model::{Permission, PermissionSet};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{
    peers::{OWNER, SERVER, Tenant},
    screen::{Screen, Shown},
    world::World,
};

const MEMBER: i64 = 2;
const ROLE: i64 = 50;

fn set(permission: Permission) -> PermissionSet {
    PermissionSet::of(&[permission])
}

fn view() -> PermissionSet {
    set(Permission::ViewChannel)
}

const NONE: PermissionSet = PermissionSet::EMPTY;

/// A server whose channel 101 only a role sees, which nobody has.
async fn with_a_hidden_channel() -> World {
    let world = World::new(&[OWNER, MEMBER, 3], &[100, 101]).await;
    world.peers.change(|tenant| {
        tenant.roles.insert(ROLE, NONE);
        tenant.overwrites.insert((101, SERVER), (NONE, view()));
        tenant.overwrites.insert((101, ROLE), (view(), NONE));
    });
    world
}

impl Screen {
    async fn is_right(&mut self, world: &World) {
        self.client.hears_nothing().await;
        assert_eq!(self.shown, Shown::ought(world, self.user), "user {}", self.user);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_given_and_taken_brings_and_takes_its_channel() {
    let world = with_a_hidden_channel().await;
    let (mut owner, mut member) = (Screen::open(&world, OWNER).await, Screen::open(&world, MEMBER).await);
    let version = world.peers.change(|tenant| tenant.held.extend([(MEMBER, ROLE)]));
    world
        .server_event(EventKind::MemberUpdated, Some(MEMBER), version)
        .await;
    world.message(101, "101").await;
    assert_eq!(
        member.until("message.created").await,
        ["channel.created 101", "member.updated"]
    );
    let version = world.peers.change(|tenant| tenant.held.clear());
    world
        .server_event(EventKind::MemberUpdated, Some(MEMBER), version)
        .await;
    world.message(101, "101").await;
    assert_eq!(member.until("member.updated").await, ["channel.deleted 101"]);
    member.is_right(&world).await;
    owner.until("message.created").await;
    assert_eq!(
        owner.until("message.created").await,
        ["member.updated"],
        "it concerns the member alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_may_see_reaches_all_who_hold_it() {
    let world = with_a_hidden_channel().await;
    world
        .peers
        .change(|tenant| tenant.held.extend([(MEMBER, ROLE), (3, ROLE)]));
    let mut holders = [Screen::open(&world, MEMBER).await, Screen::open(&world, 3).await];
    let version = world
        .peers
        .change(|tenant| tenant.overwrites.retain(|place, _| *place != (101, ROLE)));
    world.channel_event(EventKind::ChannelUpdated, 101, version).await;
    for screen in &mut holders {
        assert_eq!(screen.next().await.0, "channel.deleted");
        screen.is_right(&world).await;
    }
    let version = world
        .peers
        .change(|tenant| tenant.roles.extend([(ROLE, set(Permission::Administrator))]));
    world.server_event(EventKind::RoleUpdated, None, version).await;
    for screen in &mut holders {
        assert_eq!(
            screen.until("role.updated").await,
            ["permissions.updated", "channel.created 101"]
        );
        screen.is_right(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overwrite_of_a_member_concerns_nobody_else() {
    let world = with_a_hidden_channel().await;
    let (mut member, mut other) = (Screen::open(&world, MEMBER).await, Screen::open(&world, 3).await);
    let allowed = view() | set(Permission::ManageMessages);
    let version = world.peers.change(|tenant| {
        tenant.overwrites.insert((101, MEMBER), (allowed, NONE));
    });
    world.channel_event(EventKind::ChannelUpdated, 101, version).await;
    world.message(101, "101").await;
    assert_eq!(
        member.until("message.created").await,
        ["permissions.updated", "channel.created 101", "channel.updated 101"]
    );
    member.is_right(&world).await;
    other.is_right(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_takes_along_what_is_in_it() {
    let world = World::new(&[OWNER, MEMBER], &[100, 200, 201, 202, 203]).await;
    world.peers.change(|tenant| {
        tenant.folders.extend([(201, 200), (202, 200), (203, 200)]);
        tenant.overwrites.insert((203, MEMBER), (view(), NONE));
    });
    let mut member = Screen::open(&world, MEMBER).await;
    let version = world.peers.change(|tenant| tenant.hidden.push(200));
    world.channel_event(EventKind::ChannelUpdated, 200, version).await;
    for id in ["200", "201", "202"] {
        let (kind, data) = member.next().await;
        assert_eq!((&*kind, &data["id"]), ("channel.deleted", &id.into()));
    }
    member.is_right(&world).await;
    let version = world.peers.change(|tenant| tenant.hidden.clear());
    world.channel_event(EventKind::ChannelUpdated, 200, version).await;
    let mut told = member.until("channel.updated").await;
    told.sort();
    assert_eq!(
        told,
        ["channel.created 200", "channel.created 201", "channel.created 202"]
    );
    member.is_right(&world).await;
    // One that is moved out of a hidden folder is seen, and one that is moved in is not.
    world.peers.change(|tenant| tenant.hidden.push(200));
    let version = world.peers.change(|tenant| {
        tenant.folders.remove(&201);
        tenant.folders.insert(100, 200);
    });
    world.channel_event(EventKind::ChannelUpdated, 201, version).await;
    while member.shown != Shown::ought(&world, MEMBER) {
        member.next().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_owner_sees_everything_and_the_one_before_no_more() {
    let world = World::new(&[OWNER, MEMBER], &[100, 101]).await;
    world.peers.change(|tenant| tenant.hidden.push(101));
    let (mut owner, mut member) = (Screen::open(&world, OWNER).await, Screen::open(&world, MEMBER).await);
    let version = world.peers.change(|tenant| tenant.owner = Some(MEMBER));
    world.server_event(EventKind::ServerUpdated, None, version).await;
    assert_eq!(
        owner.until("server.updated").await,
        ["channel.deleted 101", "permissions.updated"]
    );
    assert_eq!(
        member.until("server.updated").await,
        ["permissions.updated", "channel.created 101"]
    );
    owner.is_right(&world).await;
    member.is_right(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_takes_permissions_and_its_end_by_itself_gives_them_back() {
    let world = World::new(&[OWNER, MEMBER], &[100]).await;
    let (mut first, mut second) = (Screen::open(&world, MEMBER).await, Screen::open(&world, MEMBER).await);
    let free = Shown::ought(&world, MEMBER);
    let until = platform::clock::Clock::system().now().plus(Duration::from_secs(1));
    let version = world.peers.change(|tenant| {
        tenant.time_outs.insert(MEMBER, until.as_millis());
    });
    world
        .server_event(EventKind::MemberUpdated, Some(MEMBER), version)
        .await;
    for screen in [&mut first, &mut second] {
        assert_eq!(screen.until("member.updated").await, ["permissions.updated"]);
        assert!(!screen.shown.permissions.contains("send_messages"));
    }
    // One that begins meanwhile is told of the end, too.
    let mut third = Screen::open(&world, MEMBER).await;
    assert!(!third.shown.permissions.contains("send_messages"));
    for screen in [&mut first, &mut second, &mut third] {
        assert_eq!(screen.next().await.0, "permissions.updated");
        assert_eq!(screen.shown, free);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_channel_is_told_once_and_a_secret_one_to_those_alone_who_see_it() {
    let world = World::new(&[OWNER, MEMBER], &[100]).await;
    let (mut owner, mut member) = (Screen::open(&world, OWNER).await, Screen::open(&world, MEMBER).await);
    let version = world.peers.change(|tenant| tenant.channels.push(101));
    world.channel_event(EventKind::ChannelCreated, 101, version).await;
    for screen in [&mut owner, &mut member] {
        assert_eq!(screen.next().await.0, "channel.created");
        screen.is_right(&world).await;
    }
    let version = world.peers.change(|tenant| {
        tenant.channels.push(102);
        tenant.hidden.push(102);
    });
    world.channel_event(EventKind::ChannelCreated, 102, version).await;
    assert_eq!(owner.next().await.0, "channel.created");
    owner.is_right(&world).await;
    member.is_right(&world).await;
}

/// Changes something, and answers the event that tells of it: its kind, and the user or channel that it is about.
fn change(tenant: &mut Tenant, random: &mut StdRng) -> (EventKind, i64) {
    let user = random.random_range(OWNER..=4);
    let channel = *random.pick(&tenant.channels);
    // A role that was deleted never comes back.
    let roles: Vec<i64> = tenant.roles.keys().copied().chain([1_000 + tenant.version]).collect();
    let role = *random.pick(&roles[..roles.len().min(4)]);
    match random.random_range(0..10) {
        0 => {
            let held = (user, role);
            if !tenant.held.remove(&held) && tenant.roles.contains_key(&role) {
                tenant.held.insert(held);
            }
            (EventKind::MemberUpdated, user)
        }
        1 => {
            let permissions = PermissionSet::from_bits(random.random::<i64>()) - set(Permission::Administrator);
            tenant.roles.insert(role, permissions);
            (EventKind::RoleUpdated, role)
        }
        2 => {
            tenant.roles.insert(role, set(Permission::Administrator));
            (EventKind::RoleUpdated, role)
        }
        3 => {
            tenant.roles.remove(&role);
            tenant.held.retain(|(_, held)| *held != role);
            tenant.overwrites.retain(|(_, target), _| *target != role);
            (EventKind::RoleDeleted, role)
        }
        4 | 5 => {
            let target = *random.pick(&[SERVER, SERVER, role, role, user]);
            if target != role || tenant.roles.contains_key(&role) {
                let (allow, deny) =
                    *random.pick(&[(view(), NONE), (NONE, view()), (NONE, set(Permission::SendMessages))]);
                tenant.overwrites.insert((channel, target), (allow, deny));
            }
            (EventKind::ChannelUpdated, channel)
        }
        6 => {
            tenant.overwrites.retain(|(of, _), _| *of != channel);
            (EventKind::ChannelUpdated, channel)
        }
        7 => {
            let new = tenant.channels.iter().max().unwrap() + 1;
            tenant.channels.push(new);
            tenant.folders.insert(new, 100);
            (EventKind::ChannelCreated, new)
        }
        8 if channel != 100 => {
            tenant.channels.retain(|id| *id != channel);
            tenant.folders.remove(&channel);
            tenant.overwrites.retain(|(of, _), _| *of != channel);
            (EventKind::ChannelDeleted, channel)
        }
        _ => {
            tenant.owner = Some(user);
            (EventKind::ServerUpdated, 0)
        }
    }
}

trait Pick {
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T;
}

impl Pick for StdRng {
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.random_range(0..from.len())]
    }
}

async fn tell(world: &World, (kind, about): (EventKind, i64), version: i64) {
    match kind {
        EventKind::ChannelCreated | EventKind::ChannelUpdated | EventKind::ChannelDeleted => {
            world.channel_event(kind, about, version).await;
        }
        EventKind::MemberUpdated => world.server_event(kind, Some(about), version).await,
        _ => world.server_event(kind, None, version).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_whatever_changes_every_screen_shows_what_its_user_may_see() {
    for seed in 0..12 {
        let mut random = StdRng::seed_from_u64(seed);
        let world = World::new(&[1, 2, 3, 4, 5], &[100, 101, 102]).await;
        let mut screens = Vec::new();
        for round in 0..40 {
            if screens.len() < 6 && round % 3 == 0 {
                screens.push(Screen::open(&world, random.random_range(1..=4)).await);
            }
            // Sometimes the hub reads a server that is further than the event it hears of.
            let changes: Vec<_> = (0..random.random_range(1..=4))
                .map(|_| {
                    let mut told = (EventKind::ServerUpdated, 0);
                    let version = world.peers.change(|tenant| told = change(tenant, &mut random));
                    (told, version)
                })
                .collect();
            if random.random_bool(0.2) {
                screens.push(Screen::open(&world, random.random_range(1..=4)).await);
            }
            for (told, version) in changes {
                tell(&world, told, version).await;
                let channel = *random.pick(&world.peers.0.lock().unwrap().channels);
                world.message(channel, &channel.to_string()).await;
            }
            world.server_event(EventKind::MemberJoined, Some(5), 0).await;
            for screen in &mut screens {
                screen.until("member.joined").await;
                let ought = Shown::ought(&world, screen.user);
                assert_eq!(screen.shown, ought, "seed {seed}, round {round}, user {}", screen.user);
            }
            if screens.len() > 8 {
                screens.remove(0);
            }
        }
    }
}
