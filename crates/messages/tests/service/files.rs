//! Files from the upload to their end.

use std::sync::{Arc, atomic::Ordering};

use axum::body::{Body, Bytes};
use contracts::events::{EventKind, Sweep};
use futures::stream;
use http::Request;
use model::{ServerId, Timestamp, UserId};
use platform::http::testing::{Actor, Answer};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::{
    files_authorisation::things,
    peers::{ADA, AUTHOR, BOB, MODERATOR, SERVER, TEXT, VOICE},
    world::{FILE_BYTES, World, becomes, path, path_of, worlds},
};

/// Where uploads of a channel begin.
pub(crate) fn uploads(channel: i64) -> String {
    format!("/servers/{SERVER}/channels/{channel}/attachments")
}

/// Begins an upload by tus.
pub(crate) async fn begin(actor: Actor<'_>, path: &str, length: impl ToString) -> Answer {
    let request = Request::post(format!("/api/v1{path}"))
        .header("tus-resumable", "1.0.0")
        .header("upload-length", length.to_string())
        // `cat.png`.
        .header("upload-metadata", "filetype dGV4dC9odG1s,filename Y2F0LnBuZw==");
    actor.request(request.body(Body::empty()).unwrap()).await
}

/// Goes on with an upload.
pub(crate) async fn append(actor: Actor<'_>, location: &str, offset: usize, body: impl Into<Body>) -> Answer {
    let request = Request::patch(location)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset.to_string())
        .header("content-type", "application/offset+octet-stream");
    actor.request(request.body(body.into()).unwrap()).await
}

pub(crate) async fn head(actor: Actor<'_>, location: &str) -> Answer {
    actor
        .request(Request::head(location).body(Body::empty()).unwrap())
        .await
}

