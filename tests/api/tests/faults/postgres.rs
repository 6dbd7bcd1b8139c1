//! PostgreSQL stops, or dies: sends are refused for a while, nothing acknowledged is lost, and Beep finds it again by itself.

use std::time::Duration;

use api::{
    beep::{Database, Postgres, Setup},
    http::Caller,
    left_out::{WITHOUT_POSTGRES, left_out},
    patience,
};

use crate::load::Load;

const WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_beep_waits_and_goes_on_when_it_is_back() {
    let Some(postgres) = Postgres::start().await else {
        left_out(WITHOUT_POSTGRES);
        return;
    };
    let beep = Setup::default().on(&postgres.url()).start(Database::Postgres).await;
    // Apart, those that keep something there say what is missing.
    let keeper = beep
        .instances_of("messages")
        .first()
        .map_or(beep.address, |name| beep.address_of(name));
    let load = Load::start(&beep, 4, 2).await;
    for mode in ["immediate", "fast"] {
        load.until_acknowledged(40).await;
        postgres.stop(mode).await;
        patience::until(WITHIN, "a message is refused", async || {
            let answer = load.try_to_send().await;
            (answer.status == 503).then(|| assert!(!answer.header("retry-after").is_empty(), "{}", answer.text()))
        })
        .await;
        let ready = Caller::nobody(keeper).get("//readyz").await;
        assert_eq!(ready.status, 503, "{}", ready.text());
        assert!(ready.json()["checks"]["database"].is_string(), "{}", ready.text());
        postgres.launch().await;
        load.until_acknowledged(40).await;
        for part in beep.processes() {
            beep.wait_until_ready(part).await;
        }
    }
    let verdict = load.end().await;
    println!("{verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn beep_starts_before_its_database_does() {
    let Some(postgres) = Postgres::start().await else {
        left_out(WITHOUT_POSTGRES);
        return;
    };
    postgres.stop("fast").await;
    let starting = Setup::default().on(&postgres.url()).start(Database::Postgres);
    let (beep, ()) = tokio::join!(starting, postgres.launch());
    api::people::Person::sign_up(&beep).await;
}
