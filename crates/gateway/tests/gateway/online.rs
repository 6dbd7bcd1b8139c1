//! How many are online, as gateways report it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{client::Client, peers::Peers, world::World};

/// Longer than until the next report.
const PATIENCE: Duration = Duration::from_secs(15);

/// Waits until the gateways have reported so many each.
async fn reported(peers: &Peers, expected: &[u32]) {
    let begun = Instant::now();
    loop {
        let mut online: Vec<u32> = peers.0.lock().unwrap().online.values().copied().collect();
        online.sort_unstable();
        if online == expected {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{online:?} and not {expected:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_connected_and_not_invisible_is_counted_once() {
    let world = World::new(&[1, 2, 3], &[100]).await;
    let mut first = Client::identify(&world, 1).await;
    let _second = Client::identify(&world, 1).await;
    reported(&world.peers, &[1]).await;
    let _other = Client::identify(&world, 2).await;
    reported(&world.peers, &[2]).await;
    first.send(&json!({ "op": "presence", "status": "invisible" })).await;
    reported(&world.peers, &[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gateway_that_serves_anybody_counts_all_and_whoever_is_forgotten_begins_anew() {
    let (here, there) = World::two(&[1, 2, 3], &[100]).await;
    let _here = Client::identify(&here, 1).await;
    reported(&here.peers, &[0, 1]).await;
    let there = [Client::identify(&there, 1).await, Client::identify(&there, 2).await];
    // The same user on both is one.
    reported(&here.peers, &[2, 2]).await;
    here.peers.0.lock().unwrap().online.clear();
    reported(&here.peers, &[2, 2]).await;
    drop(there);
}
