//! What can go wrong with files.

use std::sync::atomic::Ordering;

use axum::body::Body;
use futures::{StreamExt, stream};
use http::Request;
use serde_json::{Value, json};

use crate::{
    files::{append, begin, form, uploaded, uploads},
    files_authorisation::things,
    peers::{AUTHOR, BOB, EVE, FOLDER, SERVER, SILENT, TEXT},
    world::{FILE_BYTES, World, path},
};

/// Provokes all that only files are refused for.
pub(crate) async fn provoke(world: &World) {
    let there = things(world, TEXT).await;
    provoke_by_place(world).await;
    provoke_by_body(world).await;
    provoke_by_room(world).await;
    let (author, bob) = (world.user(AUTHOR), world.user(BOB));
    let of_message = |message: i64, file: i64| format!("{}/{message}/attachments/{file}", path(TEXT));
    bob.delete(&of_message(there.message, there.sent))
        .await
        .is_problem(403, "not_the_author");
    author
        .delete(&of_message(1, there.sent))
        .await
        .is_problem(404, "message_not_found");
    author
        .delete(&of_message(there.message, 1))
        .await
        .is_problem(404, "attachment_not_found");
    let file = uploaded(world, AUTHOR, TEXT, b"x").await;
    let sent = author
        .post(&path(TEXT), json!({"attachment_ids": [file["id"]]}))
        .await
        .expect(201);
    let last = format!(
        "{}/{}/attachments/{}",
        path(TEXT),
        sent["id"].as_str().unwrap(),
        file["id"].as_str().unwrap()
    );
    author.delete(&last).await.is_problem(409, "message_would_be_empty");
    let beyond = Request::get(file["url"].as_str().unwrap()).header("range", "bytes=9-");
    let beyond = author.request(beyond.body(Body::empty()).unwrap()).await;
    beyond.is_problem(416, "range_not_satisfiable");
    let mut tx = world.db.begin().await.unwrap();
    for table in ["attachments", "messages"] {
        let sql = format!("DELETE FROM {table} WHERE id BETWEEN 5000000 AND 6000000");
        tx.run(&sql, platform::args![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Where there is nothing, or where one may not.
async fn provoke_by_place(world: &World) {
    for (user, channel, status, code) in [
        (EVE, TEXT, 404, "server_not_found"),
        (BOB, 1, 404, "channel_not_found"),
        (BOB, FOLDER, 409, "channel_has_no_messages"),
        (BOB, TEXT, 404, "attachment_not_found"),
    ] {
        let one = format!("{}/1", uploads(channel));
        for method in ["GET", "PATCH", "DELETE"] {
            world
                .user(user)
                .send(method, &one, Value::Null)
                .await
                .is_problem(status, code);
        }
        if channel != TEXT || user == EVE {
            begin(world.user(user), &uploads(channel), 1)
                .await
                .is_problem(status, code);
            let of_message = format!("{}/1/attachments/1", path(channel));
            world.user(user).delete(&of_message).await.is_problem(status, code);
        }
        if channel == TEXT {
            for below in ["x", "thumbnail"] {
                let file = format!("/servers/{SERVER}/files/1/{below}");
                world.user(user).get(&file).await.is_problem(status, code);
            }
        }
    }
    let silent = uploads(SILENT);
    begin(world.user(BOB), &silent, 1)
        .await
        .is_problem(403, "missing_permission");
    let one = format!("{silent}/1");
    world
        .user(BOB)
        .send("PATCH", &one, Value::Null)
        .await
        .is_problem(403, "missing_permission");
}

/// What is sent.
async fn provoke_by_body(world: &World) {
    let author = world.user(AUTHOR);
    let request = |builder: http::request::Builder, body: Body| builder.body(body).unwrap();
    let post = || Request::post(format!("/api/v1{}", uploads(TEXT)));
    let version = request(post().header("tus-resumable", "0.2.2"), Body::empty());
    author.request(version).await.is_problem(412, "tus_version_unsupported");
    for (length, code) in [("", "required"), ("+1", "format"), ("1x", "format"), ("-1", "format")] {
        begin(author, &uploads(TEXT), length)
            .await
            .is_invalid("upload-length", code);
    }
    let plain = request(post().header("content-type", "text/plain"), Body::from("x"));
    author.request(plain).await.is_problem(415, "unsupported_media_type");
    let multipart = || post().header("content-type", "multipart/form-data; boundary=b");
    author
        .request(request(multipart(), Body::from("x")))
        .await
        .is_problem(400, "malformed_multipart");
    form(author, &uploads(TEXT), &[("other", "x", b"x")])
        .await
        .is_invalid("file", "required");
    let huge = vec![0; 9 * 1024 * 1024 + 1];
    form(author, &uploads(TEXT), &[("other", "x", &huge)])
        .await
        .is_problem(413, "body_too_large");
    let begins = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nabc";
    let silent = || {
        let begins = stream::iter([Ok::<_, std::io::Error>(begins)]);
        Body::from_stream(begins.chain(stream::pending()))
    };
    author
        .request(request(multipart(), silent()))
        .await
        .is_problem(408, "upload_too_slow");

    let location = begin(author, &uploads(TEXT), 10).await.header("location").to_owned();
    let patch = |offset: &str| {
        Request::patch(&location)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", offset)
    };
    author
        .request(request(patch("x"), Body::empty()))
        .await
        .is_invalid("upload-offset", "format");
    let version = request(patch("0").header("tus-resumable", "2"), Body::empty());
    author.request(version).await.is_problem(412, "tus_version_unsupported");
    let plain = request(Request::patch(&location).header("upload-offset", "0"), Body::empty());
    author.request(plain).await.is_problem(415, "unsupported_media_type");
    append(author, &location, 3, "x")
        .await
        .is_problem(409, "upload_offset_conflict");
    append(author, &location, 0, "more than ten")
        .await
        .is_problem(413, "upload_too_long");
    append(author, &location, 0, silent())
        .await
        .is_problem(413, "upload_too_long");
    let slow = stream::iter([Ok::<_, std::io::Error>("abc")]);
    let slow = Body::from_stream(slow.chain(stream::pending()));
    append(author, &location, 0, slow)
        .await
        .is_problem(408, "upload_too_slow");
    // What came before it stood still is kept.
    let broken = Body::from_stream(stream::iter([Err::<&str, _>(std::io::Error::other("broken"))]));
    append(author, &location, 3, broken)
        .await
        .is_problem(400, "body_incomplete");
    let parts = "INSERT INTO upload_parts (server_id, attachment_id, start, length, attempt) VALUES ($1, $2, $3, 1, 1)";
    let id: i64 = location.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = world.db.begin().await.unwrap();
    for start in 10_000..11_001 {
        tx.run(parts, platform::args![SERVER, id, start]).await.unwrap();
    }
    tx.commit().await.unwrap();
    append(author, &location, 3, "x")
        .await
        .is_problem(409, "upload_in_too_many_parts");
    author
        .delete(location.strip_prefix("/api/v1").unwrap())
        .await
        .expect(204);
}

/// Where there is no room.
async fn provoke_by_room(world: &World) {
    let bob = world.user(BOB);
    begin(bob, &uploads(TEXT), FILE_BYTES + 1)
        .await
        .is_problem(413, "attachment_too_large");
    let location = begin(bob, &uploads(TEXT), FILE_BYTES)
        .await
        .header("location")
        .to_owned();
    world.storage.full.store(true, Ordering::SeqCst);
    append(bob, &location, 0, "x").await.is_problem(507, "storage_full");
    form(bob, &uploads(TEXT), &[("file", "x", b"x")])
        .await
        .is_problem(507, "storage_full");
    world.storage.full.store(false, Ordering::SeqCst);
    begin(bob, &uploads(TEXT), FILE_BYTES).await;
    begin(bob, &uploads(TEXT), 1)
        .await
        .is_problem(413, "attachment_quota_exceeded");
    bob.delete(location.strip_prefix("/api/v1").unwrap()).await.expect(204);
    for _ in 1..20 {
        begin(bob, &uploads(TEXT), 1).await;
    }
    begin(bob, &uploads(TEXT), 1).await.is_problem(409, "too_many_uploads");
}
