//! Who may search where: every route, each kind of caller, each kind of channel.

use std::collections::BTreeSet;

use platform::http::testing::{Answer, contract::operations};
use serde_json::Value;

use crate::{
    peers::{ADA, BOB, CHANNELS, EVE, FOLDER, FORGETFUL, HIDDEN, SERVER, TEXT, VOICE},
    world::{World, in_channel, in_server, world, zebras},
};

/// How many are found, or how it is refused.
type Outcome = Result<usize, (u16, &'static str)>;

const SIGNED_OUT: Outcome = Err((401, "not_signed_in"));
const STRANGER: Outcome = Err((404, "server_not_found"));
const UNSEEN: Outcome = Err((404, "channel_not_found"));
const A_FOLDER: Outcome = Err((409, "channel_has_no_messages"));

/// What a caller is answered in the channels, in the order of [`CHANNELS`], and in the server.
fn rows() -> [(&'static str, Option<i64>, [Outcome; 5], Outcome); 4] {
    [
        ("signed out", None, [SIGNED_OUT; 5], SIGNED_OUT),
        ("a stranger", Some(EVE), [STRANGER; 5], STRANGER),
        ("a member", Some(BOB), [Ok(1), Ok(1), A_FOLDER, UNSEEN, Ok(0)], Ok(2)),
        ("the owner", Some(ADA), [Ok(1), Ok(1), A_FOLDER, Ok(1), Ok(1)], Ok(4)),
    ]
}

async fn search(world: &World, user: Option<i64>, path: &str) -> Answer {
    let actor = user.map_or_else(|| world.app.nobody(), |user| world.user(user));
    actor.get(&format!("{path}?query=zebra")).await
}

fn check(answer: Answer, outcome: Outcome, what: &str) {
    match outcome {
        Ok(total) => {
            let found = answer.expect(200);
            assert_eq!(found["total"], total, "{what}: {found}");
            assert_eq!(found["items"].as_array().unwrap().len(), total, "{what}: {found}");
        }
        Err((status, code)) => {
            assert_eq!(
                (answer.status, &answer.body["code"]),
                (status, &Value::from(code)),
                "{what}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_each_caller_as_it_should() {
    assert_eq!(CHANNELS, [TEXT, VOICE, FOLDER, HIDDEN, FORGETFUL]);
    let world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    for (who, user, in_channels, everywhere) in rows() {
        for (channel, outcome) in CHANNELS.into_iter().zip(in_channels) {
            let answer = search(&world, user, &in_channel(channel)).await;
            check(answer, outcome, &format!("{who} in {channel}"));
        }
        check(search(&world, user, &in_server()).await, everywhere, who);
    }
    // Who is timed out may read; who is no member any more may nothing.
    world.peers.state().timed_out.insert(BOB);
    check(search(&world, Some(BOB), &in_server()).await, Ok(2), "timed out");
    world.peers.state().members.remove(&BOB);
    check(
        search(&world, Some(BOB), &in_server()).await,
        STRANGER,
        "no member any more",
    );
    check(
        search(&world, Some(BOB), &in_channel(TEXT)).await,
        STRANGER,
        "no member any more",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_cannot_see_is_as_what_is_not_there() {
    let world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    let hidden = search(&world, Some(BOB), &in_channel(HIDDEN)).await;
    let nowhere = search(&world, Some(BOB), &in_channel(999)).await;
    assert_eq!(
        hidden.is_problem(404, "channel_not_found"),
        nowhere.is_problem(404, "channel_not_found")
    );
    // Named among others, it is as nothing; and a channel of another server, too.
    for (channels, total) in [
        (format!("channel={HIDDEN}"), 0),
        (format!("channel={FORGETFUL}"), 0),
        ("channel=999".to_owned(), 0),
        (format!("channel={HIDDEN}&channel={TEXT}"), 1),
    ] {
        let found = world.find(BOB, &format!("query=zebra&{channels}")).await;
        assert_eq!(
            (&found["total"], found["items"].as_array().unwrap().len()),
            (&total.into(), total),
            "{channels}"
        );
    }
    // In a channel nothing else is named.
    let path = format!("{}?query=zebra&channel={VOICE}", in_channel(TEXT));
    let found = world.user(BOB).get(&path).await.expect(200);
    assert_eq!(found["items"][0]["channel_id"], TEXT.to_string());
    let elsewhere = world.user(ADA).get("/servers/11/search?query=zebra").await;
    elsewhere.is_problem(404, "server_not_found");
}

#[test]
fn every_route_has_a_row() {
    let routes = [
        "/api/v1/servers/{server_id}/channels/{channel_id}/search",
        "/api/v1/servers/{server_id}/search",
    ];
    let documented = operations(&search::contract()).into_iter();
    assert_eq!(
        documented
            .map(|operation| (operation.method, operation.path))
            .collect::<BTreeSet<_>>(),
        routes.map(|path| ("GET".to_owned(), path.to_owned())).into()
    );
    assert!(in_channel(TEXT).contains(&SERVER.to_string()));
}
