//! All that is kept of somebody, downloaded from outside.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    time::Duration,
};

use api::{
    beep::{Database, shared},
    files::{bytes, upload},
    http::Answer,
    patience,
    people::{Person, id, picture, text},
};
use serde_json::{Value, json};
use zip::ZipArchive;

const EXPORT: &str = "/users/@me/export";
/// How long it may take; only a test that fails waits for so long.
const WITHIN: Duration = Duration::from_mins(1);

/// Waits until the export can be downloaded, and answers what is said of it.
async fn ready(person: &Person) -> Value {
    patience::until(WITHIN, "the export is ready", async || {
        let export = person.get(EXPORT).await.expect(200);
        let status = text(&export["status"]);
        assert!(status == "ready" || status == "preparing", "{export}");
        (status == "ready").then_some(export)
    })
    .await
}

async fn download(person: &Person) -> Answer {
    person.get("/users/@me/export/file").await
}

/// What is in the archive, each entry as its checksum says.
fn entries(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let count = archive.len();
    let read = |index: usize| {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.name().unwrap().into_owned(), content)
    };
    (0..count).map(read).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_downloads_all_that_is_kept_of_them() {
    let large = bytes(2_300_001);
    for database in Database::all() {
        let beep = shared(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let server = ada.create_server("public").await;
        bob.join(&server).await;
        let word = format!("word-{:08x}", rand::random::<u32>());
        ada.send_message(&server, &format!("{word} of Ada")).await;
        let gone = bob.send_message(&server, &format!("{word} that goes")).await;
        bob.delete(&format!("{}/{}", server.messages(), id(&gone)))
            .await
            .expect(204);
        let kept = bob.send_message(&server, &format!("{word} of Bob")).await;
        let file = upload(&bob, &server, "large.bin", &large).await;
        let message = json!({ "content": "look", "attachment_ids": [file["id"]] });
        bob.post(&server.messages(), message).await.expect(201);

        let pictured = bob.put_banner(picture(3)).await.expect(200);

        download(&bob).await.is_problem(404, "export_not_found");
        bob.post(EXPORT, Value::Null).await.expect(202);
        let export = ready(&bob).await;
        let answer = download(&bob).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(export["size"], json!(answer.body.len()), "{database:?}");
        assert_eq!(answer.header("content-type"), "application/zip");
        assert!(
            answer
                .header("content-disposition")
                .starts_with("attachment; filename=\"beep-")
        );
        let entries = entries(&answer.body);
        let of = |name: &str| serde_json::from_slice::<Value>(&entries[name]).unwrap();
        let me = bob.get("/users/@me").await.expect(200);
        let account = of("account.json");
        assert_eq!(account["profile"], me, "{database:?}");
        assert!(pictured["banner_url"].is_string(), "{pictured}");
        assert_eq!(account["profile"]["banner_url"], pictured["banner_url"], "{database:?}");
        assert_eq!(account["sign_ins"].as_array().unwrap().len(), 1, "{database:?}");
        let servers = of("servers.json");
        assert_eq!(servers[0]["id"], json!(server.id), "{database:?}: {servers}");
        assert!(
            servers[0]["name"].is_string() && servers[0]["joined_at"].is_string(),
            "{servers}"
        );
        let told = of(&format!("messages/{}.json", server.channel_id));
        assert!(told["channel"]["name"].is_string(), "{database:?}: {told}");
        let contents: Vec<_> = told["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| text(&one["content"]))
            .collect();
        assert_eq!(contents, [text(&kept["content"]), "look".to_owned()], "{database:?}");
        let place = text(&told["messages"][1]["attachments"][0]["file"]);
        assert_eq!(place, format!("files/{}-large.bin", id(&file)));
        assert!(entries[&place] == large, "{database:?}: the file is what was sent");
        for (name, content) in &entries {
            let content = String::from_utf8_lossy(content);
            for other in [format!("{word} of Ada"), format!("{word} that goes"), ada.id.clone()] {
                assert!(!content.contains(&other), "{database:?}: {other} is in {name}");
            }
        }
        // Until a new one is ready, there is this one.
        bob.post(EXPORT, Value::Null).await.expect(202);
        assert_eq!(download(&bob).await.status, 200, "{database:?}");
        ready(&bob).await;
        assert_eq!(download(&bob).await.status, 200, "{database:?}");
        // Nobody else has it, and nothing of it.
        download(&ada).await.is_problem(404, "export_not_found");
        ada.get(EXPORT).await.is_problem(404, "export_not_found");
    }
}
