//! The index follows the messages, whatever is lost and whenever it is ended.

use std::sync::atomic::Ordering;

use contracts::events::EventKind;

use crate::{
    peers::{ADA, HIDDEN, Peers, TEXT, VOICE},
    world::{becomes, world, zebras},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_found_changed_and_gone() {
    let world = world(Peers::new()).await;
    world.finds(ADA, "query=zebra", 0).await;
    let mut numbers = Vec::new();
    for number in 0..8 {
        numbers.push(world.write(TEXT, &format!("zebra {number}")).await);
    }
    world.finds(ADA, "query=zebra", 8).await;
    for seq in &numbers[..5] {
        world.peers.change(TEXT, *seq, Some("lion"));
    }
    world.peers.change(TEXT, numbers[5], None);
    // Told once, all of it is read.
    world.tell(EventKind::MessageUpdated, TEXT, Some(numbers[5])).await;
    world.finds(ADA, "query=lion", 5).await;
    world.finds(ADA, "query=zebra", 2).await;
    world.write(VOICE, "zebra elsewhere").await;
    world.finds(ADA, "query=zebra", 3).await;
    world.peers.state().channels.remove(&TEXT);
    world.tell(EventKind::ChannelDeleted, TEXT, None).await;
    world.finds(ADA, "query=zebra", 1).await;
    world.finds(ADA, "query=lion", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_is_found_by_comparing() {
    let world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    world.peers.write(TEXT, "lion");
    world.peers.change(VOICE, 1, Some("lion"));
    world.peers.state().channels.remove(&HIDDEN);
    // More events than wait for anybody, until some are lost, which is told: whoever follows fast loses none at first.
    becomes("what was lost is found", async || {
        for _ in 0..50 {
            world.tell(EventKind::MessageReactionAdded, TEXT, Some(1)).await;
        }
        world.find(ADA, "query=lion").await["total"] == 2
    })
    .await;
    world.finds(ADA, "query=lion", 2).await;
    world.finds(ADA, "query=zebra", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_meanwhile_is_found_after_a_start() {
    let mut world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    let (text, hidden) = (world.peers.write(TEXT, "zebra"), HIDDEN);
    world.peers.change(TEXT, 1, Some("lion"));
    world.peers.change(hidden, 1, None);
    world.restart(|_| {}).await;
    world.finds(ADA, "query=lion", 1).await;
    world.finds(ADA, "query=zebra", 3).await;
    assert_eq!(text, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_files_the_index_is_made_anew_and_says_so() {
    let mut world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    world.peers.messages_away.store(true, Ordering::SeqCst);
    world
        .restart(|folder| std::fs::remove_dir_all(folder.path().join("index")).unwrap())
        .await;
    let found = world.find(ADA, "query=zebra").await;
    assert_eq!((&found["total"], &found["is_complete"]), (&0.into(), &false.into()));
    world.peers.messages_away.store(false, Ordering::SeqCst);
    world.finds(ADA, "query=zebra", 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_follow_says_so_and_goes_on_later() {
    let world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    world.peers.messages_away.store(true, Ordering::SeqCst);
    world.write(TEXT, "zebra").await;
    becomes("it is told that something may be missing", async || {
        world.find(ADA, "query=nothing").await["is_complete"] == false
    })
    .await;
    world.peers.messages_away.store(false, Ordering::SeqCst);
    world.finds(ADA, "query=zebra", 5).await;
}
