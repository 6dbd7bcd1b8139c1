//! Who may do what with files: every route, each kind of caller, each kind of channel.

use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use contracts::events::EventKind;
use http::Request;
use platform::http::testing::Answer;
use serde_json::Value;

use crate::{
    peers::{ADA, AUTHOR, BOB, EVE, FOLDER, FORGETFUL, HIDDEN, MODERATOR, SERVER, SILENT, TEXT, VOICE},
    world::{World, becomes, worlds},
};

/// The status and, for a problem, its code.
type Outcome = (u16, &'static str);

const STRANGER: Outcome = (404, "server_not_found");
const SIGNED_OUT: Outcome = (401, "not_signed_in");
const UNSEEN: Outcome = (404, "channel_not_found");
const NO_MESSAGE: Outcome = (404, "message_not_found");
const NO_FILE: Outcome = (404, "attachment_not_found");
const NONE_THERE: Outcome = (409, "channel_has_no_messages");
const LACKS: Outcome = (403, "missing_permission");
const NOT_MINE: Outcome = (403, "not_the_author");

const fn done(status: u16) -> Outcome {
    (status, "")
}

/// What is done. The upload and the unsent file are the author's, as is the message with a text and a file.
pub(crate) const ROUTES: [(&str, &str); 8] = [
    ("POST", "/servers/{server_id}/channels/{channel_id}/attachments"),
    (
        "PATCH",
        "/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}",
    ),
    (
        "GET",
        "/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}",
    ),
    (
        "DELETE",
        "/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}",
    ),
    (
        "DELETE",
        "/servers/{server_id}/channels/{channel_id}/messages/{message_id}/attachments/{attachment_id}",
    ),
    ("GET", "/servers/{server_id}/files/{attachment_id}/{name}"),
    ("GET", "/servers/{server_id}/files/{attachment_id}/thumbnail"),
    // The unsent file.
    ("GET", "/servers/{server_id}/files/{attachment_id}/unsent"),
];

const fn where_all_may_write(
    patch: Outcome,
    get: Outcome,
    delete: Outcome,
    remove: Outcome,
    unsent: Outcome,
) -> [Outcome; 8] {
    [done(201), patch, get, delete, remove, done(200), done(200), unsent]
}

const MEMBER: [Outcome; 8] = where_all_may_write(NO_FILE, NO_FILE, NO_FILE, NOT_MINE, NO_FILE);
const OWN: [Outcome; 8] = where_all_may_write(done(204), done(200), done(204), done(204), done(200));

fn rows(channel: i64) -> Vec<(&'static str, Option<i64>, [Outcome; 8])> {
    let below = |outcome: Outcome| [outcome, outcome, outcome, outcome, outcome, NO_FILE, NO_FILE, NO_FILE];
    let mut rows = vec![
        ("signed out", None, [SIGNED_OUT; 8]),
        ("a stranger", Some(EVE), [STRANGER; 8]),
    ];
    rows.extend(match channel {
        FOLDER => vec![
            ("a member", Some(BOB), below(NONE_THERE)),
            ("the author", Some(AUTHOR), below(NONE_THERE)),
        ],
        HIDDEN => vec![
            ("a member", Some(BOB), below(UNSEEN)),
            ("the author, who does not see it any more", Some(AUTHOR), below(UNSEEN)),
            ("a moderator", Some(MODERATOR), below(UNSEEN)),
            ("the owner", Some(ADA), MEMBER),
        ],
        SILENT => {
            let mut member = MEMBER;
            (member[0], member[1]) = (LACKS, LACKS);
            let mut own = OWN;
            (own[0], own[1]) = (LACKS, LACKS);
            vec![("a member", Some(BOB), member), ("the author", Some(AUTHOR), own)]
        }
        FORGETFUL => {
            let mut member = MEMBER;
            (member[4], member[5], member[6]) = (NO_MESSAGE, NO_FILE, NO_FILE);
            let mut own = OWN;
            (own[5], own[6]) = (NO_FILE, NO_FILE);
            vec![("a member", Some(BOB), member), ("the author", Some(AUTHOR), own)]
        }
        _ => vec![
            ("a member", Some(BOB), MEMBER),
            ("the author", Some(AUTHOR), OWN),
            ("a moderator", Some(MODERATOR), MEMBER),
            ("the owner", Some(ADA), MEMBER),
        ],
    });
    rows
}

static NUMBER: AtomicI64 = AtomicI64::new(5_000_000);

/// What is there of the author's in a channel.
pub(crate) struct Things {
    pub(crate) message: i64,
    pub(crate) sent: i64,
    pub(crate) unsent: i64,
    pub(crate) upload: i64,
}

/// An upload, an unsent file, and a message with a text and a file, wherever the author put them.
pub(crate) async fn things(world: &World, channel: i64) -> Things {
    let id = || NUMBER.fetch_add(1, Ordering::SeqCst);
    let things = Things {
        message: id(),
        sent: id(),
        unsent: id(),
        upload: id(),
    };
    let message =
        "INSERT INTO messages (server_id, channel_id, id, seq, author_id, content, created_at, attachment_count)
        VALUES ($1, $2, $3, $3, $4, 'hello', 0, 1)";
    let file = "INSERT INTO attachments (server_id, channel_id, id, uploader_id, name, size, received, content_type,
        has_thumbnail, expires_at, message_id) VALUES ($1, $2, $3, $4, 'secret.png', 5, $5, $6, TRUE, $7, $8)";
    let mut tx = world.db.begin().await.unwrap();
    tx.run(message, platform::args![SERVER, channel, things.message, AUTHOR])
        .await
        .unwrap();
    for (id, received, content_type, message_id) in [
        (things.sent, 5, Some("image/png"), Some(things.message)),
        (things.unsent, 5, Some("image/png"), None),
        (things.upload, 0, None, None),
    ] {
        let args = platform::args![
            SERVER,
            channel,
            id,
            AUTHOR,
            received,
            content_type,
            9_000_000_000_000_i64,
            message_id
        ];
        tx.run(file, args).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut files = world.storage.files.lock().unwrap();
    files.insert(things.sent, b"bytes".to_vec());
    files.insert(things.unsent, b"bytes".to_vec());
    drop(files);
    things
}

async fn send(world: &World, user: Option<i64>, route: (&str, &str), channel: i64, things: &Things) -> Answer {
    let (method, path) = route;
    let id = match path.rsplit('/').next() {
        Some("unsent") => things.unsent,
        Some("{name}" | "thumbnail") => things.sent,
        _ if path.contains("/messages/") => things.sent,
        _ if method == "PATCH" => things.upload,
        _ => things.unsent,
    };
    let path = path
        .replace("{server_id}", &SERVER.to_string())
        .replace("{channel_id}", &channel.to_string())
        .replace("{message_id}", &things.message.to_string())
        .replace("{attachment_id}", &id.to_string())
        .replace("{name}", "secret.png");
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if method == "POST" {
        request = request.header("tus-resumable", "1.0.0").header("upload-length", "10");
    }
    let mut body = Body::empty();
    if method == "PATCH" {
        request = request
            .header("upload-offset", "0")
            .header("content-type", "application/offset+octet-stream");
        body = Body::from("ab");
    }
    let actor = user.map_or_else(|| world.app.nobody(), |user| world.user(user));
    actor.request(request.body(body).unwrap()).await
}

fn check(answer: &Answer, (status, code): Outcome, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.body);
    if !code.is_empty() {
        assert_eq!(answer.body["code"], code, "{what}");
        let told = String::from_utf8_lossy(&answer.bytes);
        assert!(!told.contains("secret") && !told.contains("bytes"), "{what}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_each_caller_as_it_should() {
    for world in worlds().await {
        for channel in [TEXT, VOICE, FOLDER, HIDDEN, SILENT, FORGETFUL] {
            for (who, user, outcomes) in rows(channel) {
                for (route, outcome) in ROUTES.into_iter().zip(outcomes) {
                    let things = things(&world, channel).await;
                    let answer = send(&world, user, route, channel, &things).await;
                    let what = format!("{}: {route:?} in {channel}, {who}", world.kind);
                    check(&answer, outcome, &what);
                }
                let mut tx = world.db.begin().await.unwrap();
                tx.run("DELETE FROM attachments", platform::args![]).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_not_see_is_as_what_is_not_there() {
    for world in worlds().await {
        for (channel, who) in [(HIDDEN, BOB), (HIDDEN, AUTHOR), (FORGETFUL, BOB), (FORGETFUL, AUTHOR)] {
            let there = things(&world, channel).await;
            let nowhere = Things {
                message: 1,
                sent: 1,
                unsent: 1,
                upload: 1,
            };
            for route in &ROUTES[5..7] {
                assert_eq!(
                    send(&world, Some(who), *route, channel, &there)
                        .await
                        .is_problem(404, "attachment_not_found"),
                    send(&world, Some(who), *route, channel, &nowhere)
                        .await
                        .is_problem(404, "attachment_not_found"),
                    "{}: {route:?}",
                    world.kind
                );
            }
        }
        // A file of another channel, or of another server, in the path opens nothing.
        let hidden = things(&world, HIDDEN).await;
        for route in &ROUTES[2..5] {
            let answer = send(&world, Some(ADA), *route, TEXT, &hidden).await;
            assert_eq!(answer.status, 404, "{route:?}: {}", answer.body);
        }
        for below in ["secret.png", "thumbnail"] {
            let path = format!("/servers/11/files/{}/{below}", hidden.sent);
            world.user(ADA).get(&path).await.is_problem(404, "server_not_found");
        }
        assert!(world.storage.files.lock().unwrap().contains_key(&hidden.sent));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_or_is_timed_out_loses_it_at_once() {
    for world in worlds().await {
        for (timed_out, outcomes) in [
            (
                true,
                [
                    LACKS,
                    LACKS,
                    done(200),
                    done(204),
                    done(204),
                    done(200),
                    done(200),
                    done(200),
                ],
            ),
            (false, [STRANGER; 8]),
        ] {
            // What is remembered of the author is from before.
            let before = things(&world, TEXT).await;
            check(
                &send(&world, Some(AUTHOR), ROUTES[5], TEXT, &before).await,
                done(200),
                "before",
            );
            let version = world.peers.change(|state| {
                if timed_out {
                    state.timed_out.insert(AUTHOR);
                } else {
                    state.members.remove(&AUTHOR);
                }
            });
            let kind = if timed_out {
                EventKind::MemberUpdated
            } else {
                EventKind::MemberLeft
            };
            world.tell(kind, version, Some(AUTHOR), Value::Null).await;
            becomes("the author cannot upload", async || {
                send(&world, Some(AUTHOR), ROUTES[0], TEXT, &before).await.status != 201
            })
            .await;
            for (route, outcome) in ROUTES.into_iter().zip(outcomes) {
                let things = things(&world, TEXT).await;
                let answer = send(&world, Some(AUTHOR), route, TEXT, &things).await;
                check(
                    &answer,
                    outcome,
                    &format!("{}: {route:?}, timed out: {timed_out}", world.kind),
                );
            }
        }
    }
}
