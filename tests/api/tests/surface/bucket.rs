//! A Beep that keeps its files in a bucket, on an S3 server on this machine.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Setup, free_address},
    files::{self, append, begin},
    patience,
    people::{Person, picture, text},
};
use s3_server::{Fault, S3Server};
use serde_json::{Value, json};

/// How long a bucket may take to be as it should be.
const WITHIN: Duration = Duration::from_mins(1);

/// A Beep whose files go there.
fn setup(server: &S3Server) -> Setup {
    Setup::default()
        .with("STORAGE__OBJECTS", "s3")
        .with("STORAGE__S3__ENDPOINT", &server.endpoint())
        .with("STORAGE__S3__BUCKET", s3_server::BUCKET)
        .with("STORAGE__S3__ACCESS_KEY_ID", s3_server::ACCESS_KEY_ID)
        .with("STORAGE__S3__SECRET_ACCESS_KEY", s3_server::SECRET_ACCESS_KEY)
        .with("STORAGE__S3__PREFIX", "beep")
}

/// A server that finds its port free when it is started again.
async fn server() -> S3Server {
    S3Server::start_at(free_address(), None).await
}

/// The path of a URL below `/api/v1`.
fn below(url: &Value) -> String {
    text(url).strip_prefix("/api/v1").unwrap().to_owned()
}

/// What lies below a folder of the bucket.
fn kept(server: &S3Server, folder: &str) -> Vec<String> {
    let keys = server.keys().into_iter();
    keys.filter(|key| key.starts_with(&format!("beep/{folder}/"))).collect()
}

/// Uploads all of it, piece by piece, and answers the file.
async fn upload(person: &Person, server: &api::people::Server, content: &[u8]) -> Value {
    let location = begin(person, server, content.len()).await;
    let mut sent = 0;
    for piece in content.chunks(7_000_000) {
        let answer = append(person, &location, sent, piece.to_vec()).await.unwrap();
        assert_eq!(answer.status, 204, "{}", answer.text());
        sent += piece.len();
    }
    person.get(&location).await.expect(200)
}

