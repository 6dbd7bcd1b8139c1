//! What is left in the database of somebody who was erased.

use std::time::Duration;

use api::{
    beep::{Database, Setup},
    files::upload,
    http::Body,
    patience,
    people::{Person, Server, id, text},
};
use serde_json::{Value, json};

use crate::tables::Tables;

/// How soon an account is erased without a time of grace, with all that belongs to it.
const WITHIN: Duration = Duration::from_mins(1);
/// Where what is somebody's alone is kept, and in which column it says whose it is.
const PRIVATE: [(&str, &str); 6] = [
    ("drafts", "user_id"),
    ("read_states", "user_id"),
    ("exports", "user_id"),
    ("uploaders", "user_id"),
    ("members", "user_id"),
    ("sign_ins", "user_id"),
];

/// The tables that keep something that is this user's alone.
async fn private(tables: &Tables, user: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (table, column) in PRIVATE {
        if tables.count(table, &format!("{column} = {user}")).await > 0 {
            found.push(table);
        }
    }
    found
}

/// Begins a draft, reads a channel, keeps a file back, and has all data gathered.
async fn live(person: &Person, server: &Server) {
    let message = person.send_message(server, "I was here").await;
    let read = json!({ "message_id": id(&message) });
    let path = format!("{}/read", server.channel());
    person.send("PUT", &path, Body::Json(read)).await.expect(200);
    let draft = json!({ "content": "what I never said" });
    let path = format!("{}/draft", server.channel());
    person.send("PUT", &path, Body::Json(draft)).await.expect(200);
    let sent = upload(person, server, "sent.bin", b"sent").await;
    let message = json!({ "attachment_ids": [sent["id"]] });
    person.post(&server.messages(), message).await.expect(201);
    person.post("/users/@me/export", Value::Null).await.expect(202);
    patience::until(WITHIN, "the export is ready", async || {
        let export = person.get("/users/@me/export").await.expect(200);
        (text(&export["status"]) == "ready").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_that_was_somebodys_alone() {
    for database in Database::all() {
        let beep = Setup::default().without_grace().start(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let server = bob.create_server("public").await;
        ada.join(&server).await;
        for person in [&ada, &bob] {
            live(person, &server).await;
        }
        let tables = Tables::of(&beep).await;
        let all: Vec<&str> = PRIVATE.iter().map(|(table, _)| *table).collect();
        for person in [&ada, &bob] {
            assert_eq!(private(&tables, &person.id).await, all, "{database:?}");
        }

        let shown = json!({ "current_password": ada.password });
        ada.post("/users/@me/deletion", shown).await.expect(202);
        patience::until(WITHIN, "nothing of hers is left", async || {
            private(&tables, &ada.id).await.is_empty().then_some(())
        })
        .await;
        patience::until(WITHIN, "the bytes of her archive are gone", async || {
            (tables.count("discarded_files", "due_at > 0").await == 0).then_some(())
        })
        .await;
        assert_eq!(private(&tables, &bob.id).await, all, "{database:?}: nothing of Bob's");
        let read = bob.read_all(&server.channel()).await;
        let hers = read.iter().filter(|one| one["author"]["id"] == json!(ada.id));
        let files: Vec<usize> = hers
            .map(|one| one["attachments"].as_array().map_or(0, Vec::len))
            .collect();
        assert_eq!(
            files.iter().sum::<usize>(),
            1,
            "{database:?}: what she sent stays: {read:?}"
        );
        assert!(files.len() >= 2, "{database:?}: {read:?}");
    }
}
