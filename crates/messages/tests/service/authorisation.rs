//! Who may do what: every route, each kind of caller, each kind of channel.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicI64, Ordering},
};

use contracts::events::EventKind;
use platform::http::testing::{Answer, contract::operations};
use serde_json::{Value, json};

use crate::{
    peers::{ADA, AUTHOR, BOB, EVE, FOLDER, FORGETFUL, HIDDEN, MODERATOR, SILENT, TEXT, VOICE},
    world::{World, becomes, path, worlds},
};

/// The status and, for a problem, its code.
type Outcome = (u16, Option<&'static str>);

const fn done(status: u16) -> Outcome {
    (status, None)
}

const SIGNED_OUT: Outcome = (401, Some("not_signed_in"));
const STRANGER: Outcome = (404, Some("server_not_found"));
const UNSEEN: Outcome = (404, Some("channel_not_found"));
const NO_MESSAGE: Outcome = (404, Some("message_not_found"));
const NO_CHANNEL_OF_MESSAGES: Outcome = (409, Some("channel_has_no_messages"));
const LACKS: Outcome = (403, Some("missing_permission"));
const NOT_MINE: Outcome = (403, Some("not_the_author"));

/// What is done, below a channel.
const ROUTES: [(&str, &str); 5] = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/{message_id}"),
    ("PATCH", "/{message_id}"),
    ("DELETE", "/{message_id}"),
];

/// Who does it, and what they are answered on each of [`ROUTES`], where the message is the author's.
type Row = (&'static str, Option<i64>, [Outcome; 5]);

fn anybody() -> [Row; 2] {
    [
        ("signed out", None, [SIGNED_OUT; 5]),
        ("a stranger", Some(EVE), [STRANGER; 5]),
    ]
}

fn where_all_may_write() -> Vec<Row> {
    let all = |change, delete| [done(200), done(201), done(200), change, delete];
    vec![
        ("a member", Some(BOB), all(NOT_MINE, LACKS)),
        ("the author", Some(AUTHOR), all(done(200), done(204))),
        ("a moderator", Some(MODERATOR), all(NOT_MINE, done(204))),
        ("the owner", Some(ADA), all(NOT_MINE, done(204))),
    ]
}

fn rows(channel: i64) -> Vec<Row> {
    let of_members = match channel {
        FOLDER => [BOB, AUTHOR, MODERATOR, ADA]
            .map(|user| ("a member", Some(user), [NO_CHANNEL_OF_MESSAGES; 5]))
            .into(),
        HIDDEN => vec![
            ("a member", Some(BOB), [UNSEEN; 5]),
            ("the author, who does not see it any more", Some(AUTHOR), [UNSEEN; 5]),
            ("a moderator", Some(MODERATOR), [UNSEEN; 5]),
            (
                "the owner",
                Some(ADA),
                [done(200), done(201), done(200), NOT_MINE, done(204)],
            ),
        ],
        SILENT => vec![
            ("a member", Some(BOB), [done(200), LACKS, done(200), LACKS, LACKS]),
            (
                "the author",
                Some(AUTHOR),
                [done(200), LACKS, done(200), LACKS, done(204)],
            ),
            (
                "a moderator",
                Some(MODERATOR),
                [done(200), LACKS, done(200), LACKS, done(204)],
            ),
        ],
        FORGETFUL => vec![
            (
                "a member",
                Some(BOB),
                [done(200), done(201), NO_MESSAGE, NO_MESSAGE, NO_MESSAGE],
            ),
            (
                "the author",
                Some(AUTHOR),
                [done(200), done(201), NO_MESSAGE, done(200), done(204)],
            ),
            (
                "a moderator",
                Some(MODERATOR),
                [done(200), done(201), NO_MESSAGE, NO_MESSAGE, done(204)],
            ),
        ],
        _ => where_all_may_write(),
    };
    anybody().into_iter().chain(of_members).collect()
}

fn check(answer: &Answer, (status, code): Outcome, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.body);
    if let Some(code) = code {
        assert_eq!(answer.body["code"], code, "{what}: {}", answer.body);
    }
}

#[path = "authorisation_conversation.rs"]
mod conversation;

static NUMBER: AtomicI64 = AtomicI64::new(1_000_000);

/// A message of the author's, wherever it is.
async fn message(world: &World, channel: i64) -> String {
    let sql = "INSERT INTO messages (server_id, channel_id, id, seq, author_id, content, created_at)
               VALUES ($1, $2, $3, $3, $4, 'hello', 0)";
    let id = NUMBER.fetch_add(1, Ordering::SeqCst);
    let mut tx = world.db.begin().await.unwrap();
    tx.run(sql, platform::args![crate::peers::SERVER, channel, id, AUTHOR])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}

