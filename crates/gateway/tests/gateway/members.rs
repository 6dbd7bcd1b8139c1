//! Who sees a channel is told to those who have the list on screen, and to nobody else.

use std::time::{Duration, Instant};

use contracts::events::EventKind;
use model::{Permission, PermissionSet};
use serde_json::{Value, json};

use crate::{client::Client, peers::SERVER, world::World};

const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than a user without a connection is shown.
const GRACE: Duration = Duration::from_secs(6);

fn view() -> PermissionSet {
    PermissionSet::of(&[Permission::ViewChannel])
}

/// The list as it stands on a client's screen.
#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    /// Each group and how many are in it.
    groups: Vec<(String, u64)>,
    /// Each member in the range and what they show.
    members: Vec<(i64, String)>,
}

impl Listed {
    fn of(groups: &[(&str, u64)], members: &[(i64, &str)]) -> Self {
        Self {
            groups: groups.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect(),
            members: members.iter().map(|(id, status)| (*id, (*status).to_owned())).collect(),
        }
    }

    /// Takes over a frame, which holds what changed of one range.
    fn take(&mut self, frame: &Value) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let groups = frame["groups"].as_array().unwrap().iter();
        self.groups = groups
            .map(|group| (text(&group["id"]), group["count"].as_u64().unwrap()))
            .collect();
        for range in frame["ranges"].as_array().unwrap() {
            let items = range["items"].as_array().unwrap().iter();
            let id = |item: &Value| item["member"]["user"]["id"].as_str().unwrap().parse().unwrap();
            self.members = items.map(|item| (id(item), text(&item["status"]))).collect();
        }
    }
}

fn wish(channel: i64, ranges: &Value) -> Value {
    json!({ "op": "subscribe", "server_id": SERVER.to_string(), "channel_id": channel.to_string(), "member_ranges": ranges })
}

/// Opens the list of a channel and answers what `subscribed` says.
async fn open(client: &mut Client, channel: i64) -> Value {
    client.send(&wish(channel, &json!([[0, 99]]))).await;
    loop {
        let frame = client.frame().await;
        if frame["op"] == "subscribed" {
            return frame;
        }
    }
}

/// Listens until the list is this; what else comes is let pass.
async fn sees(client: &mut Client, listed: &mut Listed, expected: &Listed) {
    let begun = Instant::now();
    while listed != expected {
        assert!(begun.elapsed() < PATIENCE, "{listed:?} and not {expected:?}");
        let frame = tokio::time::timeout(PATIENCE, client.frame()).await;
        let frame = frame.unwrap_or_else(|_| panic!("{listed:?} and not {expected:?}"));
        if frame["op"] == "members" {
            listed.take(&frame);
        }
    }
}