async fn files_are_there_until_they_go(database: Database) {
    let bucket = server().await;
    let beep = setup(&bucket).start(database).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    // Large enough to stay in its parts.
    let content = files::bytes(20_000_000);
    let file = upload(&person, &server, &content).await;
    let seen = files::upload(&person, &server, "p.png", &picture(9)).await;
    let message = json!({ "attachment_ids": [file["id"], seen["id"]] });
    let message = person.post(&server.messages(), message).await.expect(201);
    let files = kept(&bucket, "files");
    let count = |end: &str| files.iter().filter(|key| key.ends_with(end)).count();
    assert_eq!(
        [count("/list"), count("/whole"), count("/thumbnail")],
        [1, 1, 1],
        "{files:?}"
    );
    let parts = files.iter().filter(|key| key.contains("/parts/")).count();
    assert!(parts >= 7, "{files:?}");

    let path = below(&file["url"]);
    assert!(person.get(&path).await.body == content, "{database:?}: another file");
    let range = [("range", "bytes=8388606-8388609".to_owned())];
    let part = person.try_send_with("GET", &path, &range, "").await.unwrap();
    assert_eq!((part.status, &part.body[..]), (206, &content[8_388_606..8_388_610]));
    let small = person.get(&below(&seen["thumbnail_url"])).await;
    assert_eq!(small.status, 200);
    assert!(
        small.header("content-type").starts_with("image/"),
        "{:?}",
        small.headers
    );

    let path = format!("{}/{}", server.messages(), text(&message["id"]));
    person.delete(&path).await.expect(204);
    patience::until(WITHIN, "the bytes are gone", async || {
        kept(&bucket, "files").is_empty().then_some(())
    })
    .await;

    let me = person.put_avatar(picture(7)).await.expect(200);
    let shown = person.get(&below(&me["avatar_url"])).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(kept(&bucket, "pictures").len(), 1);
    let next = person.put_avatar(picture(7)).await.expect(200);
    patience::until(WITHIN, "the picture before is gone", async || {
        (kept(&bucket, "pictures").len() == 1).then_some(())
    })
    .await;
    assert_eq!(person.get(&below(&next["avatar_url"])).await.status, 200);
    let log = beep.log();
    assert!(!log.contains(s3_server::SECRET_ACCESS_KEY), "the secret is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_in_the_bucket_until_they_go() {
    futures::future::join_all(Database::all().into_iter().map(files_are_there_until_they_go)).await;
}

/// Waits until `/readyz` tells whether the bucket is there, of the process that asks for it.
async fn until_told(beep: &Beep, is_there: bool) {
    let name = beep.processes()[0];
    let url = format!("http://{}/readyz", beep.address_of(name));
    let client = reqwest::Client::new();
    patience::until(WITHIN, "/readyz tells of the bucket", async || {
        let answer = client.get(&url).send().await.ok()?;
        assert_eq!(answer.status(), 200, "{name} serves what needs no files");
        let told: Value = answer.json().await.ok()?;
        let notice = told["notices"].get("objects")?;
        (notice.is_null() == is_there).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bucket_is_away_files_are_refused_and_all_else_goes_on() {
    let mut bucket = server().await;
    let beep = setup(&bucket).start(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let file = upload(&person, &server, &files::bytes(3_000_000)).await;
    let seen = files::upload(&person, &server, "p.png", &picture(9)).await;
    let me = person.put_avatar(picture(7)).await.expect(200);
    let content = files::bytes(2_000_000);
    let begun = begin(&person, &server, content.len()).await;
    append(&person, &begun, 0, content[..1_500_000].to_vec()).await.unwrap();
    let paths = [&file["url"], &seen["thumbnail_url"], &me["avatar_url"]].map(below);

    bucket.stop().await;
    for path in &paths {
        let refused = person.get(path).await;
        refused.is_problem(503, "unavailable");
        assert!(!refused.header("retry-after").is_empty(), "{:?}", refused.headers);
    }
    let refused = append(&person, &begun, 1_500_000, content[1_500_000..].to_vec())
        .await
        .unwrap();
    refused.is_problem(503, "unavailable");
    person.put_avatar(picture(8)).await.is_problem(503, "unavailable");
    person.send_message(&server, "without a file").await;

    bucket.start_again().await;
    // A store that was silent is asked once in a while at first.
    patience::until(WITHIN, "the bucket is seen again", async || {
        (person.get(&paths[0]).await.status == 200).then_some(())
    })
    .await;
    for path in &paths {
        assert_eq!(person.get(path).await.status, 200, "{path}");
    }
    // The upload goes on from what had arrived.
    let arrived = files::offset(&person, &begun).await.unwrap();
    assert_eq!(arrived, 1_500_000);
    append(&person, &begun, arrived, content[arrived..].to_vec())
        .await
        .unwrap();
    let file = person.get(&begun).await.expect(200);
    assert!(person.get(&below(&file["url"])).await.body == content);
    person.put_avatar(picture(8)).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_bucket_is_told_as_such() {
    let bucket = server().await;
    let beep = setup(&bucket).start(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let location = begin(&person, &server, 3).await;
    bucket.fail(|asked| (asked.method == "PUT").then_some(Fault::Refusal(507, "XMinioStorageFull")));
    append(&person, &location, 0, "abc")
        .await
        .unwrap()
        .is_problem(507, "storage_full");
    bucket.recover();
    let taken = append(&person, &location, 0, "abc").await.unwrap();
    assert_eq!(taken.status, 204, "{}", taken.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beep_starts_before_its_bucket() {
    let mut bucket = server().await;
    bucket.stop().await;
    let beep = setup(&bucket).start(Database::Sqlite).await;
    until_told(&beep, false).await;
    let person = Person::sign_up(&beep).await;
    person.put_avatar(picture(7)).await.is_problem(503, "unavailable");
    bucket.start_again().await;
    until_told(&beep, true).await;
    person.put_avatar(picture(7)).await.expect(200);
}
