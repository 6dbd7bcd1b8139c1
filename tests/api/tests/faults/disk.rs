//! A full disk: what cannot be stored is refused in a way that clients understand, and when there is room again all goes on.

use std::{path::PathBuf, process::Command, time::Duration};

use api::{
    beep::{Beep, Database, Setup},
    http::Body,
    patience,
    people::Person,
};
use serde_json::json;

use crate::load::Load;

const WITHIN: Duration = Duration::from_secs(20);

/// A disk of a few megabytes; it is unmounted with this value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this process may not mount anything.
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("beep-disk-").tempdir().unwrap().keep();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=700"), "tmpfs"])
            .arg(&folder)
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        let _ = std::fs::remove_dir(&folder);
        None
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Leaves no room at all.
    fn fill(&self) {
        use std::io::Write;
        let mut file = std::fs::File::create(self.ballast()).unwrap();
        let block = vec![0_u8; 4096];
        while file.write_all(&block).is_ok() {}
    }

    fn empty(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _ = std::fs::remove_dir(&self.0);
    }
}

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
        eprintln!("left out: this process may not mount a small disk (run the tests as root)");
        return;
    };
    let beep = Setup::default()
        .in_folder(disk.0.join("data"))
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
