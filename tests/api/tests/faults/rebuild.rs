//! An index that is wrong without knowing is made anew by `beep search rebuild`: while Beep runs, while it does not, and
//! whatever is killed.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};

use api::{
    beep::{Beep, Database, Setup, Shape},
    patience,
    people::{Person, Server, text},
};
use futures::future::join_all;
use serde_json::Value;

const KILLS: usize = 5;
/// Within this time a message is found, and an index made anew.
const WITHIN: Duration = Duration::from_mins(1);

/// A Beep whose index can be looked at, and what was written.
struct World {
    beep: Beep,
    part: String,
    folder: PathBuf,
    owner: Person,
    server: Server,
    written: usize,
}

impl World {
    async fn new(database: Database, folder: &Path) -> Self {
        let folder = folder.join("index");
        let setup = Setup::default().with("SEARCH__DIRECTORY", &folder.display().to_string());
        let beep = setup.start(database).await;
        let part = match Shape::told() {
            Shape::Apart => beep.instances_of("search")[0].to_owned(),
            Shape::Together => beep.processes()[0].to_owned(),
        };
        let owner = Person::sign_up(&beep).await;
        let server = owner.create_server("public").await;
        Self {
            beep,
            part,
            folder,
            owner,
            server,
            written: 0,
        }
    }

    async fn write(&mut self) {
        self.written += 1;
        let content = format!("zebra {}", self.written);
        self.owner.send_message(&self.server, &content).await;
    }

    /// How many are found, and whether that is said to be all; nothing as long as nobody answers.
    async fn found(&self) -> Option<(usize, bool)> {
        let path = format!("{}/search?limit=50&query=zebra%20", self.server.path());
        let answer = self.owner.try_send("GET", &path, api::http::Body::Empty).await.ok()?;
        if answer.status == 503 {
            return None;
        }
        let page = answer.expect(200);
        let items = page["items"].as_array().unwrap().len();
        assert_eq!(page["total"], items, "{page}");
        Some((items, page["is_complete"] == true))
    }

    async fn finds_all(&self) {
        let what = format!("all {} are found", self.written);
        patience::until(WITHIN, &what, async || {
            (self.found().await == Some((self.written, true))).then_some(())
        })
        .await;
    }

    /// As long as not all is found, that is said.
    async fn finds_all_and_never_less_without_a_word(&self) {
        let what = format!("all {} are found", self.written);
        patience::until(WITHIN, &what, async || {
            let (found, complete) = self.found().await?;
            assert!(found == self.written || !complete, "{found} of {}", self.written);
            complete.then_some(())
        })
        .await;
    }

    /// The file that says which parts the index has, which are files of their own.
    fn parts(&self) -> (PathBuf, Value) {
        let current = std::fs::read_to_string(self.folder.join("current")).unwrap();
        let path = self.folder.join(format!("index-{current}")).join("meta.json");
        let parts = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        (path, parts)
    }

    fn ids(parts: &Value) -> BTreeSet<String> {
        let parts = parts["segments"].as_array().unwrap().iter();
        parts.map(|part| text(&part["segment_id"])).collect()
    }

    /// Stops it, and takes all parts out of the index but the last, which says how far the messages were followed.
    async fn stop_and_take_out(&mut self) {
        for _ in 0..3 {
            self.write().await;
        }
        self.finds_all().await;
        let before = Self::ids(&self.parts().1);
        self.write().await;
        self.finds_all().await;
        self.beep.stop(&self.part).await;
        let (path, mut parts) = self.parts();
        let all = parts["segments"].as_array_mut().unwrap();
        all.retain(|part| !before.contains(&text(&part["segment_id"])));
        assert!(!all.is_empty() && !before.is_empty());
        std::fs::write(path, parts.to_string()).unwrap();
    }

    /// It is not whole and says that it is.
    async fn is_wrong_without_knowing(&self) {
        patience::until(WITHIN, "it believes to be whole", async || {
            (self.found().await == Some((1, true))).then_some(())
        })
        .await;
    }

    async fn rebuild(&self) -> Output {
        let mut command = self.beep.command(&self.part, &["search", "rebuild"]);
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

async fn rebuild_in_every_way(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(database, folder.path()).await;

    // While it runs: when the command ends, all is there.
    world.stop_and_take_out().await;
    world.beep.restart(&world.part).await;
    world.is_wrong_without_knowing().await;
    assert!(said(&world.rebuild().await).ends_with("Done: the new index answers.\n"));
    assert_eq!(world.found().await, Some((world.written, true)), "{}", world.beep.log());
    world.write().await;
    world.finds_all().await;

    // While it does not: from the next start on.
    world.stop_and_take_out().await;
    assert!(said(&world.rebuild().await).contains("When it starts"));
    world.beep.restart(&world.part).await;
    world.finds_all_and_never_less_without_a_word().await;

    // Killed in between, again and again.
    world.stop_and_take_out().await;
    world.beep.restart(&world.part).await;
    world.is_wrong_without_knowing().await;
    for _ in 0..KILLS {
        let waits = world.beep.command(&world.part, &["search", "rebuild"]).spawn().unwrap();
        let wanted = world.folder.join("rebuild");
        // The moment of the kill is to be any after the wish.
        tokio::time::sleep(Duration::from_millis(rand::random_range(50..1_300))).await;
        world.beep.kill(&world.part);
        let done = !wanted.exists();
        let output = tokio::task::spawn_blocking(move || waits.wait_with_output().unwrap())
            .await
            .unwrap();
        let says_so = String::from_utf8_lossy(&output.stdout).contains("Done");
        assert_eq!(says_so, says_so && done && output.status.success(), "{output:?}");
        world.beep.restart(&world.part).await;
    }
    assert!(!said(&world.rebuild().await).is_empty());
    world.finds_all_and_never_less_without_a_word().await;
    let left = std::fs::read_dir(&world.folder).unwrap();
    let left: BTreeSet<_> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!left.contains("rebuild"), "{left:?}");
    println!("{database:?}: all {} are found after {KILLS} kills", world.written);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_made_anew_whatever_ends_meanwhile() {
    join_all(Database::all().into_iter().map(rebuild_in_every_way)).await;
}
