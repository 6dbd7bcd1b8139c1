//! The same for pins, reactions, reading, and deleting several messages at once.

use serde_json::{Value, json};

use super::{LACKS, NO_CHANNEL_OF_MESSAGES, NO_MESSAGE, Outcome, SIGNED_OUT, STRANGER, UNSEEN, check, done, message};
use crate::{
    peers::{ADA, AUTHOR, BOB, EVE, FOLDER, FORGETFUL, HIDDEN, MODERATOR, SERVER, SILENT, TEXT, VOICE},
    world::{World, worlds},
};

/// A thumb, as it stands in an address.
const THUMB: &str = "%F0%9F%91%8D";

/// What is done, below a channel.
pub(super) const ROUTES: [(&str, &str); 12] = [
    ("POST", "/messages/bulk-delete"),
    ("PUT", "/messages/{message_id}/reactions/{emoji}/@me"),
    ("DELETE", "/messages/{message_id}/reactions/{emoji}/@me"),
    ("GET", "/messages/{message_id}/reactions/{emoji}"),
    ("DELETE", "/messages/{message_id}/reactions/{emoji}"),
    ("GET", "/pins"),
    ("PUT", "/pins/{message_id}"),
    ("DELETE", "/pins/{message_id}"),
    ("PUT", "/read"),
    ("POST", "/typing"),
    ("PUT", "/draft"),
    ("DELETE", "/messages/{message_id}/embeds"),
];

/// Who does it, and what they are answered, where the message is the author's.
type Row = (&'static str, Option<i64>, [Outcome; 12]);

const OK: Outcome = done(200);
const DONE: Outcome = done(204);

const MEMBER: [Outcome; 12] = [LACKS, DONE, DONE, OK, LACKS, OK, LACKS, LACKS, OK, DONE, OK, LACKS];
/// The same for whose message it is.
const THEIRS: [Outcome; 12] = {
    let mut outcomes = MEMBER;
    outcomes[11] = DONE;
    outcomes
};
const WITH_MESSAGES: [Outcome; 12] = [DONE, DONE, DONE, OK, DONE, OK, LACKS, LACKS, OK, DONE, OK, DONE];
const ALL: [Outcome; 12] = [DONE, DONE, DONE, OK, DONE, OK, DONE, DONE, OK, DONE, OK, DONE];
const NONE: Outcome = NO_MESSAGE;

/// The same where they may not write.
const fn silent(mut outcomes: [Outcome; 12]) -> [Outcome; 12] {
    outcomes[9] = LACKS;
    outcomes
}

fn rows(channel: i64) -> Vec<Row> {
    let anybody = [
        ("signed out", None, [SIGNED_OUT; 12]),
        ("a stranger", Some(EVE), [STRANGER; 12]),
    ];
    let of_members = match channel {
        FOLDER => [BOB, AUTHOR, MODERATOR, ADA].map(|user| ("a member", Some(user), [NO_CHANNEL_OF_MESSAGES; 12])),
        HIDDEN => [
            ("a member", Some(BOB), [UNSEEN; 12]),
            ("the author, who does not see it any more", Some(AUTHOR), [UNSEEN; 12]),
            ("a moderator", Some(MODERATOR), [UNSEEN; 12]),
            ("the owner", Some(ADA), ALL),
        ],
        FORGETFUL => [
            (
                "a member",
                Some(BOB),
                [LACKS, NONE, NONE, NONE, NONE, OK, NONE, NONE, OK, DONE, OK, NONE],
            ),
            (
                "the author",
                Some(AUTHOR),
                [LACKS, NONE, NONE, NONE, NONE, OK, NONE, NONE, OK, DONE, OK, DONE],
            ),
            (
                "a moderator",
                Some(MODERATOR),
                [DONE, NONE, NONE, NONE, NONE, OK, NONE, NONE, OK, DONE, OK, DONE],
            ),
            ("the owner", Some(ADA), ALL),
        ],
        SILENT => [
            ("a member", Some(BOB), silent(MEMBER)),
            ("the author", Some(AUTHOR), silent(THEIRS)),
            ("a moderator", Some(MODERATOR), silent(WITH_MESSAGES)),
            ("the owner", Some(ADA), ALL),
        ],
        _ => [
            ("a member", Some(BOB), MEMBER),
            ("the author", Some(AUTHOR), THEIRS),
            ("a moderator", Some(MODERATOR), WITH_MESSAGES),
            ("the owner", Some(ADA), ALL),
        ],
    };
    anybody.into_iter().chain(of_members).collect()
}

async fn send(
    world: &World,
    user: Option<i64>,
    (method, below): (&str, &str),
    channel: i64,
    message: &str,
) -> platform::http::testing::Answer {
    let body = match below {
        "/messages/bulk-delete" => json!({"message_ids": [message]}),
        "/read" => json!({"message_id": message}),
        "/draft" => json!({"content": "begun"}),
        _ => Value::Null,
    };
    let below = below.replace("{message_id}", message).replace("{emoji}", THUMB);
    let actor = user.map_or_else(|| world.app.nobody(), |user| world.user(user));
    actor
        .send(method, &format!("/servers/{SERVER}/channels/{channel}{below}"), body)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_route_answers_each_caller_as_it_should() {
    for world in worlds().await {
        for channel in [TEXT, VOICE, FOLDER, HIDDEN, SILENT, FORGETFUL] {
            for (who, user, outcomes) in rows(channel) {
                for (route, outcome) in ROUTES.into_iter().zip(outcomes) {
                    let message = message(&world, channel).await;
                    let answer = send(&world, user, route, channel, &message).await;
                    let what = format!("{}: {route:?} in {channel}, {who}", world.kind);
                    check(&answer, outcome, &what);
                    let one = format!("/servers/{SERVER}/channels/{channel}/messages/{message}");
                    let there = world.user(ADA).get(&one);
                    let gone = route == ROUTES[0] && outcome == DONE && channel != FORGETFUL;
                    if channel != FOLDER && !(channel == FORGETFUL && user == Some(ADA)) {
                        assert_eq!(there.await.status, if gone { 404 } else { 200 }, "{what}");
                    }
                    if route == ROUTES[5] && channel == FORGETFUL && user != Some(ADA) && answer.status == 200 {
                        assert_eq!(answer.body, json!({"items": [], "next": null}), "{what}");
                    }
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_cannot_see_is_as_what_is_not_there_for_these_too() {
    for world in worlds().await {
        let (hidden, forgotten) = (message(&world, HIDDEN).await, message(&world, FORGETFUL).await);
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
        for route in ROUTES {
            let mut there = send(&world, Some(BOB), route, FORGETFUL, &forgotten).await;
            let mut nowhere = send(&world, Some(BOB), route, FORGETFUL, "1").await;
            for answer in [&mut there, &mut nowhere] {
                if let Some(problem) = answer.body.as_object_mut() {
                    problem.remove("trace_id");
                    problem.remove("updated_at");
                }
            }
            assert_eq!(
                (there.status, there.body),
                (nowhere.status, nowhere.body),
                "{}: {route:?}",
                world.kind
            );
        }
        // A message of another channel in the path opens nothing, to nobody.
        for route in ROUTES[1..5].iter().chain(&ROUTES[11..]) {
            let elsewhere = send(&world, Some(ADA), *route, VOICE, &hidden).await;
            elsewhere.is_problem(404, "message_not_found");
        }
    }
}
