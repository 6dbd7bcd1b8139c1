//! Who is shown as connected while their sessions are on another gateway.

use std::time::{Duration, Instant};

use contracts::events::EventKind;
use serde_json::{Value, json};

use crate::{client::Client, peers::SERVER, world::World};

const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than a gateway may be silent.
const SILENCE: Duration = Duration::from_secs(16);
/// Longer than the users of a gateway that took leave are shown.
const AFTER_GOODBYE: Duration = Duration::from_secs(9);
/// Longer than a user without a connection is shown.
const GRACE: Duration = Duration::from_secs(6);

/// What the answer to `subscribe` lists.
async fn list(client: &mut Client) -> Vec<(String, String)> {
    client
        .send(&json!({ "op": "subscribe", "server_id": SERVER.to_string() }))
        .await;
    let subscribed = loop {
        let frame = client.frame().await;
        if frame["op"] == "subscribed" {
            break frame;
        }
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let presences = subscribed["presences"].as_array().unwrap().iter();
    let mut listed: Vec<_> = presences
        .map(|presence| (text(&presence["user_id"]), text(&presence["status"])))
        .collect();
    listed.sort();
    listed
}

/// Asks until exactly these are listed, which gateways may have to tell each other first.
async fn listed(client: &mut Client, expected: &[(&str, &str)]) {
    let begun = Instant::now();
    loop {
        let listed = list(client).await;
        let listed: Vec<_> = listed.iter().map(|(user, status)| (&**user, &**status)).collect();
        if listed == expected {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{listed:?} and not {expected:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The user shows this from now on.
async fn shows(client: &mut Client, user: i64, status: &str) {
    let presence = client.event("presence.updated").await;
    assert_eq!(presence, json!({ "user_id": user.to_string(), "status": status }));
}

async fn wish(client: &mut Client, status: &str) {
    client.send(&json!({ "op": "presence", "status": status })).await;
}

/// The owner on one gateway with the server on screen, and the member on the other.
async fn owner_and_member(here: &World, there: &World) -> (Client, Client) {
    let mut owner = Client::identify(here, 1).await;
    listed(&mut owner, &[("1", "online")]).await;
    let member = Client::identify(there, 2).await;
    shows(&mut owner, 2, "online").await;
    (owner, member)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_shown_whatever_gateway_they_are_on() {
    let (here, there) = World::two(&[1, 2], &[100]).await;
    let (mut owner, mut member) = owner_and_member(&here, &there).await;
    // And the other way round, where the hub began after the owner was told of.
    listed(&mut member, &[("1", "online"), ("2", "online")]).await;
    wish(&mut member, "away").await;
    shows(&mut owner, 2, "away").await;
    drop(member);
    // Nobody else sits in the hub there, and it may have ended.
    there.pass(GRACE);
    shows(&mut owner, 2, "offline").await;
    listed(&mut owner, &[("1", "online")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_begins_later_is_told_of_all() {
    let (here, there) = World::two(&[1, 2, 3], &[100]).await;
    let (_owner, _member) = owner_and_member(&here, &there).await;
    let third = here.another().await;
    let mut late = Client::identify(&third, 3).await;
    listed(&mut late, &[("1", "online"), ("2", "online"), ("3", "online")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_wish_counts_on_all_gateways_and_outlives_its_connection() {
    let (here, there) = World::two(&[1, 2], &[100]).await;
    let (mut owner, mut member) = owner_and_member(&here, &there).await;
    let mut device = Client::identify(&here, 2).await;
    wish(&mut member, "do_not_disturb").await;
    shows(&mut owner, 2, "do_not_disturb").await;
    wish(&mut device, "away").await;
    shows(&mut owner, 2, "away").await;
    wish(&mut member, "do_not_disturb").await;
    shows(&mut owner, 2, "do_not_disturb").await;
    there.die();
    here.pass(SILENCE);
    owner.hears_nothing().await;
    listed(&mut owner, &[("1", "online"), ("2", "do_not_disturb")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invisible_on_one_gateway_is_offline_for_all() {
    let (here, there) = World::two(&[1, 2], &[100]).await;
    let (mut owner, mut member) = owner_and_member(&here, &there).await;
    let mut device = Client::identify(&here, 2).await;
    listed(&mut owner, &[("1", "online"), ("2", "online")]).await;
    wish(&mut member, "invisible").await;
    shows(&mut owner, 2, "offline").await;
    listed(&mut owner, &[("1", "online")]).await;
    listed(&mut device, &[("1", "online")]).await;
    // One more device, one less: nothing of it is told.
    let another = Client::identify(&here, 2).await;
    drop((another, member));
    here.pass(GRACE);
    there.pass(GRACE);
    owner.hears_nothing().await;
    wish(&mut device, "online").await;
    shows(&mut owner, 2, "online").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_users_of_a_gateway_that_dies_go_offline_unless_they_are_elsewhere() {
    let (here, there) = World::two(&[1, 2, 3], &[100]).await;
    let (mut owner, _member) = owner_and_member(&here, &there).await;
    let _on_both = [Client::identify(&there, 3).await, Client::identify(&here, 3).await];
    shows(&mut owner, 3, "online").await;
    there.die();
    owner.hears_nothing().await;
    here.pass(SILENCE);
    shows(&mut owner, 2, "offline").await;
    owner.hears_nothing().await;
    listed(&mut owner, &[("1", "online"), ("3", "online")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_elsewhere_after_a_goodbye_does_not_flicker() {
    let (here, there) = World::two(&[1, 2, 3], &[100]).await;
    let (mut owner, mut member) = owner_and_member(&here, &there).await;
    let _other = Client::identify(&there, 3).await;
    shows(&mut owner, 3, "online").await;
    wish(&mut member, "away").await;
    shows(&mut owner, 2, "away").await;
    there.shutdown.cancel();
    assert_eq!(member.close_code().await, 4012);
    owner.hears_nothing().await;
    let _again = Client::identify(&here, 2).await;
    owner.hears_nothing().await;
    here.pass(AFTER_GOODBYE);
    // The other did not come back.
    shows(&mut owner, 3, "offline").await;
    owner.hears_nothing().await;
    listed(&mut owner, &[("1", "online"), ("2", "away")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_asked_for() {
    let (here, there) = World::two(&[1, 2, 3], &[100]).await;
    let (mut owner, _member) = owner_and_member(&here, &there).await;
    // Nothing more is said of this one.
    there.voice.lose(true);
    let mut missed = Client::identify(&there, 3).await;
    listed(&mut missed, &[("1", "online"), ("2", "online"), ("3", "online")]).await;
    owner.hears_nothing().await;
    there.voice.lose(false);
    shows(&mut owner, 3, "online").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_server_vanishes_from_it_everywhere_at_once() {
    let (here, there) = World::two(&[1, 2], &[100]).await;
    let (mut owner, mut member) = owner_and_member(&here, &there).await;
    // What their own gateway says of it comes too late, or never.
    there.voice.lose(true);
    let version = here.peers.change(|tenant| tenant.members.retain(|member| *member != 2));
    here.server_event(EventKind::MemberLeft, Some(2), version).await;
    here.user_event(EventKind::ServerDeleted, 2, version).await;
    shows(&mut owner, 2, "offline").await;
    owner.event("member.left").await;
    member.event("server.deleted").await;
    there.voice.lose(false);
    wish(&mut member, "away").await;
    owner.hears_nothing().await;
    listed(&mut owner, &[("1", "online")]).await;

    let version = here.peers.change(|tenant| tenant.members.push(2));
    here.server_event(EventKind::MemberJoined, Some(2), version).await;
    here.user_event(EventKind::ServerCreated, 2, version).await;
    owner.event("member.joined").await;
    shows(&mut owner, 2, "away").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bytes_from_elsewhere_do_any_harm() {
    use platform::bus::Backchannel as _;
    let (here, there) = World::two(&[1, 2], &[100]).await;
    let mut owner = Client::identify(&here, 1).await;
    listed(&mut owner, &[("1", "online")]).await;
    for text in [
        "",
        "{",
        "[]",
        r#"{"says":"beat"}"#,
        r#"{"says":"beat","from":1,"number":18446744073709551615}"#,
        r#"{"says":"changes","from":1,"number":2,"users":[{"user_id":"1"}],"gone":[]}"#,
        r#"{"says":"whole","from":1,"number":18446744073709551615,"after":"9","up_to":"1","users":[]}"#,
        r#"{"says":"ask","from":2,"of":3}"#,
    ] {
        here.voice.tell("presence", text.to_owned().into()).await.unwrap();
    }
    let _member = Client::identify(&there, 2).await;
    shows(&mut owner, 2, "online").await;
}
