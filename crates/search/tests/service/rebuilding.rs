//! An index that is not believed to be whole is made anew, while the old one goes on.

use std::{path::PathBuf, sync::atomic::Ordering};

use search::{Asked, Progress, Rebuilding, ask_for_rebuild};
use serde_json::json;

use crate::{
    peers::{ADA, HIDDEN, TEXT, VOICE},
    world::{World, becomes, world, zebras},
};

fn folder(world: &World) -> PathBuf {
    world.folder.path().join("index")
}

fn ask(world: &World) -> Rebuilding {
    match ask_for_rebuild(&folder(world)).unwrap() {
        Asked::Now(rebuilding) => rebuilding,
        other => panic!("a service runs: {other:?}"),
    }
}

async fn done(rebuilding: &Rebuilding) {
    becomes("the index has been made anew", async || {
        rebuilding.progress().unwrap() == Progress::Done
    })
    .await;
}

/// Four messages in the index, of which one is not there any more and another reads otherwise, without a number of a change
/// that would tell it: what must not happen, and would be found by nothing else.
async fn wrong_without_knowing() -> World {
    let world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    {
        let mut state = world.peers.state();
        let channel = state.channels.get_mut(&TEXT).unwrap();
        channel.messages.get_mut(&1).unwrap()["content"] = json!("lion");
        state.channels.get_mut(&VOICE).unwrap().messages.remove(&1);
    }
    world.finds(ADA, "query=lion", 0).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_wrong_is_made_anew_when_that_is_wanted() {
    let world = wrong_without_knowing().await;
    done(&ask(&world)).await;
    // At once, and as a whole.
    let found = world.find(ADA, "query=lion").await;
    assert_eq!((&found["total"], &found["is_complete"]), (&json!(1), &json!(true)));
    assert_eq!(world.find(ADA, "query=zebra").await["total"], 2);
    // The new one follows the messages, and can be made anew itself.
    world.write(TEXT, "zebra").await;
    world.finds(ADA, "query=zebra", 3).await;
    done(&ask(&world)).await;
    world.finds(ADA, "query=zebra", 3).await;
    becomes("the old ones are gone", async || {
        let there = std::fs::read_dir(folder(&world)).unwrap();
        let names = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("index-")).count() == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn until_it_is_done_the_old_one_answers_and_says_so() {
    let mut world = wrong_without_knowing().await;
    world.peers.news_away.store(true, Ordering::SeqCst);
    let rebuilding = ask(&world);
    for _ in 0..2 {
        becomes("it is told that something may be missing", async || {
            let found = world.find(ADA, "query=zebra").await;
            // Of the four it shows those that are still so.
            assert_eq!(found["items"].as_array().unwrap().len(), 2, "{found}");
            found["is_complete"] == false
        })
        .await;
        assert_eq!(rebuilding.progress().unwrap(), Progress::Taken(0));
        // The process that made it ends; the next one begins by saying so.
        world
            .restart(|folder| {
                let asked = ask_for_rebuild(&folder.path().join("index")).unwrap();
                assert!(matches!(asked, Asked::AtStart), "{asked:?}");
                assert_eq!(rebuilding.progress().unwrap(), Progress::Ended);
            })
            .await;
        assert_eq!(world.find(ADA, "query=zebra").await["is_complete"], false);
    }
    world.peers.news_away.store(false, Ordering::SeqCst);
    done(&rebuilding).await;
    let found = world.find(ADA, "query=lion").await;
    assert_eq!((&found["total"], &found["is_complete"]), (&json!(1), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_is_tried_again_and_doubted_until_then() {
    let mut world = wrong_without_knowing().await;
    let in_the_way = folder(&world).join("index-2");
    world
        .restart(|_| {
            std::fs::write(&in_the_way, "").unwrap();
            let asked = ask_for_rebuild(in_the_way.parent().unwrap()).unwrap();
            assert!(matches!(asked, Asked::AtStart), "{asked:?}");
        })
        .await;
    world.write(TEXT, "otter").await;
    becomes("the old one follows the messages, and is not believed", async || {
        let found = world.find(ADA, "query=otter").await;
        assert_eq!(found["is_complete"], false);
        found["total"] == 1
    })
    .await;
    std::fs::remove_file(&in_the_way).unwrap();
    let rebuilding = ask(&world);
    done(&rebuilding).await;
    world.finds(ADA, "query=otter", 1).await;
    world.finds(ADA, "query=lion", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_it_is_made_is_in_both() {
    let world = wrong_without_knowing().await;
    let rebuilding = ask(&world);
    let mut written = 0;
    while rebuilding.progress().unwrap() != Progress::Done {
        world.write(HIDDEN, "otter").await;
        written += 1;
        // Whoever writes waits for what they wrote.
        becomes("what was written is found", async || {
            world.find(ADA, "query=otter").await["total"] == written
        })
        .await;
    }
    world.finds(ADA, "query=otter", written).await;
    world.finds(ADA, "query=lion", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_an_earlier_time_are_taken_anew() {
    let mut world = world(zebras()).await;
    for number in 0..3 {
        world.write(TEXT, &format!("zebra {number}")).await;
    }
    world.peers.change(TEXT, 1, Some("zebra, edited"));
    world.finds(ADA, "query=zebra", 7).await;
    // A backup is put back, and somebody writes before Beep is there again.
    let peers = world.peers.clone();
    world
        .restart(|_| {
            let mut state = peers.state();
            state.channels.insert(TEXT, crate::peers::Channel::default());
            drop(state);
            peers.write(TEXT, "lion");
            peers.write(TEXT, "zebra of an earlier time");
        })
        .await;
    world.finds(ADA, "query=lion", 1).await;
    world.finds(ADA, "query=zebra", 4).await;
}
