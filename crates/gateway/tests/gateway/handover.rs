//! A client goes on at another gateway than the one it lost.

use std::time::Duration;

use contracts::events::EventKind;
use serde_json::json;

use crate::{client::Client, peers::SERVER, world::World};

const CHANNEL: i64 = 100;

/// What a client remembers when its connection is gone.
struct Left {
    session_id: String,
    seq: u64,
}

#[expect(clippy::needless_pass_by_value, reason = "its connection ends here")]
fn leave(client: Client) -> Left {
    Left {
        session_id: client.session_id.clone(),
        seq: client.last_seq,
    }
}

/// Resumes at a gateway as the user, and answers the frame that tells whether it goes on.
async fn resume(world: &World, user: i64, left: &Left) -> (Client, serde_json::Value) {
    let mut client = Client::connect(world).await;
    client.session_id.clone_from(&left.session_id);
    client.last_seq = left.seq;
    let token = world.token(user, user);
    client
        .send(&json!({ "op": "resume", "token": token, "session_id": left.session_id, "seq": left.seq }))
        .await;
    let answer = client.frame().await;
    (client, answer)
}

async fn goes_on(world: &World, user: i64, left: &Left) -> Client {
    let (client, answer) = resume(world, user, left).await;
    assert_eq!(answer, json!({ "op": "resumed", "seq": left.seq }));
    client
}

async fn starts_anew(world: &World, user: i64, left: &Left) {
    let (mut client, answer) = resume(world, user, left).await;
    assert_eq!(answer["op"], "invalid_session");
    let token = world.token(user, user);
    client.send(&json!({ "op": "identify", "token": token })).await;
    client.last_seq = 0;
    client.event("ready").await;
}

/// The next frame lists the presences of the server on the screen. Before it, somebody's may have changed.
async fn sees_presences(client: &mut Client) {
    loop {
        let frame = client.frame().await;
        if frame["type"] != "presence.updated" {
            assert_eq!(frame["op"], "subscribed", "{frame}");
            assert_eq!(frame["server_id"], SERVER.to_string());
            return;
        }
    }
}

async fn hears(client: &mut Client, seqs: impl IntoIterator<Item = i64>) {
    for seq in seqs {
        assert_eq!(client.event("message.created").await["seq"], seq);
    }
}

