//! Messages arrive in the order of their numbers, whatever happens to their events.

use contracts::events::EventKind;

use crate::{client::Client, world::World};

const CHANNEL: i64 = 100;

async fn hears(client: &mut Client, kind: &str, seqs: impl IntoIterator<Item = i64>) {
    for seq in seqs {
        assert_eq!(client.event(kind).await["seq"], seq);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_overtake_each_other_are_put_in_order() {
    let world = World::new(&[1], &[CHANNEL]).await;
    let mut client = Client::identify(&world, 1).await;
    for seq in [3, 1, 2] {
        world.numbered(EventKind::MessageCreated, CHANNEL, seq).await;
    }
    hears(&mut client, "message.created", 1..=3).await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_were_lost_are_read_from_the_messages_service() {
    let world = World::new(&[1], &[CHANNEL]).await;
    world
        .peers
        .change(|tenant| tenant.messages = vec![(CHANNEL, 1), (CHANNEL, 2)]);
    let mut client = Client::identify(&world, 1).await;
    world
        .peers
        .change(|tenant| tenant.messages.extend([3, 4, 6, 7].map(|seq| (CHANNEL, seq))));
    world.numbered(EventKind::MessageCreated, CHANNEL, 7).await;
    // What was there before the client came is nothing new, and the fifth was deleted meanwhile.
    hears(&mut client, "message.created", [3, 4, 6, 7]).await;
    world.numbered(EventKind::MessageCreated, CHANNEL, 4).await;
    client.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_is_filled_when_the_messages_service_is_back() {
    let world = World::new(&[1], &[CHANNEL]).await;
    let mut client = Client::identify(&world, 1).await;
    world.peers.change(|tenant| {
        tenant.messages = vec![(CHANNEL, 1), (CHANNEL, 2)];
        tenant.messages_away = true;
    });
    world.numbered(EventKind::MessageCreated, CHANNEL, 2).await;
    client.hears_nothing().await;
    world.peers.change(|tenant| tenant.messages_away = false);
    hears(&mut client, "message.created", 1..=2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_while_the_messages_service_is_away_starts_anew_when_it_is_back() {
    let world = World::new(&[1], &[CHANNEL]).await;
    world.peers.change(|tenant| tenant.messages_away = true);
    let mut client = Client::identify(&world, 1).await;
    world.numbered(EventKind::MessageCreated, CHANNEL, 1).await;
    client.hears_nothing().await;
    world.peers.change(|tenant| {
        tenant.messages_away = false;
        tenant.messages = vec![(CHANNEL, 1)];
    });
    assert_eq!(client.close_code().await, 4000);
    let mut again = Client::identify(&world, 1).await;
    world.numbered(EventKind::MessageCreated, CHANNEL, 2).await;
    hears(&mut again, "message.created", [2]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_waits_for_its_message_and_a_deletion_outlives_it() {
    let world = World::new(&[1], &[CHANNEL]).await;
    let mut client = Client::identify(&world, 1).await;
    world.numbered(EventKind::MessageUpdated, CHANNEL, 1).await;
    world.numbered(EventKind::MessageCreated, CHANNEL, 1).await;
    hears(&mut client, "message.created", [1]).await;
    hears(&mut client, "message.updated", [1]).await;
    world.numbered(EventKind::MessageDeleted, CHANNEL, 2).await;
    hears(&mut client, "message.deleted", [2]).await;
    world.numbered(EventKind::MessageCreated, CHANNEL, 2).await;
    client.hears_nothing().await;
}
