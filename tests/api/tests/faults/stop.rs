//! SIGTERM: what is in flight is finished, clients are told to come back, and the exit code is 0.

use std::time::Duration;

use api::{
    beep::{Beep, Database},
    gateway::{Heard, Live},
    people::Person,
};
use futures::future::join_all;

use crate::load::Load;

/// How often each Beep is stopped.
const STOPS: usize = 3;
/// How long it may take until all processes have stopped, one after the other, each after the time in which others turn away.
const ALL_STOPPED_WITHIN: Duration = Duration::from_mins(1);

async fn stop_under_load(database: Database) {
    let beep = Beep::start(database).await;
    let load = Load::start(&beep, 4, 2).await;
    for _ in 0..STOPS {
        load.until_acknowledged(40).await;
        for part in beep.processes() {
            assert_eq!(beep.stop(part).await, Some(0), "{database:?}: {part} did not end well");
            beep.restart(part).await;
        }
    }
    let verdict = load.end().await;
    println!("{database:?}: {verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_under_load_it_ends_well_and_loses_nothing() {
    join_all(Database::all().into_iter().map(stop_under_load)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_told_when_to_come_back() {
    let beep = Beep::start(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let (mut live, _) = Live::identify(&person).await;
    let stopping = async {
        for part in beep.processes() {
            assert_eq!(beep.stop(part).await, Some(0));
        }
    };
    let told = async {
        let Some(Heard::Frame(frame)) = live.next_within(ALL_STOPPED_WITHIN).await else {
            panic!("nobody says when to come back");
        };
        assert_eq!(frame["op"], "reconnect", "{frame}");
        assert!(frame["after_ms"].is_u64(), "{frame}");
        assert_eq!(live.next().await, Heard::Closed(4012));
    };
    tokio::join!(stopping, told);
}
