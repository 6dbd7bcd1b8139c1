//! A full disk: what cannot be stored is refused in a way that clients understand, and when there is room again all goes on.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Postgres, Setup, SmallDisk},
    http::Body,
    left_out::{WITHOUT_DISK, WITHOUT_POSTGRES, left_out},
    patience,
    people::Person,
};
use serde_json::json;

use crate::load::Load;

const WITHIN: Duration = Duration::from_secs(20);

async fn is_refused(beep: &Beep, load: &Load) {
    patience::until(WITHIN, "a message is refused", async || {
        let answer = load.try_to_send().await;
        (answer.status == 503).then(|| {
            assert_eq!(answer.code(), "unavailable", "{}", answer.text());
            assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
        })
    })
    .await;
    patience::until(WITHIN, "/readyz says why", async || {
        let ready = load.nobody().get("//readyz").await;
        let why = ready.json()["checks"]["database"].to_string();
        (ready.status == 503 && why.contains("full")).then_some(())
    })
    .await;
    assert_eq!(load.nobody().get("//healthz").await.status, 200);
    assert!(beep.log().contains("full"), "the log does not say why");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_acknowledged_is_lost_and_room_is_enough_to_go_on() {
    let Some(disk) = SmallDisk::mount(48) else {
        left_out(WITHOUT_DISK);
        return;
    };
    let beep = Setup::default()
        .in_folder(disk.path().join("data"))
        .start(Database::Sqlite)
        .await;
    let load = Load::start(&beep, 4, 2).await;
    for _ in 0..2 {
        load.until_acknowledged(40).await;
        disk.fill();
        is_refused(&beep, &load).await;
        // What is stored can be read all the while.
        load.read().await;
        disk.empty();
        load.until_acknowledged(40).await;
        for part in beep.processes() {
            beep.wait_until_ready(part).await;
        }
    }
    let verdict = load.end().await;
    println!("{verdict:?}");
    let person = Person::sign_up(&beep).await;
    disk.fill();
    let refused = patience::until(WITHIN, "a picture is refused", async || {
        let answer = person.put_avatar(api::people::picture(1)).await;
        (answer.status == 503).then_some(answer)
    })
    .await;
    assert!(!refused.header("retry-after").is_empty());
    let change = Body::Json(json!({ "biography": "x".repeat(400) }));
    let answer = person.send("PATCH", "/users/@me", change).await;
    // A small change may still fit into what the database has on the disk already.
    let refused = answer.status == 503 && !answer.header("retry-after").is_empty();
    assert!(refused || answer.status == 200, "{}", answer.text());
    disk.empty();
    patience::until(WITHIN, "a picture is taken", async || {
        (person.put_avatar(api::people::picture(1)).await.status == 200).then_some(())
    })
    .await;
    drop(beep);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_of_the_database_server_nothing_acknowledged_is_lost() {
    let Some(disk) = SmallDisk::mount(160) else {
        left_out(WITHOUT_DISK);
        return;
    };
    let Some(postgres) = Postgres::start_on(&disk).await else {
        left_out(WITHOUT_POSTGRES);
        return;
    };
    let beep = Setup::default().on(&postgres.url()).start(Database::Postgres).await;
    let load = Load::start(&beep, 4, 2).await;
    for _ in 0..2 {
        load.until_acknowledged(40).await;
        disk.fill();
        // There is room in what the server has on the disk already; when that is used up, it ends or refuses.
        patience::until(WITHIN, "a message is refused", async || {
            let answer = load.try_to_send().await;
            (answer.status == 503).then(|| assert!(!answer.header("retry-after").is_empty(), "{}", answer.text()))
        })
        .await;
        disk.empty();
        postgres.launch_if_ended().await;
        load.until_acknowledged(40).await;
    }
    let verdict = load.end().await;
    println!("{verdict:?}");
    drop(beep);
    drop(postgres);
}
