//! Files from outside: uploads that break off and go on, in whole and in parts, and what a browser is told.

use std::time::Duration;

use api::{
    beep::{Database, Shape, shared},
    files::{self, append, begin},
    http::Answer,
    people::{Person, text},
};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::Instant};

/// Waits until so much of the upload is kept; the time limit only ends a test that fails.
async fn arrives(person: &Person, location: &str, expected: usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let offset = files::offset(person, location).await;
        if offset == Some(expected) {
            return;
        }
        assert!(Instant::now() < deadline, "{offset:?} instead of {expected}");
        tokio::task::yield_now().await;
    }
}

/// Sends the rest, from wherever the upload is: what is still on its way may come before it.
async fn go_on(person: &Person, location: &str, content: &[u8]) -> Answer {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let offset = files::offset(person, location).await.unwrap();
        assert!(offset <= SENT, "{offset}: more than was sent");
        let rest = append(person, location, offset, content[offset..].to_vec())
            .await
            .unwrap();
        if rest.status != 409 {
            return rest;
        }
        assert!(Instant::now() < deadline, "it does not go on");
    }
}

/// What is sent before the connection breaks.
const SENT: usize = 2_000_001;

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_its_connection_broke() {
    let content = files::bytes(3_300_000);
    for database in Database::all() {
        let beep = shared(database).await;
        let person = Person::sign_up(&beep).await;
        let server = person.create_server("public").await;
        let location = begin(&person, &server, content.len()).await;
        // A connection that ends in the middle of what it has promised.
        let mut broken = TcpStream::connect(person.address).await.unwrap();
        let head = format!(
            "PATCH /api/v1{location} HTTP/1.1\r\nhost: beep\r\nauthorization: Bearer {}\r\ntus-resumable: 1.0.0\r\n\
             upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
            person.token,
            content.len()
        );
        broken.write_all(head.as_bytes()).await.unwrap();
        broken.write_all(&content[..SENT]).await.unwrap();
        broken.shutdown().await.unwrap();
        if Shape::told() == Shape::Together {
            // To the last byte. A front door may lose what it has not handed on yet.
            arrives(&person, &location, SENT).await;
        }
        let wrong = append(&person, &location, SENT + 1, "x").await.unwrap();
        wrong.is_problem(409, "upload_offset_conflict");
        let rest = go_on(&person, &location, &content).await;
        assert_eq!(
            (rest.status, rest.header("upload-offset")),
            (204, "3300000"),
            "{}",
            rest.text()
        );
        let file = person.get(&location).await.expect(200);
        let message = json!({ "attachment_ids": [file["id"]] });
        let sent = person.post(&server.messages(), message).await.expect(201);
        assert_eq!(sent["attachments"][0]["size"], 3_300_000, "{database:?}");
        let path = below(&sent["attachments"][0]["url"]);
        let whole = person.get(&path).await;
        assert!(
            whole.status == 200 && whole.body == content,
            "{database:?}: another file"
        );
        let range = [("range", "bytes=1999999-2000002".to_owned())];
        let part = person.try_send_with("GET", &path, &range, "").await.unwrap();
        assert_eq!(
            (part.status, &part.body[..]),
            (206, &content[1_999_999..2_000_003]),
            "{database:?}"
        );
        assert_eq!(part.header("content-range"), "bytes 1999999-2000002/3300000");
        let head = person.send("HEAD", &path, api::http::Body::Empty).await;
        assert_eq!((head.status, head.header("content-length")), (200, "3300000"));
    }
}

fn below(url: &Value) -> String {
    text(url).strip_prefix("/api/v1").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_could_run_is_shown_as_a_page_of_ours() {
    let beep = shared(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    for (name, content, kind, way) in [
        (
            "a.html",
            "<!doctype html><script>alert(1)</script>",
            "application/octet-stream",
            "attachment",
        ),
        (
            "a.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "application/octet-stream",
            "attachment",
        ),
        (
            "a.png",
            "<html>no picture</html>",
            "application/octet-stream",
            "attachment",
        ),
        ("a.pdf", "%PDF-1.7", "application/octet-stream", "attachment"),
        ("a.html", "only text", "text/plain; charset=utf-8", "inline"),
    ] {
        let file = files::upload(&person, &server, name, content.as_bytes()).await;
        let answer = person.get(&below(&file["url"])).await;
        assert_eq!(
            (answer.header("content-type"), answer.text().as_str()),
            (kind, content),
            "{name}"
        );
        let disposition = format!("{way}; filename*=UTF-8''{name}");
        assert_eq!(answer.header("content-disposition"), disposition);
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "private, no-cache"),
        ] {
            assert_eq!(answer.header(header), value, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_has_a_smaller_one_and_limits_are_told() {
    let beep = shared(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let file = files::upload(&person, &server, "p.png", &api::people::picture(9)).await;
    assert_eq!(file["content_type"], "image/png");
    assert!(file["width"].as_i64().unwrap() > 0 && file["placeholder"].is_string());
    let small = person.get(&below(&file["thumbnail_url"])).await;
    assert_eq!(small.status, 200);
    assert!(small.header("content-type").starts_with("image/"));
    let limits = person.get("/instance").await.expect(200)["limits"].clone();
    assert_eq!(limits["attachments_per_message"], 10);
    let most = usize::try_from(limits["attachment_bytes"].as_u64().unwrap()).unwrap();
    let headers = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-length", (most + 1).to_string()),
    ];
    let path = format!("{}/attachments", server.channel());
    let refused = person.try_send_with("POST", &path, &headers, "").await.unwrap();
    refused.is_problem(413, "attachment_too_large");
}