/// No members are told any more, whatever else is.
async fn sees_no_more(client: &mut Client) {
    // Longer than changes are collected.
    tokio::time::sleep(Duration::from_millis(600)).await;
    client.send(&json!({ "op": "heartbeat", "seq": client.last_seq })).await;
    loop {
        let frame = client.frame().await;
        assert_ne!(frame["op"], "members", "{frame}");
        if frame["op"] == "heartbeat_ack" {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_grouped_ordered_and_live() {
    let world = World::new(&[1, 2, 3, 4, 5], &[100]).await;
    world.peers.change(|tenant| {
        tenant.roles.insert(50, view());
        tenant.hoisted.insert(50);
        tenant.held.insert((2, 50));
        tenant.nicknames.insert(3, "älvis".to_owned());
    });
    let mut owner = Client::identify(&world, 1).await;
    let subscribed = open(&mut owner, 100).await;
    assert_eq!(subscribed["channel_id"], "100");
    assert_eq!(subscribed["presences"], json!([]), "they are in the list");
    let frame = owner.frame().await;
    assert_eq!(
        (&frame["op"], &frame["server_id"], &frame["channel_id"]),
        (&json!("members"), &json!("10"), &json!("100"))
    );
    let first = &frame["ranges"][0]["items"][0];
    assert_eq!(
        (&first["member"], &first["status"]),
        (&world.peers.member(1).unwrap(), &json!("online"))
    );
    let mut listed = Listed::default();
    listed.take(&frame);
    let offline = [(3, "offline"), (2, "offline"), (4, "offline"), (5, "offline")];
    let all = [&[(1, "online")], &offline[..]].concat();
    assert_eq!(listed, Listed::of(&[("online", 1), ("offline", 4)], &all));

    let mut second = Client::identify(&world, 2).await;
    let with_role = [("50", 1), ("online", 1), ("offline", 3)];
    let rest = [(1, "online"), (3, "offline"), (4, "offline"), (5, "offline")];
    let all = [&[(2, "online")], &rest[..]].concat();
    sees(&mut owner, &mut listed, &Listed::of(&with_role, &all)).await;
    second
        .send(&json!({ "op": "presence", "status": "do_not_disturb" }))
        .await;
    let all = [&[(2, "do_not_disturb")], &rest[..]].concat();
    sees(&mut owner, &mut listed, &Listed::of(&with_role, &all)).await;
    second.send(&json!({ "op": "presence", "status": "invisible" })).await;
    let all = [&[(1, "online")], &offline[..]].concat();
    sees(
        &mut owner,
        &mut listed,
        &Listed::of(&[("online", 1), ("offline", 4)], &all),
    )
    .await;

    let version = world
        .peers
        .change(|tenant| drop(tenant.nicknames.insert(5, "Aaron".to_owned())));
    world.member_event(EventKind::MemberUpdated, 5, version).await;
    let renamed = [
        (1, "online"),
        (5, "offline"),
        (3, "offline"),
        (2, "offline"),
        (4, "offline"),
    ];
    sees(
        &mut owner,
        &mut listed,
        &Listed::of(&[("online", 1), ("offline", 4)], &renamed),
    )
    .await;
    let version = world.peers.change(|tenant| tenant.members.push(6));
    world.member_event(EventKind::MemberJoined, 6, version).await;
    let more = [&renamed[..], &[(6, "offline")]].concat();
    sees(
        &mut owner,
        &mut listed,
        &Listed::of(&[("online", 1), ("offline", 5)], &more),
    )
    .await;
    let version = world.peers.change(|tenant| tenant.members.retain(|id| *id != 6));
    world.member_event(EventKind::MemberLeft, 6, version).await;
    sees(
        &mut owner,
        &mut listed,
        &Listed::of(&[("online", 1), ("offline", 4)], &renamed),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_names_of_accounts_change_lists() {
    let world = World::new(&[1, 2, 3], &[100]).await;
    let mut owner = Client::identify(&world, 1).await;
    let _second = Client::identify(&world, 2).await;
    open(&mut owner, 100).await;
    let mut listed = Listed::default();
    let plain = Listed::of(
        &[("online", 2), ("offline", 1)],
        &[(1, "online"), (2, "online"), (3, "offline")],
    );
    sees(&mut owner, &mut listed, &plain).await;

    let version = world.peers.change(|tenant| {
        tenant.roles.insert(50, view());
        tenant.hoisted.insert(50);
    });
    world.server_event(EventKind::RoleCreated, None, version).await;
    let version = world.peers.change(|tenant| {
        tenant.held.insert((2, 50));
    });
    world.member_event(EventKind::MemberUpdated, 2, version).await;
    let groups = [("50", 1), ("online", 1), ("offline", 1)];
    let apart = Listed::of(&groups, &[(2, "online"), (1, "online"), (3, "offline")]);
    sees(&mut owner, &mut listed, &apart).await;
    // One more is given, and both are deleted, as good as at once.
    let version = world.peers.change(|tenant| {
        tenant.roles.insert(51, view());
        tenant.held.insert((2, 51));
    });
    world.member_event(EventKind::MemberUpdated, 2, version).await;
    let version = world.peers.change(|tenant| {
        tenant.roles.clear();
        tenant.held.clear();
    });
    world.role_deleted(51, version).await;
    world.role_deleted(50, version).await;
    sees(&mut owner, &mut listed, &plain).await;
    let profile = json!({ "id": "2", "username": "zed", "display_name": "Aaa", "avatar_url": "/a.png" });
    world.profile_changed(2, &profile).await;
    let renamed = Listed::of(
        &[("online", 2), ("offline", 1)],
        &[(2, "online"), (1, "online"), (3, "offline")],
    );
    sees(&mut owner, &mut listed, &renamed).await;
    open(&mut owner, 100).await;
    let item = owner.frame().await["ranges"][0]["items"][0]["member"].clone();
    assert_eq!(
        (&item["user"], &item["role_ids"]),
        (&profile, &json!([])),
        "the role is nobody's any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_the_channel_is_told_nothing_of_its_members() {
    let world = World::new(&[1, 2], &[100, 200]).await;
    world.peers.change(|tenant| tenant.hidden.push(200));
    let mut owner = Client::identify(&world, 1).await;
    let mut member = Client::identify(&world, 2).await;
    let mut stranger = Client::identify(&world, 3).await;
    assert_eq!(open(&mut owner, 200).await["channel_id"], "200");
    let hidden = open(&mut member, 200).await;
    assert_eq!(hidden, open(&mut member, 999).await, "like one that does not exist");
    assert_eq!(hidden["channel_id"], Value::Null);
    let nothing = json!({ "op": "subscribed", "server_id": null, "channel_id": null, "presences": [] });
    assert_eq!(open(&mut stranger, 100).await, nothing);
    let mut listed = Listed::default();
    sees(&mut owner, &mut listed, &Listed::of(&[("online", 1)], &[(1, "online")])).await;
    let version = world
        .peers
        .change(|tenant| drop(tenant.nicknames.insert(1, "X".to_owned())));
    world.member_event(EventKind::MemberUpdated, 1, version).await;
    sees_no_more(&mut member).await;
    sees_no_more(&mut stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_channel_or_the_server_loses_the_list() {
    let world = World::new(&[1, 2, 3], &[100]).await;
    let mut owner = Client::identify(&world, 1).await;
    let mut members = [Client::identify(&world, 2).await, Client::identify(&world, 3).await];
    let everyone = Listed::of(&[("online", 3)], &[(1, "online"), (2, "online"), (3, "online")]);
    for client in [&mut owner].into_iter().chain(&mut members) {
        open(client, 100).await;
        sees(client, &mut Listed::default(), &everyone).await;
    }
    let mut listed = everyone;
    let version = world.peers.change(|tenant| tenant.members.retain(|id| *id != 3));
    world.member_event(EventKind::MemberLeft, 3, version).await;
    world.user_event(EventKind::ServerDeleted, 3, version).await;
    let both = Listed::of(&[("online", 2)], &[(1, "online"), (2, "online")]);
    sees(&mut owner, &mut listed, &both).await;
    let version = world.peers.change(|tenant| tenant.hidden.push(100));
    world.channel_event(EventKind::ChannelUpdated, 100, version).await;
    let alone = Listed::of(&[("online", 1)], &[(1, "online")]);
    sees(&mut owner, &mut listed, &alone).await;
    let [mut former_viewer, mut former_member] = members;
    // What came before the change may still stand in their way.
    for (client, last) in [
        (&mut former_viewer, "channel.deleted"),
        (&mut former_member, "server.deleted"),
    ] {
        while client.frame().await["type"] != last {}
    }
    let version = world
        .peers
        .change(|tenant| drop(tenant.nicknames.insert(1, "X".to_owned())));
    world.member_event(EventKind::MemberUpdated, 1, version).await;
    sees_no_more(&mut former_viewer).await;
    sees_no_more(&mut former_member).await;

    let version = world.peers.change(|tenant| tenant.hidden.clear());
    world.channel_event(EventKind::ChannelUpdated, 100, version).await;
    sees(&mut owner, &mut listed, &both_again()).await;
    sees_no_more(&mut former_viewer).await;
    open(&mut former_viewer, 100).await;
    sees(&mut former_viewer, &mut Listed::default(), &both_again()).await;
}

fn both_again() -> Listed {
    Listed::of(&[("online", 2)], &[(2, "online"), (1, "online")])
}

#[tokio::test(flavor = "multi_thread")]
async fn members_connected_to_other_gateways_are_in_the_list() {
    let (here, there) = World::two(&[1, 2], &[100]).await;
    let mut owner = Client::identify(&here, 1).await;
    open(&mut owner, 100).await;
    let mut listed = Listed::default();
    let alone = Listed::of(&[("online", 1), ("offline", 1)], &[(1, "online"), (2, "offline")]);
    sees(&mut owner, &mut listed, &alone).await;
    let member = Client::identify(&there, 2).await;
    let both = Listed::of(&[("online", 2)], &[(1, "online"), (2, "online")]);
    sees(&mut owner, &mut listed, &both).await;
    drop(member);
    there.pass(GRACE);
    sees(&mut owner, &mut listed, &alone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_asked_for_is_told() {
    let world = World::new(&[1, 2, 3, 4, 5, 6, 7], &[100]).await;
    let mut owner = Client::identify(&world, 1).await;
    owner.send(&wish(100, &json!([[1, 2], [5, 50], [60, 70]]))).await;
    assert_eq!(owner.frame().await["op"], "subscribed");
    let frame = owner.frame().await;
    let ids = |range: usize| {
        let items = frame["ranges"][range]["items"].as_array().unwrap().iter();
        items
            .map(|item| item["member"]["user"]["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(0), ids(1), ids(2)),
        (vec!["2".into(), "3".into()], vec!["6".into(), "7".into()], vec![])
    );
    // A change in one of the ranges is told of that one alone.
    let version = world
        .peers
        .change(|tenant| drop(tenant.nicknames.insert(7, "Name 7b".to_owned())));
    world.member_event(EventKind::MemberUpdated, 7, version).await;
    let changed = loop {
        let frame = owner.frame().await;
        if frame["op"] == "members" {
            break frame;
        }
    };
    assert_eq!(changed["ranges"].as_array().unwrap().len(), 1, "{changed}");
    assert_eq!(changed["ranges"][0]["range"], json!([5, 50]));
    // Presences of others than those who are named are in the list, and not told besides.
    let mut named = wish(100, &json!([[0, 0]]));
    named["user_ids"] = json!(["3"]);
    owner.send(&named).await;
    while owner.frame().await["op"] != "members" {}
    let _others = [Client::identify(&world, 2).await, Client::identify(&world, 3).await];
    let told = loop {
        let frame = owner.frame().await;
        if frame["type"] == "presence.updated" {
            break frame["data"].clone();
        }
    };
    assert_eq!(told, json!({ "user_id": "3", "status": "online" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_ranges_are_refused_and_the_list_stays() {
    let world = World::new(&[1, 2], &[100]).await;
    let mut owner = Client::identify(&world, 1).await;
    open(&mut owner, 100).await;
    let mut listed = Listed::default();
    let alone = Listed::of(&[("online", 1), ("offline", 1)], &[(1, "online"), (2, "offline")]);
    sees(&mut owner, &mut listed, &alone).await;
    for ranges in [
        json!([[0, 100]]),
        json!([[3, 2]]),
        json!([[0, 1], [1, 2]]),
        json!([[0, 0], [2, 2], [4, 4], [6, 6], [8, 8], [10, 10]]),
    ] {
        owner.send(&wish(100, &ranges)).await;
        let refused = owner.frame().await;
        assert_eq!(
            (&refused["op"], &refused["code"]),
            (&json!("error"), &json!("invalid_subscription")),
            "{ranges}"
        );
    }
    let _member = Client::identify(&world, 2).await;
    let both = Listed::of(&[("online", 2)], &[(1, "online"), (2, "online")]);
    sees(&mut owner, &mut listed, &both).await;
    owner.send(&wish(100, &json!([[0, -1]]))).await;
    assert_eq!(owner.close_code().await, 4002, "what is no range at all is no frame");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_when_the_members_can_be_read_again_and_holds_up_nothing() {
    let world = World::new(&[1, 2], &[100]).await;
    world.peers.change(|tenant| tenant.members_away = true);
    let mut owner = Client::identify(&world, 1).await;
    open(&mut owner, 100).await;
    world.message(100, "meanwhile").await;
    assert_eq!(owner.event("message.created").await["content"], "meanwhile");
    world.peers.change(|tenant| tenant.members_away = false);
    let alone = Listed::of(&[("online", 1), ("offline", 1)], &[(1, "online"), (2, "offline")]);
    sees(&mut owner, &mut Listed::default(), &alone).await;
}
