//! `kill -9` at any moment: nothing that was acknowledged is lost, doubled or out of order.

use std::time::Duration;

use api::beep::{Beep, Database};
use tokio::time::sleep;

use crate::load::Load;

/// How often Beep is killed, each of its parts in turn; `BEEP_TEST_KILLS` for longer runs.
fn kills() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment how long to run"
    )]
    let told = std::env::var("BEEP_TEST_KILLS").ok();
    told.map_or(10, |text| text.parse().expect("BEEP_TEST_KILLS is a number"))
}

async fn kill_under_load(database: Database) {
    let beep = Beep::start(database).await;
    let load = Load::start(&beep, 6, 3).await;
    let parts = beep.parts();
    for number in 0..kills().max(parts.len()) {
        let before = load.history.acknowledged();
        // Load and the kill are to meet at every point of a request's way, and of a session's.
        sleep(Duration::from_millis(rand::random_range(50..600))).await;
        let part = parts[number % parts.len()];
        beep.kill(part);
        beep.restart(part).await;
        println!(
            "{database:?}: kill {number} of {part}, {} acknowledged since the last",
            load.history.acknowledged() - before
        );
    }
    let acknowledged = load.history.acknowledged();
    let verdict = load.end().await;
    println!("{database:?}: {acknowledged} acknowledged, {verdict:?}");
    assert!(acknowledged > 0 && verdict.unknown > 0, "nothing was hit");
    // With several processes, an event may be told late by whoever finds it in the outbox.
    let alone = parts.len() == 1;
    assert!(!alone || verdict.gaps_repaired == 0, "one process has no gaps");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_nothing_acknowledged_is_lost() {
    futures::future::join_all(Database::all().into_iter().map(kill_under_load)).await;
}
