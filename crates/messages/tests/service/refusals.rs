//! Every problem that the contract names happens, and no other.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use model::UserId;
use serde_json::{Value, json};

use crate::{
    peers::{ADA, AUTHOR, BOB, EVE, FOLDER, SERVER, SILENT, SLOW, TEXT},
    world::{path, path_of, worlds},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_problem_happens() {
    for world in worlds().await {
        let message = world.write(AUTHOR, TEXT, "hello").await;
        let id = message["id"].as_str().unwrap();
        let parameters = BTreeMap::from([
            ("server_id", SERVER.to_string()),
            ("channel_id", TEXT.to_string()),
            ("message_id", id.to_owned()),
        ]);
        world.app.provoke_the_common(UserId(AUTHOR), &parameters).await;
        let text = json!({"content": "x"});
        for (method, below, body) in [
            ("GET", String::new(), Value::Null),
            ("POST", String::new(), text.clone()),
            ("GET", format!("/{id}"), Value::Null),
            ("PATCH", format!("/{id}"), text.clone()),
            ("DELETE", format!("/{id}"), Value::Null),
        ] {
            for (user, channel, status, code) in [
                (EVE, TEXT, 404, "server_not_found"),
                (BOB, 1, 404, "channel_not_found"),
                (BOB, FOLDER, 409, "channel_has_no_messages"),
            ] {
                let answer = world
                    .user(user)
                    .send(method, &format!("{}{below}", path(channel)), body.clone())
                    .await;
                answer.is_problem(status, code);
            }
            if !below.is_empty() {
                let answer = world.user(BOB).send(method, &format!("{}/1", path(TEXT)), body).await;
                answer.is_problem(404, "message_not_found");
            }
        }
        let (bob, one) = (world.user(BOB), path_of(&message));
        bob.post(&path(SILENT), text.clone())
            .await
            .is_problem(403, "missing_permission");
        bob.patch(&format!("{}/1", path(SILENT)), text.clone())
            .await
            .is_problem(403, "missing_permission");
        bob.delete(&one).await.is_problem(403, "missing_permission");
        bob.patch(&one, text.clone()).await.is_problem(403, "not_the_author");
        bob.get(&format!("{}?limit=0", path(TEXT)))
            .await
            .is_invalid("limit", "out_of_range");
        bob.post(&path(TEXT), json!({})).await.is_invalid("content", "required");
        world
            .user(AUTHOR)
            .patch(&one, json!({}))
            .await
            .is_invalid("content", "required");
        bob.post(&path(SLOW), text.clone()).await.expect(201);
        bob.post(&path(SLOW), text.clone()).await.is_problem(429, "slow_mode");
        let slow = world.instance(1).await;
        let author = slow.user(UserId(AUTHOR));
        author.post(&path(TEXT), text.clone()).await.expect(201);
        for answer in [
            author.post(&path(TEXT), text.clone()).await,
            author.patch(&one, text.clone()).await,
        ] {
            assert!(!answer.header("retry-after").is_empty());
            answer.is_problem(429, "sending_too_fast");
        }
        slow.user(UserId(ADA)).post(&path(TEXT), text.clone()).await.expect(201);
        world.app.assert_every_problem_was_seen();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_peer_is_away_nothing_is_half_done() {
    for world in worlds().await {
        world.peers.away.store(true, Ordering::SeqCst);
        let answer = world.user(AUTHOR).post(&path(TEXT), json!({"content": "x"})).await;
        assert!(!answer.header("retry-after").is_empty());
        answer.is_problem(503, "unavailable");
        world.peers.away.store(false, Ordering::SeqCst);
        assert_eq!(world.rows(TEXT).await, (0, 0), "{}", world.kind);
        assert_eq!(world.write(AUTHOR, TEXT, "x").await["seq"], 1);
    }
}