/// Sends a form with these parts.
pub(crate) async fn form(actor: Actor<'_>, path: &str, parts: &[(&str, &str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, file_name, content) in parts {
        body.extend_from_slice(
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\r\n")
                .as_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let request = Request::post(format!("/api/v1{path}")).header("content-type", "multipart/form-data; boundary=b");
    actor.request(request.body(body.into()).unwrap()).await
}

/// A file of the user's that waits to be sent.
pub(crate) async fn uploaded(world: &World, user: i64, channel: i64, content: &[u8]) -> Value {
    form(world.user(user), &uploads(channel), &[("file", "cat.png", content)])
        .await
        .expect(201)
}

async fn get(actor: Actor<'_>, url: &Value, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(url.as_str().unwrap());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    actor.request(request.body(Body::empty()).unwrap()).await
}

async fn count(world: &World, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    world.db.one::<(i64,)>(&sql, platform::args![]).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_a_break_and_is_sent_with_a_message() {
    let content: Vec<u8> = b"PNG".iter().copied().cycle().take(2_400_000).collect();
    for world in worlds().await {
        let author = world.user(AUTHOR);
        let begun = begin(author, &uploads(TEXT), content.len()).await;
        assert_eq!((begun.status, begun.header("upload-offset")), (201, "0"));
        let location = begun.header("location").to_owned();
        // A body that breaks off: what arrived counts, to the last byte.
        let broken = stream::iter([
            Ok(Bytes::copy_from_slice(&content[..1_500_000])),
            Ok(Bytes::copy_from_slice(&content[1_500_000..1_500_007])),
            Err(std::io::Error::other("broken")),
        ]);
        append(author, &location, 0, Body::from_stream(broken))
            .await
            .is_problem(400, "body_incomplete");
        let far = head(author, &location).await;
        assert_eq!(
            (far.status, far.header("upload-offset")),
            (200, "1500007"),
            "{}",
            world.kind
        );
        assert_eq!(
            (far.header("upload-length"), far.header("cache-control")),
            ("2400000", "no-store")
        );
        author
            .get(below(&location))
            .await
            .is_problem(404, "attachment_not_found");
        let early = json!({"attachment_ids": [id_of(&location)]});
        author
            .post(&path(TEXT), early.clone())
            .await
            .is_invalid("attachment_ids", "unknown_attachment");
        let rest = append(author, &location, 1_500_007, content[1_500_007..].to_vec()).await;
        assert_eq!(
            (rest.status, rest.header("upload-offset")),
            (204, "2400000"),
            "{}",
            rest.body
        );
        let file = author.get(below(&location)).await.expect(200);
        assert_eq!(
            (&file["name"], &file["content_type"]),
            (&json!("cat.png"), &json!("image/png"))
        );
        assert_eq!((&file["width"], &file["placeholder"]), (&json!(4), &json!("1QcS")));
        // Asked again at its end, it is as it was.
        assert_eq!(append(author, &location, 2_400_000, Body::empty()).await.status, 204);
        assert_eq!(count(&world, "upload_parts").await, 0, "{}", world.kind);

        world.events().await;
        let sent = author.post(&path(TEXT), early.clone()).await.expect(201);
        assert_eq!((&sent["attachments"], &sent["content"]), (&json!([file]), &json!("")));
        let told = world.events().await;
        assert_eq!(
            serde_json::from_str::<Value>(told[0].data.get()).unwrap(),
            sent,
            "{}",
            world.kind
        );
        let read = world.user(BOB).get(&path_of(&sent)).await.expect(200);
        assert_eq!(read["attachments"], sent["attachments"]);
        let bytes = get(world.user(BOB), &file["url"], &[]).await;
        assert_eq!(
            (bytes.status, bytes.bytes[..] == content[..]),
            (200, true),
            "{}",
            world.kind
        );
        // It is sent once.
        author
            .post(&path(TEXT), early)
            .await
            .is_invalid("attachment_ids", "unknown_attachment");
        author
            .get(below(&location))
            .await
            .is_problem(404, "attachment_not_found");
        assert_eq!(author.delete(below(&location)).await.status, 404);
    }
}

fn below(location: &str) -> &str {
    location.strip_prefix("/api/v1").unwrap()
}

fn id_of(location: &str) -> &str {
    location.rsplit('/').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_send_the_same_one_wins() {
    for world in worlds().await {
        let author = world.user(AUTHOR);
        let location = begin(author, &uploads(TEXT), 2_000_000)
            .await
            .header("location")
            .to_owned();
        // Both are let in before either has sent anything.
        let both = Arc::new(Barrier::new(2));
        let body = |byte: u8| {
            let both = both.clone();
            let all = async move {
                both.wait().await;
                Ok::<_, std::io::Error>(Bytes::from(vec![byte; 2_000_000]))
            };
            Body::from_stream(stream::once(all))
        };
        let (one, other) = tokio::join!(
            append(author, &location, 0, body(b'a')),
            append(author, &location, 0, body(b'b'))
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{}", world.kind);
        let winner = if one.status == 204 { b'a' } else { b'b' };
        for answer in [one, other] {
            if answer.status == 409 {
                answer.is_problem(409, "upload_offset_conflict");
            }
        }
        let file = author.get(below(&location)).await.expect(200);
        let bytes = get(author, &file["url"], &[]).await.bytes;
        assert!(
            bytes.len() == 2_000_000 && bytes.iter().all(|byte| *byte == winner),
            "{}",
            world.kind
        );
        append(author, &location, 7, "x")
            .await
            .is_problem(409, "upload_offset_conflict");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_several_files_and_what_hides() {
    for world in worlds().await {
        let author = world.user(AUTHOR);
        let parts = [
            ("file", "../été 1.pdf", &b"%PDF"[..]),
            ("other", "x", b"x"),
            ("file", "b\u{202e}gpj.exe", b"PNG"),
        ];
        let files = form(author, &uploads(TEXT), &parts).await.expect(201);
        let names: Vec<_> = files.as_array().unwrap().iter().map(|file| &file["name"]).collect();
        assert_eq!(names, ["été 1.pdf", "bgpj.exe"], "{}", world.kind);
        assert!(files[0]["url"].as_str().unwrap().ends_with("/%C3%A9t%C3%A9%201.pdf"));
        assert_eq!(
            (&files[0]["thumbnail_url"], &files[0]["width"]),
            (&Value::Null, &Value::Null)
        );
        let ids = json!([files[1]["id"], files[0]["id"]]);
        let message =
            json!({"content": "two", "nonce": "n", "attachment_ids": ids, "spoiler_attachment_ids": [files[0]["id"]]});
        let sent = author.post(&path(TEXT), message.clone()).await.expect(201);
        // A retry is answered with the one message and its files.
        assert_eq!(
            author.post(&path(TEXT), message).await.expect(200),
            sent,
            "{}",
            world.kind
        );
        let shown: Vec<_> = sent["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| (&file["name"], &file["is_spoiler"]))
            .collect();
        assert_eq!(
            shown,
            [(&json!("bgpj.exe"), &json!(false)), (&json!("été 1.pdf"), &json!(true))]
        );
        let answer = json!({"content": "nice", "reply_to": sent["id"]});
        let answer = world.user(BOB).post(&path(TEXT), answer).await.expect(201);
        assert_eq!(answer["reply_to"]["attachment_count"], 2, "{}", world.kind);
        let page = world.user(BOB).get(&path(TEXT)).await.expect(200);
        assert_eq!(page["items"][1]["attachments"], sent["attachments"], "{}", world.kind);

        let pdf = get(world.user(BOB), &files[0]["url"], &[]).await;
        assert_eq!(pdf.header("content-type"), "application/octet-stream");
        assert_eq!(
            pdf.header("content-disposition"),
            "attachment; filename*=UTF-8''%C3%A9t%C3%A9%201.pdf"
        );
        let picture = get(world.user(BOB), &files[1]["url"], &[]).await;
        assert_eq!(
            (picture.header("content-type"), picture.header("content-disposition")),
            ("image/png", "inline; filename*=UTF-8''bgpj.exe")
        );
        let saved = json!(format!("{}?download=1", files[1]["url"].as_str().unwrap()));
        assert!(
            get(world.user(BOB), &saved, &[])
                .await
                .header("content-disposition")
                .starts_with("attachment;")
        );
        let small = get(world.user(BOB), &files[1]["thumbnail_url"], &[]).await;
        assert_eq!(
            (small.status, small.header("content-type"), &small.bytes[..]),
            (200, "image/jpeg", &b"small"[..])
        );
        for answer in [pdf, picture, small] {
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("content-security-policy", "default-src 'none'; sandbox"),
                ("cache-control", "private, no-cache"),
            ] {
                assert_eq!(answer.header(name), value);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_file_and_versions_that_one_has() {
    for world in worlds().await {
        let file = uploaded(&world, AUTHOR, TEXT, b"0123456789").await;
        let author = world.user(AUTHOR);
        let whole = get(author, &file["url"], &[]).await;
        assert_eq!(
            (whole.header("accept-ranges"), whole.header("content-length")),
            ("bytes", "10")
        );
        let tag = whole.header("etag").to_owned();
        for (range, bytes, place) in [
            ("bytes=2-4", "234", "bytes 2-4/10"),
            ("bytes=7-", "789", "bytes 7-9/10"),
            ("bytes=-1", "9", "bytes 9-9/10"),
            ("bytes=0-99", "0123456789", "bytes 0-9/10"),
        ] {
            let part = get(author, &file["url"], &[("range", range), ("if-range", &tag)]).await;
            assert_eq!(
                (part.status, part.header("content-range"), &part.bytes[..]),
                (206, place, bytes.as_bytes())
            );
            assert_eq!(part.header("content-length"), bytes.len().to_string());
        }
        let other = get(author, &file["url"], &[("range", "bytes=2-4"), ("if-range", "\"x\"")]).await;
        assert_eq!((other.status, other.bytes.len()), (200, 10));
        let beyond = get(author, &file["url"], &[("range", "bytes=10-")]).await;
        assert_eq!(beyond.header("content-range"), "bytes */10");
        beyond.is_problem(416, "range_not_satisfiable");
        let known = get(author, &file["url"], &[("if-none-match", &tag)]).await;
        assert_eq!((known.status, known.bytes.len(), known.header("etag")), (304, 0, &*tag));
        let head = author
            .request(
                Request::head(file["url"].as_str().unwrap())
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        assert_eq!(
            (head.status, head.header("content-length"), head.bytes.len()),
            (200, "10", 0)
        );
        world.storage.away.store(true, Ordering::SeqCst);
        get(author, &file["url"], &[]).await.is_problem(503, "unavailable");
        // Whoever has it is told so without it.
        assert_eq!(get(author, &file["url"], &[("if-none-match", &tag)]).await.status, 304);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_files_may_lose_its_text_and_then_its_files_but_one() {
    for world in worlds().await {
        let author = world.user(AUTHOR);
        let (one, two) = (
            uploaded(&world, AUTHOR, TEXT, b"PNG1").await,
            uploaded(&world, AUTHOR, TEXT, b"PNG2").await,
        );
        let sent = json!({"content": "both", "attachment_ids": [one["id"], two["id"]]});
        let sent = author.post(&path(TEXT), sent).await.expect(201);
        let edited = author.patch(&path_of(&sent), json!({"content": " "})).await.expect(200);
        assert_eq!(
            (&edited["content"], &edited["attachments"]),
            (&json!(""), &sent["attachments"])
        );
        world.events().await;
        let place = |file: &Value| format!("{}/attachments/{}", path_of(&sent), file["id"].as_str().unwrap());
        author.delete(&place(&one)).await.expect(204);
        let told = world.events().await;
        assert_eq!(told[0].kind, EventKind::MessageUpdated, "{}", world.kind);
        let left: Value = serde_json::from_str(told[0].data.get()).unwrap();
        assert_eq!(left["attachments"], json!([two]), "{}", world.kind);
        assert_eq!(
            world.user(BOB).get(&path_of(&sent)).await.expect(200)["attachments"],
            json!([two])
        );
        get(author, &one["url"], &[])
            .await
            .is_problem(404, "attachment_not_found");
        author
            .delete(&place(&one))
            .await
            .is_problem(404, "attachment_not_found");
        author
            .delete(&place(&two))
            .await
            .is_problem(409, "message_would_be_empty");
        assert_eq!(get(author, &two["url"], &[]).await.status, 200, "{}", world.kind);
        becomes("the bytes are deleted", async || {
            world.storage.deleted.lock().unwrap().contains(&number(&one))
        })
        .await;
        assert!(!world.storage.deleted.lock().unwrap().contains(&number(&two)));
    }
}

fn number(file: &Value) -> i64 {
    file["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_with_their_messages_and_bytes_with_files() {
    for world in worlds().await {
        let mut gone = Vec::new();
        let send = async |channel: i64| {
            let file = uploaded(&world, AUTHOR, channel, b"PNG").await;
            let message = json!({"attachment_ids": [file["id"]]});
            let sent = world.user(AUTHOR).post(&path(channel), message).await.expect(201);
            (sent, number(&file), file["url"].clone())
        };
        let (deleted, file, url) = send(TEXT).await;
        world.user(AUTHOR).delete(&path_of(&deleted)).await.expect(204);
        get(world.user(AUTHOR), &url, &[])
            .await
            .is_problem(404, "attachment_not_found");
        gone.push(file);
        let (one, file, _) = send(TEXT).await;
        gone.push(file);
        let (two, file, _) = send(TEXT).await;
        gone.push(file);
        let ids = json!({"message_ids": [one["id"], two["id"]]});
        world
            .user(MODERATOR)
            .post(&format!("{}/bulk-delete", path(TEXT)), ids)
            .await
            .expect(204);
        let (_, kept, kept_url) = send(TEXT).await;
        let (_, file, _) = send(VOICE).await;
        gone.push(file);
        // One that was not sent, too.
        gone.push(number(&uploaded(&world, AUTHOR, VOICE, b"PNG").await));
        let version = world.peers.change(|state| {
            state.channels.remove(&VOICE);
        });
        world
            .tell(
                EventKind::ChannelDeleted,
                version,
                None,
                json!({"id": VOICE.to_string()}),
            )
            .await;
        becomes("the files of all that was deleted are gone", async || {
            let deleted = world.storage.deleted.lock().unwrap();
            gone.iter().all(|id| deleted.contains(id))
        })
        .await;
        assert!(
            world.storage.files.lock().unwrap().contains_key(&kept),
            "{}",
            world.kind
        );
        assert_eq!(get(world.user(BOB), &kept_url, &[]).await.status, 200);
        let sweep = Sweep {
            server_id: ServerId(SERVER),
            author_id: UserId(AUTHOR),
            since: Timestamp::from_millis(0),
            banned_at: Timestamp::from_millis(9_000_000_000_000),
        };
        world
            .tell(
                EventKind::MemberBanned,
                version,
                Some(AUTHOR),
                serde_json::to_value(sweep).unwrap(),
            )
            .await;
        becomes("the files of who was banned are gone", async || {
            world.storage.deleted.lock().unwrap().contains(&kept) && count(&world, "discarded_files").await == 0
        })
        .await;
        assert_eq!(count(&world, "attachments").await, 0, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sent_in_its_time_goes() {
    for world in worlds().await {
        let there = things(&world, TEXT).await;
        let author = world.user(AUTHOR);
        let expire = "UPDATE attachments SET expires_at = 1 WHERE message_id IS NULL OR message_id = $1";
        let mut tx = world.db.begin().await.unwrap();
        tx.run(expire, platform::args![there.message]).await.unwrap();
        tx.commit().await.unwrap();
        // Nobody has tidied yet, and it is gone all the same.
        let place = |id: i64| format!("{}/{id}", uploads(TEXT));
        for id in [there.unsent, there.upload] {
            author.get(&place(id)).await.is_problem(404, "attachment_not_found");
            author.delete(&place(id)).await.is_problem(404, "attachment_not_found");
            let location = format!("/api/v1{}", place(id));
            append(author, &location, 0, "x")
                .await
                .is_problem(404, "attachment_not_found");
        }
        let late = json!({"attachment_ids": [there.unsent.to_string()]});
        author
            .post(&path(TEXT), late)
            .await
            .is_invalid("attachment_ids", "unknown_attachment");
        let url = |id: i64| json!(format!("/api/v1/servers/{SERVER}/files/{id}/x"));
        get(author, &url(there.unsent), &[])
            .await
            .is_problem(404, "attachment_not_found");
        assert_eq!(get(author, &url(there.sent), &[]).await.status, 200, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_keeps_more_than_they_may() {
    let most = usize::try_from(FILE_BYTES).unwrap();
    for world in worlds().await {
        let author = world.user(AUTHOR);
        begin(author, &uploads(TEXT), most + 1)
            .await
            .is_problem(413, "attachment_too_large");
        form(author, &uploads(TEXT), &[("file", "x", &vec![0; most + 1])])
            .await
            .is_problem(413, "attachment_too_large");
        assert_eq!(count(&world, "attachments").await, 0, "nothing of it stays");
        let first = uploaded(&world, AUTHOR, TEXT, &vec![0; most]).await;
        // What is announced counts, in all channels.
        let second = begin(author, &uploads(VOICE), most).await;
        assert_eq!(second.status, 201, "{}", second.body);
        begin(author, &uploads(TEXT), 1)
            .await
            .is_problem(413, "attachment_quota_exceeded");
        let full = form(author, &uploads(TEXT), &[("file", "x", b"x")]).await;
        full.is_problem(413, "attachment_quota_exceeded");
        assert_eq!(
            begin(world.user(BOB), &uploads(TEXT), 1).await.status,
            201,
            "others have room"
        );
        // An empty one takes none, and is there at once.
        let empty = begin(author, &uploads(TEXT), 0).await;
        author.get(below(empty.header("location"))).await.expect(200);
        author
            .delete(&format!("{}/{}", uploads(TEXT), first["id"].as_str().unwrap()))
            .await
            .expect(204);
        assert_eq!(begin(author, &uploads(TEXT), 1).await.status, 201, "{}", world.kind);
        for _ in 2..20 {
            assert_eq!(begin(author, &uploads(TEXT), 1).await.status, 201);
        }
        begin(author, &uploads(TEXT), 1)
            .await
            .is_problem(409, "too_many_uploads");
        let many = [("file", "x", &b""[..]); 11];
        form(world.user(ADA), &uploads(TEXT), &many)
            .await
            .is_invalid("file", "too_many_attachments");
        let sent = uploaded(&world, ADA, TEXT, b"x").await;
        let ada = world.user(ADA);
        for (ids, spoilers, field, code) in [
            (vec![&sent["id"]; 11], vec![], "attachment_ids", "too_many_attachments"),
            (vec![&sent["id"]; 2], vec![], "attachment_ids", "duplicate"),
            (
                vec![],
                vec![&sent["id"]],
                "spoiler_attachment_ids",
                "unknown_attachment",
            ),
            (vec![&first["id"]], vec![], "attachment_ids", "unknown_attachment"),
        ] {
            let message = json!({"content": "x", "attachment_ids": ids, "spoiler_attachment_ids": spoilers});
            ada.post(&path(TEXT), message).await.is_invalid(field, code);
        }
        // Another's, or of another channel, is as one that is not there; and nothing of the message stays.
        let message = json!({"content": "x", "attachment_ids": [sent["id"]]});
        world
            .user(BOB)
            .post(&path(TEXT), message.clone())
            .await
            .is_invalid("attachment_ids", "unknown_attachment");
        ada.post(&path(VOICE), message.clone())
            .await
            .is_invalid("attachment_ids", "unknown_attachment");
        let half = json!({"content": "x", "attachment_ids": [sent["id"], "1"]});
        ada.post(&path(TEXT), half)
            .await
            .is_invalid("attachment_ids", "unknown_attachment");
        assert_eq!(world.rows(TEXT).await.0, 0, "{}", world.kind);
        ada.post(&path(TEXT), message).await.expect(201);
    }
}
