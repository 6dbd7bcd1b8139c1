//! A rolling restart: every process is stopped and started again, one after the other, while people write and read. Nobody
//! notices more than a pause.

use api::{
    beep::{Database, Setup, Shape},
    left_out::{WITHOUT_POSTGRES, left_out},
};

use crate::load::Load;

const SENDERS: usize = 6;
const FOLLOWERS: usize = 4;

async fn restart_one_after_the_other(setup: Setup, what: &str) {
    let beep = setup.start(Database::Postgres).await;
    let load = Load::start(&beep, SENDERS, FOLLOWERS).await;
    for process in beep.processes() {
        load.until_acknowledged(40).await;
        assert_eq!(beep.stop(process).await, Some(0), "{process} did not end well");
        beep.restart(process).await;
    }
    load.until_acknowledged(40).await;
    let acknowledged = load.history.acknowledged();
    let verdict = load.end().await;
    let anew = verdict.begun - FOLLOWERS;
    println!(
        "{what}: {acknowledged} acknowledged, {} attempts repeated, {} sessions resumed, {anew} begun anew",
        verdict.unknown, verdict.resumed
    );
    // One process takes all its sessions with it.
    if Shape::told() == Shape::Apart {
        assert!(verdict.resumed > 0, "no session was resumed");
        assert_eq!(anew, 0, "sessions began anew");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_one_process_after_the_other_loses_and_doubles_nothing() {
    if Database::all().contains(&Database::Postgres) {
        restart_one_after_the_other(Setup::default(), "as told").await;
    } else {
        left_out(WITHOUT_POSTGRES);
    }
}