async fn send(world: &World, user: Option<i64>, (method, below): (&str, &str), channel: i64, message: &str) -> Answer {
    let body = if matches!(method, "POST" | "PATCH") {
        json!({"content": "x"})
    } else {
        Value::Null
    };
    let path = path(channel) + &below.replace("{message_id}", message);
    let actor = user.map_or_else(|| world.app.nobody(), |user| world.user(user));
    actor.send(method, &path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_each_caller_as_it_should() {
    for world in worlds().await {
        for channel in [TEXT, VOICE, FOLDER, HIDDEN, SILENT, FORGETFUL] {
            for (who, user, outcomes) in rows(channel) {
                for (route, outcome) in ROUTES.into_iter().zip(outcomes) {
                    let message = message(&world, channel).await;
                    let answer = send(&world, user, route, channel, &message).await;
                    check(
                        &answer,
                        outcome,
                        &format!("{}: {route:?} in {channel}, {who}", world.kind),
                    );
                    if channel == FORGETFUL && route == ROUTES[0] && answer.status == 200 {
                        assert_eq!(answer.body, json!({"items": [], "next": null}), "{who}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_route_has_a_column() {
    let messages = "/api/v1/servers/{server_id}/channels/{channel_id}/messages";
    let mut columns: BTreeSet<(String, String)> = ROUTES
        .iter()
        .map(|(method, below)| ((*method).to_owned(), format!("{messages}{below}")))
        .collect();
    let channel = messages.strip_suffix("/messages").unwrap();
    let others = conversation::ROUTES.iter();
    columns.extend(others.map(|(method, below)| ((*method).to_owned(), format!("{channel}{below}"))));
    let of_files = crate::files_authorisation::ROUTES.iter();
    let of_files = of_files.filter(|(_, path)| !path.ends_with("/unsent"));
    columns.extend(of_files.map(|(method, path)| ((*method).to_owned(), format!("/api/v1{path}"))));
    // Of the caller alone: `reading.rs`, `drafts.rs`, `exports.rs`.
    for own in ["read-states", "drafts", "export", "export/file"] {
        columns.insert(("GET".to_owned(), format!("/api/v1/users/@me/{own}")));
    }
    columns.insert(("POST".to_owned(), "/api/v1/users/@me/export".to_owned()));
    let documented = operations(&messages::contract()).into_iter();
    assert_eq!(
        documented
            .map(|operation| (operation.method, operation.path))
            .collect::<BTreeSet<_>>(),
        columns
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_or_is_timed_out_loses_it_at_once() {
    for world in worlds().await {
        let message = message(&world, TEXT).await;
        for (timed_out, outcomes) in [
            (true, [done(200), LACKS, done(200), LACKS, done(204)]),
            (false, [STRANGER; 5]),
        ] {
            // What is remembered of the author is from before.
            world.user(AUTHOR).get(&path(TEXT)).await.expect(200);
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
            let refused = if timed_out { 403 } else { 404 };
            becomes("the author cannot write", async || {
                send(&world, Some(AUTHOR), ROUTES[1], TEXT, "").await.status == refused
            })
            .await;
            for (route, outcome) in ROUTES.into_iter().zip(outcomes) {
                let answer = send(&world, Some(AUTHOR), route, TEXT, &message).await;
                check(
                    &answer,
                    outcome,
                    &format!("{}: {route:?}, timed out: {timed_out}", world.kind),
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_cannot_see_is_as_what_is_not_there() {
    for world in worlds().await {
        let hidden = message(&world, HIDDEN).await;
        let forgotten = message(&world, FORGETFUL).await;
        for route in ROUTES {
            let there = send(&world, Some(BOB), route, HIDDEN, &hidden).await;
            let nowhere = send(&world, Some(BOB), route, 999, &hidden).await;
            assert_eq!(
                there.is_problem(404, "channel_not_found"),
                nowhere.is_problem(404, "channel_not_found"),
                "{}: {route:?}",
                world.kind
            );
        }
        for route in &ROUTES[2..] {
            let there = send(&world, Some(BOB), *route, FORGETFUL, &forgotten).await;
            let nowhere = send(&world, Some(BOB), *route, FORGETFUL, "1").await;
            assert_eq!(
                there.is_problem(404, "message_not_found"),
                nowhere.is_problem(404, "message_not_found"),
                "{}: {route:?}",
                world.kind
            );
        }
        // A message of another channel, or of another server, in the path opens nothing.
        for route in &ROUTES[2..] {
            let elsewhere = send(&world, Some(ADA), *route, VOICE, &hidden).await;
            elsewhere.is_problem(404, "message_not_found");
            let path = format!("/servers/11/channels/{HIDDEN}/messages/{hidden}");
            let elsewhere = world.user(ADA).send(route.0, &path, json!({"content": "x"})).await;
            elsewhere.is_problem(404, "server_not_found");
        }
        assert_eq!(world.rows(HIDDEN).await.0, 1, "{}", world.kind);
    }
}
