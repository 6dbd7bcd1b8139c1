//! Every problem that the contract names happens, and no other.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use model::UserId;

use crate::{
    peers::{ADA, BOB, EVE, FOLDER, HIDDEN, SERVER, TEXT},
    world::{in_channel, in_server, world, zebras},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_problem_happens() {
    let mut world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    let parameters = BTreeMap::from([("server_id", SERVER.to_string()), ("channel_id", TEXT.to_string())]);
    world.app.provoke_the_common(UserId(ADA), &parameters).await;
    for path in [in_channel(TEXT), in_server()] {
        let get = async |user, parameters: &str| world.user(user).get(&format!("{path}?{parameters}")).await;
        get(EVE, "query=zebra").await.is_problem(404, "server_not_found");
        // Who may not look is told so before what they look for is looked at.
        get(EVE, "limit=0").await.is_problem(404, "server_not_found");
        get(BOB, "").await.is_invalid("query", "required");
        get(BOB, "query=x&limit=0").await.is_invalid("limit", "out_of_range");
        get(BOB, "query=x&query=y").await.is_problem(400, "malformed_query");
        get(BOB, "has=cheese").await.is_invalid("has", "invalid_format");
        get(BOB, "query=x&cursor=y")
            .await
            .is_invalid("cursor", "invalid_format");
    }
    let bob = world.user(BOB);
    let search = |channel| format!("{}?query=zebra", in_channel(channel));
    bob.get(&search(HIDDEN)).await.is_problem(404, "channel_not_found");
    bob.get(&search(FOLDER))
        .await
        .is_problem(409, "channel_has_no_messages");
    let limited = world.limited(2).await;
    for path in [search(TEXT), format!("{}?query=zebra", in_server())] {
        let person = UserId(if path.contains("channels") { ADA } else { BOB });
        for _ in 0..2 {
            limited.user(person).get(&path).await.expect(200);
        }
        let answer = limited.user(person).get(&path).await;
        assert!(!answer.header("retry-after").is_empty());
        answer.is_problem(429, "searching_too_fast");
    }
    limited.assert_every_problem_was_seen();
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_peer_is_away_nothing_is_shown() {
    let world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    for away in [&world.peers.servers_away, &world.peers.messages_away] {
        away.store(true, Ordering::SeqCst);
        let answer = world.user(ADA).get(&format!("{}?query=zebra", in_server())).await;
        assert!(!answer.header("retry-after").is_empty());
        answer.is_problem(503, "unavailable");
        away.store(false, Ordering::SeqCst);
    }
    world.finds(ADA, "query=zebra", 4).await;
}
