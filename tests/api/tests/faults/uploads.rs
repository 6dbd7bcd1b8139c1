//! `kill -9` in the middle of an upload: what was acknowledged is there, and the upload goes on.

use std::{convert::Infallible, time::Duration};

use api::{
    beep::{Beep, Database},
    files::{self, append, begin},
    people::Person,
};
use futures::{StreamExt, stream};
use serde_json::json;
use tokio::time::Instant;

/// What is acknowledged before the kill.
const FIRST: usize = 1_500_000;

/// Asks until somebody can tell; the time limit only ends a test that fails.
async fn offset(person: &Person, location: &str) -> usize {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(offset) = files::offset(person, location).await {
            return offset;
        }
        assert!(Instant::now() < deadline, "nobody can tell");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn kill_in_the_middle(database: Database) {
    let beep = Beep::start(database).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let content = files::bytes(5_000_000);
    for part in beep.parts() {
        let location = begin(&person, &server, content.len()).await;
        let first = append(&person, &location, 0, content[..FIRST].to_vec()).await.unwrap();
        assert_eq!(first.header("upload-offset"), FIRST.to_string(), "{}", first.text());
        // The rest comes but for its end, and then stands still.
        let rest = content[FIRST..content.len() - 10].to_vec();
        let rest = stream::iter([Ok::<_, Infallible>(rest)]).chain(stream::pending());
        let sending = append(&person, &location, FIRST, reqwest::Body::wrap_stream(rest));
        let killing = async {
            let deadline = Instant::now() + Duration::from_secs(20);
            while files::offset(&person, &location)
                .await
                .is_none_or(|offset| offset <= FIRST)
            {
                assert!(Instant::now() < deadline, "nothing more arrives");
            }
            let told = offset(&person, &location).await;
            beep.kill(part);
            told
        };
        let told = tokio::select! {
            told = killing => told,
            answer = sending => panic!("{answer:?} before its end"),
        };
        beep.restart(part).await;
        let mut kept = offset(&person, &location).await;
        assert!(kept >= told, "{database:?}, {part}: {kept} of {told}");
        // While a process comes back, some attempts may fail; each goes on from where the last has come to.
        let deadline = Instant::now() + Duration::from_secs(30);
        while kept < content.len() || person.get(&location).await.status != 200 {
            let _ = append(&person, &location, kept, content[kept..].to_vec()).await;
            kept = offset(&person, &location).await;
            assert!(Instant::now() < deadline, "{database:?}, {part}: it does not go on");
        }
        let file = person.get(&location).await.expect(200);
        let url = file["url"]
            .as_str()
            .unwrap()
            .strip_prefix("/api/v1")
            .unwrap()
            .to_owned();
        assert!(
            person.get(&url).await.body == content,
            "{database:?}, {part}: another file"
        );
        let message = json!({ "attachment_ids": [file["id"]] });
        person.post(&server.messages(), message).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_an_upload_goes_on() {
    futures::future::join_all(Database::all().into_iter().map(kill_in_the_middle)).await;
}
