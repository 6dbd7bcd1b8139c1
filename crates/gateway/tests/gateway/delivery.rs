//! Who gets what.

use contracts::events::EventKind;
use serde_json::json;

use crate::{client::Client, peers::SERVER, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn members_hear_what_is_said_and_strangers_nothing() {
    let world = World::new(&[1, 2], &[100]).await;
    let (mut owner, mut member, mut stranger) = (
        Client::identify(&world, 1).await,
        Client::identify(&world, 2).await,
        Client::identify(&world, 3).await,
    );
    world.message(100, "hello").await;
    assert_eq!(owner.event("message.created").await["content"], "hello");
    assert_eq!(member.event("message.created").await["content"], "hello");
    stranger.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_channel_is_heard_by_those_who_see_it() {
    let world = World::new(&[1, 2], &[100]).await;
    let (mut owner, mut member) = (Client::identify(&world, 1).await, Client::identify(&world, 2).await);
    let version = world.peers.change(|tenant| tenant.hidden.push(100));
    world.server_event(EventKind::RoleUpdated, None, version).await;
    world.message(100, "secret").await;
    owner.event("role.updated").await;
    assert_eq!(owner.event("message.created").await["content"], "secret");
    assert_eq!(member.event("channel.deleted").await["id"], "100");
    member.event("role.updated").await;
    member.hears_nothing().await;
    let version = world.peers.change(|tenant| tenant.hidden.clear());
    world.server_event(EventKind::RoleUpdated, None, version).await;
    world.message(100, "open").await;
    assert_eq!(member.event("channel.created").await["id"], "100");
    member.event("role.updated").await;
    assert_eq!(member.event("message.created").await["content"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_deleted_at_once_end_for_all_who_saw_them() {
    let world = World::new(&[1, 2], &[100, 101, 102, 103]).await;
    let version = world.peers.change(|tenant| tenant.hidden.push(102));
    let (mut owner, mut member) = (Client::identify(&world, 1).await, Client::identify(&world, 2).await);
    world.server_event(EventKind::RoleUpdated, None, version).await;
    owner.event("role.updated").await;
    member.event("role.updated").await;

    let version = world.peers.change(|tenant| tenant.channels.retain(|id| *id == 100));
    for channel in [101, 102, 103] {
        world.channel_deleted(channel, version).await;
    }
    for channel in ["101", "102", "103"] {
        assert_eq!(owner.event("channel.deleted").await["id"], channel);
    }
    for channel in ["101", "103"] {
        assert_eq!(member.event("channel.deleted").await["id"], channel);
    }
    member.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_server_is_told_although_nothing_of_it_can_be_read_any_more() {
    let world = World::new(&[1, 2], &[100]).await;
    let (mut owner, mut member) = (Client::identify(&world, 1).await, Client::identify(&world, 2).await);
    // An event from before the end makes the gateway read the server, which is gone by then.
    let version = world.peers.change(|tenant| tenant.destroyed = true);
    world.server_event(EventKind::RoleUpdated, None, version - 1).await;
    world.server_event(EventKind::RoleUpdated, None, version).await;
    world.server_event(EventKind::ServerDeleted, None, version + 1).await;
    for client in [&mut owner, &mut member] {
        while client.frame().await["type"] != "server.deleted" {}
        client.hears_nothing().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_hears_no_more_and_who_joins_hears_at_once() {
    let world = World::new(&[1, 2], &[100]).await;
    let (mut owner, mut member) = (Client::identify(&world, 1).await, Client::identify(&world, 2).await);
    let version = world
        .peers
        .change(|tenant| tenant.members.retain(|member| *member != 2));
    world.server_event(EventKind::MemberLeft, Some(2), version).await;
    world.user_event(EventKind::ServerDeleted, 2, version).await;
    world.message(100, "without you").await;
    assert_eq!(member.event("server.deleted").await["id"], SERVER.to_string());
    member.hears_nothing().await;
    owner.event("member.left").await;
    owner.event("message.created").await;

    let version = world.peers.change(|tenant| tenant.members.push(2));
    world.server_event(EventKind::MemberJoined, Some(2), version).await;
    world.user_event(EventKind::ServerCreated, 2, version).await;
    world.message(100, "with you").await;
    let first = member.frame().await;
    assert_eq!(first["type"], "server.created", "{first}");
    assert_eq!(member.event("message.created").await["content"], "with you");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_while_their_session_begins_hears_nothing_of_the_server() {
    let world = World::new(&[1, 2], &[100]).await;
    let mut owner = Client::identify(&world, 1).await;
    let version = world.peers.change(|tenant| {
        tenant.members.retain(|member| *member != 2);
        tenant.former.push(2);
    });
    world.server_event(EventKind::MemberLeft, Some(2), version).await;
    owner.event("member.left").await;
    let mut former = Client::identify(&world, 2).await;
    assert!(
        world.peers.0.lock().unwrap().former.is_empty(),
        "the old membership was read"
    );
    world.message(100, "without you").await;
    owner.event("message.created").await;
    former.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_is_told_to_who_looks_at_it() {
    let world = World::new(&[1, 2], &[100]).await;
    let mut owner = Client::identify(&world, 1).await;
    owner
        .send(&json!({ "op": "subscribe", "server_id": SERVER.to_string() }))
        .await;
    let subscribed = owner.frame().await;
    assert_eq!(subscribed["presences"], json!([{ "user_id": "1", "status": "online" }]));
    let mut member = Client::identify(&world, 2).await;
    assert_eq!(
        owner.event("presence.updated").await,
        json!({ "user_id": "2", "status": "online" })
    );
    member.send(&json!({ "op": "presence", "status": "away" })).await;
    assert_eq!(
        owner.event("presence.updated").await,
        json!({ "user_id": "2", "status": "away" })
    );
    member.send(&json!({ "op": "presence", "status": "invisible" })).await;
    assert_eq!(
        owner.event("presence.updated").await,
        json!({ "user_id": "2", "status": "offline" })
    );
    member.send(&json!({ "op": "presence", "status": "online" })).await;
    owner.event("presence.updated").await;
    drop(member);
    assert_eq!(
        owner.event("presence.updated").await,
        json!({ "user_id": "2", "status": "offline" })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sees_no_presences() {
    let world = World::new(&[1], &[100]).await;
    let (_owner, mut stranger) = (Client::identify(&world, 1).await, Client::identify(&world, 3).await);
    stranger
        .send(&json!({ "op": "subscribe", "server_id": SERVER.to_string() }))
        .await;
    assert_eq!(
        stranger.frame().await,
        json!({ "op": "subscribed", "server_id": null, "channel_id": null, "presences": [] })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_began_with_a_server_is_not_told_of_it_again_by_a_late_event() {
    let world = World::new(&[1], &[100]).await;
    let version = world.peers.change(|tenant| tenant.members.push(2));
    let mut member = Client::identify(&world, 2).await;
    world.user_event(EventKind::ServerCreated, 2, version).await;
    member.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_profile_reaches_those_who_share_a_server() {
    let world = World::new(&[1, 2], &[100]).await;
    // Nobody is here to be told, so nobody is asked.
    world
        .profile_changed(2, &json!({ "id": "2", "display_name": "Nobody hears it" }))
        .await;
    let (mut owner, mut stranger) = (Client::identify(&world, 1).await, Client::identify(&world, 3).await);
    let asked = || world.peers.0.lock().unwrap().asked_for_servers;
    assert_eq!(asked(), 2, "for the two who connected");
    // The member is not connected, and whose servers theirs are is not known at first.
    world.peers.change(|tenant| tenant.servers_away = true);
    for number in 1..=50 {
        let name = format!("Name {number}");
        world
            .profile_changed(2, &json!({ "id": "2", "display_name": name }))
            .await;
    }
    world.message(100, "meanwhile").await;
    owner.event("message.created").await;
    world.peers.change(|tenant| tenant.servers_away = false);
    let told = owner.event("user.updated").await;
    assert_eq!(told["display_name"], "Name 50", "the last, once");
    owner.hears_nothing().await;
    stranger.hears_nothing().await;
    assert!(asked() < 10, "fifty changes of one user were {} calls", asked());
}

#[tokio::test(flavor = "multi_thread")]
async fn that_somebody_writes_is_told_to_those_who_look_and_see_the_channel() {
    let world = World::new(&[1, 2, 3], &[100, 200]).await;
    world.peers.change(|tenant| tenant.hidden.push(200));
    let mut owner = Client::identify(&world, 1).await;
    let mut looking = Client::identify(&world, 2).await;
    let mut elsewhere = Client::identify(&world, 3).await;
    for client in [&mut owner, &mut looking] {
        let subscribe = json!({ "op": "subscribe", "server_id": SERVER.to_string() });
        client.send(&subscribe).await;
        assert_eq!(client.frame().await["op"], "subscribed");
    }
    world.typing(200).await;
    world.typing(100).await;
    // The one in the hidden channel did not come before.
    assert_eq!(looking.event("typing.started").await["channel_id"], "100");
    for channel in ["200", "100"] {
        assert_eq!(owner.event("typing.started").await["channel_id"], channel);
    }
    elsewhere.hears_nothing().await;
}
