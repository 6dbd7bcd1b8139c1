//! All that is kept of somebody, in one archive: what is in it, and who gets it.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    sync::atomic::Ordering,
    time::Duration,
};

use axum::body::Body;
use futures::future::join_all;
use http::Request;
use model::limits::{EXPORT_LIFETIME, EXPORTS_WITHIN};
use platform::http::testing::{Actor, Answer};
use serde_json::{Value, json};
use zip::{CompressionMethod, ZipArchive};

use crate::{
    files::{form, uploaded, uploads},
    peers::{ADA, BOB, EVE, HIDDEN, MODERATOR, SERVER, TEXT, VOICE},
    world::{World, becomes, path, path_of, worlds},
};

pub(crate) const EXPORT: &str = "/users/@me/export";

/// Waits until the user's export is so.
pub(crate) async fn is(world: &World, user: i64, status: &str) {
    let what = format!("{}: the export of {user} is {status}", world.kind);
    becomes(&what, async || {
        world.user(user).get(EXPORT).await.body["status"] == status
    })
    .await;
}

pub(crate) async fn file(actor: Actor<'_>, method: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri("/api/v1/users/@me/export/file");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    actor.request(request.body(Body::empty()).unwrap()).await
}

/// What is in an archive, each with whether it is compressed.
pub(crate) type Entries = BTreeMap<String, (CompressionMethod, Vec<u8>)>;

/// Reads an archive to its end: each entry is what its checksum says.
pub(crate) fn entries(bytes: &[u8]) -> Entries {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut entries = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let name = entry.name().unwrap().into_owned();
        let before = entries.insert(name.clone(), (entry.compression(), content));
        assert!(before.is_none(), "{name} is twice in it");
    }
    entries
}

pub(crate) fn json_of(entries: &Entries, name: &str) -> Value {
    let names: Vec<_> = entries.keys().collect();
    let (compression, content) = entries
        .get(name)
        .unwrap_or_else(|| panic!("{name} is not in {names:?}"));
    assert_eq!(*compression, CompressionMethod::Deflated, "{name}");
    serde_json::from_slice(content).unwrap()
}

/// What is kept of the user.
pub(crate) async fn exported(world: &World, user: i64) -> Entries {
    world.user(user).post(EXPORT, Value::Null).await.expect(202);
    is(world, user, "ready").await;
    let answer = file(world.user(user), "GET", &[]).await;
    assert_eq!(answer.status, 200, "{}", world.kind);
    entries(&answer.bytes)
}