async fn write(world: &World, seqs: impl IntoIterator<Item = i64>) {
    for seq in seqs {
        world.peers.change(|tenant| tenant.messages.push((CHANNEL, seq)));
        world.numbered(EventKind::MessageCreated, CHANNEL, seq).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_gateway_dies_another_brings_exactly_what_was_missed() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let mut client = Client::identify(&first, 1).await;
    write(&first, 1..=3).await;
    hears(&mut client, 1..=3).await;
    let mut left = leave(client);
    first.die();
    // The last one was on its way and never arrived.
    left.seq -= 1;
    write(&second, 4..=6).await;
    let mut client = goes_on(&second, 1, &left).await;
    hears(&mut client, 3..=6).await;
    write(&second, [7]).await;
    hears(&mut client, [7]).await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_lives_lets_go_of_a_session_that_is_elsewhere() {
    let (first, second) = World::two(&[1], &[CHANNEL]).await;
    let mut client = Client::identify(&first, 1).await;
    write(&first, [1]).await;
    hears(&mut client, [1]).await;
    let left = Left {
        session_id: client.session_id.clone(),
        seq: client.last_seq,
    };
    let mut moved = goes_on(&second, 1, &left).await;
    assert_eq!(client.close_code().await, 4009);
    write(&second, 2..=3).await;
    hears(&mut moved, 2..=3).await;
    moved.hears_nothing().await;
    // And back again.
    let left = leave(moved);
    write(&second, [4]).await;
    let mut back = goes_on(&first, 1, &left).await;
    hears(&mut back, [4]).await;
    back.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_moves_on_though_nothing_happened_where_it_was() {
    let (first, second) = World::two(&[1], &[CHANNEL]).await;
    let third = first.another().await;
    let mut client = Client::identify(&first, 1).await;
    for gateway in [&second, &third, &first, &second] {
        let left = Left {
            session_id: client.session_id.clone(),
            seq: client.last_seq,
        };
        let moved = goes_on(gateway, 1, &left).await;
        // Whoever had it last has let go of it.
        assert_eq!(client.close_code().await, 4009);
        client = moved;
    }
    write(&third, [1]).await;
    hears(&mut client, [1]).await;
    client.hears_nothing().await;
}

/// Hops between three gateways while others write, and answers the numbers heard.
async fn hop(gateways: [&World; 3], messages: i64) -> Vec<i64> {
    let mut client = Client::identify(gateways[0], 1).await;
    let mut heard = Vec::new();
    let (mut hops, mut hopped_at) = (0_usize, 0);
    while heard.last() != Some(&messages) {
        let seq = client.event("message.created").await["seq"].as_i64().unwrap();
        heard.push(seq);
        if seq % 11 == 0 && seq > hopped_at {
            (hops, hopped_at) = (hops + 1, seq);
            let mut left = leave(client);
            // Sometimes the last ones did not arrive.
            for _ in 0..seq % 3 {
                left.seq -= 1;
                heard.pop();
            }
            client = goes_on(gateways[hops % 3], 1, &left).await;
        }
    }
    heard
}

fn is_gapless(heard: &[i64]) {
    let wrong = heard.windows(2).find(|pair| pair[1] != pair[0] + 1);
    assert_eq!(wrong, None, "of {heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_hops_between_gateways_and_hears_each_message_once_in_order() {
    const MESSAGES: i64 = 300;
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let third = first.another().await;
    let writing = async {
        for seq in 1..=MESSAGES {
            write(&first, [seq]).await;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    };
    let ((), heard) = tokio::join!(writing, hop([&first, &second, &third], MESSAGES));
    is_gapless(&heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_hops_while_events_overtake_each_other_come_late_or_never() {
    const MESSAGES: i64 = 300;
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let third = first.another().await;
    let writing = async {
        for begin in (1..=MESSAGES).step_by(3) {
            let mut seqs: Vec<i64> = (begin..begin + 3).collect();
            first
                .peers
                .change(|tenant| tenant.messages.extend(seqs.iter().map(|seq| (CHANNEL, *seq))));
            seqs.rotate_left(usize::try_from(begin % 3 + begin % 2).unwrap());
            seqs.retain(|seq| seq % 17 != 5 || *seq == MESSAGES);
            first.numbered_out_of_step(CHANNEL, &seqs).await;
        }
    };
    // Hubs that go on, beside those that begin with the one who hops.
    let _others = (Client::identify(&first, 2).await, Client::identify(&second, 2).await);
    let ((), heard) = tokio::join!(writing, hop([&first, &second, &third], MESSAGES));
    is_gapless(&heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_event_was_lost_is_brought_too_and_an_event_that_is_late_not_twice() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let mut client = Client::identify(&first, 1).await;
    write(&first, [1]).await;
    hears(&mut client, [1]).await;
    let left = leave(client);
    first.die();
    // Whoever sent the second was killed before it told of it. The other gateway told its own client from what is stored.
    let mut other = Client::identify(&second, 2).await;
    second.peers.change(|tenant| tenant.messages.push((CHANNEL, 2)));
    write(&second, [3]).await;
    hears(&mut other, [2, 3]).await;
    let mut client = goes_on(&second, 1, &left).await;
    hears(&mut client, [2, 3]).await;
    second.numbered(EventKind::MessageCreated, CHANNEL, 2).await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_again_when_it_is_long_forgotten_is_not_brought_again() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let mut client = Client::identify(&first, 1).await;
    write(&first, 1..=2).await;
    hears(&mut client, 1..=2).await;
    // By then no journal says any more who was given the first ones.
    first.pass_on_the_bus(Duration::from_secs(45));
    write(&first, [3]).await;
    hears(&mut client, [3]).await;
    // Whoever sent them could not note that it has told of them.
    for seq in 1..=2 {
        first.numbered(EventKind::MessageCreated, CHANNEL, seq).await;
    }
    let left = leave(client);
    first.die();
    write(&second, [4]).await;
    let mut client = goes_on(&second, 1, &left).await;
    hears(&mut client, [4]).await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_overtook_another_waits_for_it_at_the_other_gateway_too() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let mut client = Client::identify(&first, 1).await;
    write(&first, [1]).await;
    hears(&mut client, [1]).await;
    let left = leave(client);
    first.die();
    let _other = Client::identify(&second, 2).await;
    second.numbered(EventKind::MessageCreated, CHANNEL, 3).await;
    let mut client = goes_on(&second, 1, &left).await;
    write(&second, [2]).await;
    hears(&mut client, [2, 3]).await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_someone_may_see_something_else_meanwhile_they_start_anew() {
    for (kind, about) in [
        (EventKind::RoleUpdated, None),
        (EventKind::RoleDeleted, None),
        (EventKind::ServerUpdated, None),
        (EventKind::MemberUpdated, Some(2)),
    ] {
        let (first, second) = World::two(&[1, 2], &[CHANNEL, 200]).await;
        let left = leave(Client::identify(&first, 2).await);
        first.die();
        write(&second, [1]).await;
        let version = second.peers.change(|tenant| tenant.hidden.push(CHANNEL));
        second.server_event(kind, about, version).await;
        starts_anew(&second, 2, &left).await;
    }
    let (first, second) = World::two(&[1, 2], &[CHANNEL, 200]).await;
    let left = leave(Client::identify(&first, 2).await);
    first.die();
    let version = second.peers.change(|tenant| tenant.hidden.push(CHANNEL));
    second.channel_event(EventKind::ChannelUpdated, CHANNEL, version).await;
    starts_anew(&second, 2, &left).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_told_of_a_change_goes_on_after_it() {
    for is_whole in [true, false] {
        let (first, second) = World::two(&[1, 2], &[CHANNEL, 200]).await;
        let mut client = Client::identify(&first, 2).await;
        let version = second.peers.change(|tenant| tenant.hidden.push(CHANNEL));
        second.server_event(EventKind::RoleUpdated, None, version).await;
        client.event("channel.deleted").await;
        client.event("role.updated").await;
        let mut left = leave(client);
        first.die();
        if is_whole {
            goes_on(&second, 2, &left).await.hears_nothing().await;
        } else {
            // The last did not arrive, so nobody knows what came before it.
            left.seq -= 1;
            starts_anew(&second, 2, &left).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_told_of_only_after_a_client_came_makes_it_start_anew() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL, 200]).await;
    let left = leave(Client::identify(&first, 2).await);
    first.die();
    let version = second.peers.change(|tenant| tenant.hidden.push(CHANNEL));
    let mut client = goes_on(&second, 2, &left).await;
    second.server_event(EventKind::RoleUpdated, None, version).await;
    assert_eq!(client.close_code().await, 4000);
    starts_anew(&second, 2, &leave(client)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_created_meanwhile_comes_with_what_may_be_done_there() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let left = leave(Client::identify(&first, 2).await);
    first.die();
    let version = second.peers.change(|tenant| tenant.channels.push(200));
    second.channel_event(EventKind::ChannelCreated, 200, version).await;
    let mut client = goes_on(&second, 2, &left).await;
    assert_eq!(client.event("channel.created").await["id"], "200");
    client.event("permissions.updated").await;
    client.hears_nothing().await;
    // What only this gateway tells of is told again and again.
    let version = second.peers.change(|tenant| tenant.hidden.push(CHANNEL));
    second.server_event(EventKind::RoleUpdated, None, version).await;
    client.event("channel.deleted").await;
    client.event("role.updated").await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_user_gained_and_lost_meanwhile_is_told() {
    let (first, second) = World::two(&[1], &[CHANNEL]).await;
    let left = leave(Client::identify(&first, 2).await);
    first.die();
    let version = second.peers.change(|tenant| tenant.members.push(2));
    second.user_event(EventKind::ServerCreated, 2, version).await;
    write(&second, [1]).await;
    let mut client = goes_on(&second, 2, &left).await;
    client.event("server.created").await;
    hears(&mut client, [1]).await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_can_tell_any_more_starts_anew() {
    let (first, second) = World::two(&[1], &[CHANNEL, 200]).await;
    let left = leave(Client::identify(&first, 1).await);
    first.die();
    let version = second.peers.change(|tenant| tenant.channels.retain(|id| *id != 200));
    second.channel_deleted(200, version).await;
    starts_anew(&second, 1, &left).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_server_was_destroyed_meanwhile_is_told_to_its_members_alone() {
    let (first, second) = World::two(&[1], &[CHANNEL]).await;
    let (member, stranger) = (Client::identify(&first, 1).await, Client::identify(&first, 2).await);
    let (member, stranger) = (leave(member), leave(stranger));
    first.die();
    let version = second.peers.change(|tenant| {
        tenant.destroyed = true;
        tenant.members.clear();
    });
    second.server_event(EventKind::ServerDeleted, None, version).await;
    let mut member = goes_on(&second, 1, &member).await;
    member.event("server.deleted").await;
    member.hears_nothing().await;
    goes_on(&second, 2, &stranger).await.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_the_session_of_another_from_another_gateway() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let mut owner = Client::identify(&first, 1).await;
    let left = Left {
        session_id: owner.session_id.clone(),
        seq: 1,
    };
    starts_anew(&second, 2, &left).await;
    write(&first, [1]).await;
    hears(&mut owner, [1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_sign_in_goes_on_nowhere() {
    let (first, second) = World::two(&[1], &[CHANNEL]).await;
    let mut client = Client::identify(&first, 1).await;
    first.revoke(1, 1).await;
    assert_eq!(client.close_code().await, 4013);
    let left = leave(client);
    let mut again = Client::connect(&second).await;
    let token = second.token(1, 1);
    again
        .send(&json!({ "op": "resume", "token": token, "session_id": left.session_id, "seq": left.seq }))
        .await;
    assert_eq!(again.close_code().await, 4013);
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_sessions_start_anew() {
    let (first, second) = World::two(&[1], &[CHANNEL]).await;
    let known = leave(Client::identify(&first, 1).await);
    let numbers = [0, 2, u64::MAX].map(|seq| Left {
        session_id: known.session_id.clone(),
        seq,
    });
    let names = ["", "x", &"0".repeat(48), &"é".repeat(24)].map(|session_id| Left {
        session_id: session_id.to_owned(),
        seq: 1,
    });
    for left in names.iter().chain(&numbers) {
        starts_anew(&second, 1, left).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_kept_clients_start_anew_and_nothing_else_suffers() {
    let (first, second) = World::two(&[1], &[CHANNEL]).await;
    first.forget_everything();
    let mut client = Client::identify(&first, 1).await;
    write(&first, 1..=3).await;
    hears(&mut client, 1..=3).await;
    let left = leave(client);
    write(&first, [4]).await;
    let mut client = goes_on(&first, 1, &left).await;
    hears(&mut client, [4]).await;
    starts_anew(&second, 1, &leave(client)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presences_are_shown_anew_at_the_other_gateway() {
    let (first, second) = World::two(&[1, 2], &[CHANNEL]).await;
    let mut client = Client::identify(&first, 1).await;
    client
        .send(&json!({ "op": "subscribe", "server_id": SERVER.to_string() }))
        .await;
    assert_eq!(client.frame().await["op"], "subscribed");
    let left = leave(client);
    let mut client = goes_on(&second, 1, &left).await;
    sees_presences(&mut client).await;
}