/// Whether Bob's messages in the first channel are as he wrote them.
fn are_told(entries: &Entries, kind: &str, (one, sent): (&Value, &Value), files: &[String]) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = json_of(entries, &format!("messages/{TEXT}.json"));
    assert_eq!(
        (&told["server"], &told["channel"]),
        (
            &json!({"id": SERVER.to_string(), "name": "Engines"}),
            &json!({"id": TEXT.to_string(), "name": "general"})
        ),
        "{kind}"
    );
    let messages = told["messages"].as_array().unwrap();
    let contents: Vec<_> = messages.iter().map(|message| text(&message["content"])).collect();
    assert_eq!(
        contents,
        ["the first, of Böb", "as it is", ""],
        "{kind}: those that are there, in order"
    );
    assert_eq!(messages[0]["created_at"], one["created_at"], "{kind}");
    assert!(
        messages[0]["edited_at"].is_null() && messages[1]["edited_at"].is_string(),
        "{kind}"
    );
    assert_eq!(
        (&messages[2]["id"], &messages[2]["reply_to"]),
        (&sent["id"], &one["id"]),
        "{kind}"
    );
    let listed: Vec<_> = messages[2]["attachments"].as_array().unwrap().iter().collect();
    assert_eq!(
        (listed[0]["file"].as_str(), listed[0]["name"].as_str()),
        (Some(&*files[0]), Some("Été.bin"))
    );
    assert_eq!(
        (listed[1]["file"].as_str(), &listed[1]["size"]),
        (Some(&*files[1]), &json!(9)),
        "{kind}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_somebody_is_in_it_and_nothing_of_others() {
    // More than one part.
    let large: Vec<u8> = (0..1_300_001_u32).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
    for world in worlds().await {
        let (bob, kind) = (world.user(BOB), world.kind);
        let one = world.write(BOB, TEXT, "the first, of Böb").await;
        world.write(ADA, TEXT, "of Ada alone").await;
        let gone = world.write(BOB, TEXT, "deleted by Bob").await;
        bob.delete(&path_of(&gone)).await.expect(204);
        let edited = world.write(BOB, TEXT, "as it was").await;
        bob.patch(&path_of(&edited), json!({"content": "as it is"}))
            .await
            .expect(200);
        world.write(BOB, VOICE, "elsewhere").await;
        let first = form(bob, &uploads(TEXT), &[("file", "../Été.bin", &large)])
            .await
            .expect(201);
        let second = uploaded(&world, BOB, TEXT, b"PNG small").await;
        let with_files = json!({
            "content": "", "attachment_ids": [first["id"], second["id"]], "reply_to": one["id"]
        });
        let sent = bob.post(&path(TEXT), with_files).await.expect(201);
        let of_ada = uploaded(&world, ADA, TEXT, b"of Ada alone").await;
        world
            .user(ADA)
            .post(&path(TEXT), json!({"attachment_ids": [of_ada["id"]]}))
            .await
            .expect(201);
        let draft = format!("/servers/{SERVER}/channels/{TEXT}/draft");
        bob.put(&draft, json!({"content": "begun"})).await.expect(200);

        let entries = exported(&world, BOB).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let files = [
            format!("files/{}-Été.bin", text(&first["id"])),
            format!("files/{}-cat.png", text(&second["id"])),
        ];
        let mut names = ["README.txt", "account.json", "drafts.json", "servers.json"]
            .map(str::to_owned)
            .to_vec();
        names.extend([format!("messages/{TEXT}.json"), format!("messages/{VOICE}.json")]);
        names.extend(files.iter().cloned());
        names.sort_unstable();
        assert_eq!(entries.keys().cloned().collect::<Vec<_>>(), names, "{kind}");
        for (name, content) in files.iter().zip([large.as_slice(), b"PNG small"]) {
            assert_eq!(entries[name].0, CompressionMethod::Stored, "{kind}: {name}");
            assert!(entries[name].1 == content, "{kind}: {name} is what was sent");
        }
        assert_eq!(
            json_of(&entries, "account.json")["profile"]["id"],
            BOB.to_string(),
            "{kind}"
        );
        let servers = json_of(&entries, "servers.json");
        let server = json!([{
            "id": SERVER.to_string(), "name": "Engines", "is_owner": false, "joined_at": "2026-11-24T09:30:00.000Z",
            "nickname": "Nick", "roles": []
        }]);
        assert_eq!(servers, server, "{kind}");
        let drafts = json_of(&entries, "drafts.json");
        assert_eq!(
            (&drafts[0]["content"], drafts.as_array().unwrap().len()),
            (&json!("begun"), 1)
        );
        are_told(&entries, kind, (&one, &sent), &files);
        for (name, (_, content)) in &entries {
            let content = String::from_utf8_lossy(content);
            for other in ["Ada alone", "deleted by Bob"] {
                assert!(!content.contains(other), "{kind}: {other} is in {name}");
            }
        }
        let readme = String::from_utf8(entries["README.txt"].1.clone()).unwrap();
        assert!(readme.contains("YOUR DATA") && readme.contains("VOS DONNÉES"), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_downloaded_in_whole_and_in_parts() {
    for world in worlds().await {
        let (bob, kind) = (world.user(BOB), world.kind);
        let begun = bob.post(EXPORT, Value::Null).await.expect(202);
        assert_eq!(begun["status"], "preparing", "{kind}");
        for unknown in ["ready_at", "expires_at", "size"] {
            assert!(begun[unknown].is_null(), "{kind}: {begun}");
        }
        is(&world, BOB, "ready").await;
        let ready = bob.get(EXPORT).await.expect(200);
        assert_eq!(ready["requested_at"], begun["requested_at"], "{kind}");
        let whole = file(bob, "GET", &[]).await;
        let size = whole.bytes.len();
        assert_eq!((whole.status, &ready["size"]), (200, &json!(size)), "{kind}");
        let day = &ready["ready_at"].as_str().unwrap()[..10];
        let disposition = format!("attachment; filename=\"beep-user-{BOB}-{day}.zip\"");
        for (name, value) in [
            ("content-disposition", &*disposition),
            ("content-type", "application/zip"),
            ("cache-control", "private, no-store"),
            ("content-length", &size.to_string()),
            ("accept-ranges", "bytes"),
        ] {
            assert_eq!(whole.header(name), value, "{kind}: {name}");
        }
        let head = file(bob, "HEAD", &[]).await;
        assert_eq!(
            (head.status, head.header("content-length"), head.bytes.len()),
            (200, &*size.to_string(), 0)
        );
        let tag = whole.header("etag").to_owned();
        let part = file(bob, "GET", &[("range", "bytes=10-"), ("if-range", &tag)]).await;
        assert_eq!((part.status, &part.bytes[..]), (206, &whole.bytes[10..]), "{kind}");
        let other = file(bob, "GET", &[("range", "bytes=10-"), ("if-range", "\"other\"")]).await;
        assert_eq!(
            (other.status, other.bytes.len()),
            (200, size),
            "{kind}: of another archive"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_written_much_gets_all_of_it() {
    const MANY: usize = 1_150;
    for world in worlds().await {
        for begin in (0..MANY).step_by(50) {
            let some = begin..(begin + 50).min(MANY);
            join_all(some.map(|number| {
                let (world, channel) = (&world, if number % 5 == 0 { VOICE } else { TEXT });
                async move { world.write(BOB, channel, &format!("number {number}.")).await }
            }))
            .await;
        }
        let entries = exported(&world, BOB).await;
        let mut found = Vec::new();
        for channel in [TEXT, VOICE] {
            let told = json_of(&entries, &format!("messages/{channel}.json"));
            let messages = told["messages"].as_array().unwrap();
            let times: Vec<_> = messages
                .iter()
                .map(|message| message["created_at"].to_string())
                .collect();
            assert!(times.is_sorted(), "{}: in their order", world.kind);
            found.extend(messages.iter().map(|message| message["content"].to_string()));
        }
        found.sort_unstable();
        let mut expected: Vec<_> = (0..MANY).map(|number| format!("\"number {number}.\"")).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_their_own_and_nobody_another_one() {
    for world in worlds().await {
        let kind = world.kind;
        for (method, path) in [("POST", EXPORT), ("GET", EXPORT), ("GET", "/users/@me/export/file")] {
            let answer = world.app.nobody().send(method, path, Value::Null).await;
            answer.is_problem(401, "not_signed_in");
        }
        world.write(BOB, TEXT, "of Bob").await;
        world.write(MODERATOR, TEXT, "of the moderator").await;
        world.write(ADA, HIDDEN, "in secret").await;
        exported(&world, BOB).await;
        // Whoever asks for theirs does not get that of others, who have one.
        for user in [ADA, EVE, MODERATOR] {
            let actor = world.user(user);
            actor.get(EXPORT).await.is_problem(404, "export_not_found");
            file(actor, "GET", &[]).await.is_problem(404, "export_not_found");
        }
        // A stranger has written nothing and is nowhere.
        let of_eve = exported(&world, EVE).await;
        assert_eq!(json_of(&of_eve, "servers.json"), json!([]), "{kind}");
        assert_eq!(
            of_eve.keys().collect::<Vec<_>>(),
            ["README.txt", "account.json", "drafts.json", "servers.json"],
            "{kind}"
        );
        // Whoever left, or was banned, gets what they wrote, and no names of what they do not see.
        let version = world.peers.change(|state| {
            state.members.remove(&MODERATOR);
        });
        world
            .tell(
                contracts::events::EventKind::MemberBanned,
                version,
                Some(MODERATOR),
                json!({}),
            )
            .await;
        let of_banned = exported(&world, MODERATOR).await;
        assert_eq!(json_of(&of_banned, "servers.json"), json!([]), "{kind}");
        let told = json_of(&of_banned, &format!("messages/{TEXT}.json"));
        assert_eq!(told["messages"][0]["content"], "of the moderator", "{kind}");
        assert_eq!(told["server"], json!({"id": SERVER.to_string()}), "{kind}");
        assert_eq!(told["channel"], json!({"id": TEXT.to_string()}), "{kind}");
        // What Ada wrote where the one who lists her channels says that she sees none.
        let told = json_of(&exported(&world, ADA).await, &format!("messages/{HIDDEN}.json"));
        assert_eq!(told["channel"], json!({"id": HIDDEN.to_string()}), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_has_two_in_seven_days() {
    for world in worlds().await {
        let (bob, kind) = (world.user(BOB), world.kind);
        exported(&world, BOB).await;
        world.pass(Duration::from_hours(1));
        exported(&world, BOB).await;
        let refused = bob.post(EXPORT, Value::Null).await;
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        refused.is_problem(429, "export_too_often");
        let expected = EXPORTS_WITHIN.as_secs() - 3_600;
        assert!((expected - 60..=expected).contains(&wait), "{kind}: {wait}");
        exported(&world, ADA).await;
        world.pass(Duration::from_secs(wait + 1));
        exported(&world, BOB).await;
        bob.post(EXPORT, Value::Null).await.is_problem(429, "export_too_often");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_it_is_gone() {
    for world in worlds().await {
        let (bob, kind) = (world.user(BOB), world.kind);
        exported(&world, BOB).await;
        let kept: Vec<i64> = world.storage.files.lock().unwrap().keys().copied().collect();
        assert_eq!(kept.len(), 1, "{kind}");
        world.pass(EXPORT_LIFETIME);
        bob.get(EXPORT).await.is_problem(404, "export_not_found");
        file(bob, "GET", &[]).await.is_problem(404, "export_not_found");
        // Whoever begins to work looks first at what is over.
        world.instance(0).await;
        becomes("the file is thrown away", async || {
            let due = "SELECT file_id FROM discarded_files";
            let due: Vec<(i64,)> = world.db.all(due, platform::args![]).await.unwrap();
            due == [(kept[0],)] || world.storage.deleted.lock().unwrap().contains(&kept[0])
        })
        .await;
    }
}

/// Provokes all that only exports are refused for.
pub(crate) async fn provoke(world: &World) {
    let eve = world.user(EVE);
    eve.get(EXPORT).await.is_problem(404, "export_not_found");
    file(eve, "GET", &[]).await.is_problem(404, "export_not_found");
    world.storage.holds.store(true, Ordering::SeqCst);
    eve.post(EXPORT, Value::Null).await.expect(202);
    eve.post(EXPORT, Value::Null).await.is_problem(409, "export_running");
    becomes("it is being written", async || {
        !world.storage.held.lock().unwrap().is_empty()
    })
    .await;
    file(eve, "GET", &[]).await.is_problem(404, "export_not_found");
    world.storage.go_on.notify_waiters();
    is(world, EVE, "ready").await;
    let beyond = file(eve, "GET", &[("range", "bytes=99999999-")]).await;
    beyond.is_problem(416, "range_not_satisfiable");
    eve.post(EXPORT, Value::Null).await.expect(202);
    is(world, EVE, "ready").await;
    eve.post(EXPORT, Value::Null).await.is_problem(429, "export_too_often");
}
