//! Every problem that the contract names happens, and no other.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use model::UserId;
use serde_json::{Value, json};

use crate::{
    peers::{ADA, AUTHOR, BOB, EVE, FOLDER, MODERATOR, SERVER, SILENT, SLOW, TEXT},
    world::{World, path, path_of, worlds},
};

/// A thumb, as it stands in an address.
const THUMB: &str = "%F0%9F%91%8D";

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_problem_happens() {
    for world in worlds().await {
        let message = world.write(AUTHOR, TEXT, "hello").await;
        let id = message["id"].as_str().unwrap();
        let parameters = BTreeMap::from([
            ("server_id", SERVER.to_string()),
            ("channel_id", TEXT.to_string()),
            ("message_id", id.to_owned()),
            ("emoji", THUMB.to_owned()),
            ("attachment_id", "1".to_owned()),
            ("name", "cat.png".to_owned()),
        ]);
        world.app.provoke_the_common(UserId(AUTHOR), &parameters).await;
        let text = json!({"content": "x"});
        for (method, below, body) in [
            ("GET", String::new(), Value::Null),
            ("POST", String::new(), text.clone()),
            ("GET", format!("/{id}"), Value::Null),
            ("PATCH", format!("/{id}"), text.clone()),
            ("DELETE", format!("/{id}"), Value::Null),
            ("DELETE", format!("/{id}/embeds"), Value::Null),
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
                let nowhere = format!("{}{}", path(TEXT), below.replace(id, "1"));
                let answer = world.user(BOB).send(method, &nowhere, body).await;
                answer.is_problem(404, "message_not_found");
            }
        }
        provoke_in_conversation(&world, id).await;
        crate::files_refusals::provoke(&world).await;
        crate::exports::provoke(&world).await;
        let (bob, one) = (world.user(BOB), path_of(&message));
        bob.post(&path(SILENT), text.clone())
            .await
            .is_problem(403, "missing_permission");
        bob.patch(&format!("{}/1", path(SILENT)), text.clone())
            .await
            .is_problem(403, "missing_permission");
        bob.delete(&one).await.is_problem(403, "missing_permission");
        let embeds = format!("{one}/embeds");
        bob.delete(&embeds).await.is_problem(403, "missing_permission");
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

/// What can go wrong with pins, reactions, reading, and deleting several messages.
async fn provoke_in_conversation(world: &World, id: &str) {
    let below = |channel: i64, below: &str| format!("/servers/{SERVER}/channels/{channel}{below}");
    let reaction = |id: &str, emoji: &str| format!("/messages/{id}/reactions/{emoji}");
    let own = |id: &str, emoji: &str| format!("{}/@me", reaction(id, emoji));
    let some = json!({"message_ids": [id]});
    for (method, path, body) in [
        ("POST", "/messages/bulk-delete".to_owned(), some.clone()),
        ("PUT", own(id, THUMB), Value::Null),
        ("DELETE", own(id, THUMB), Value::Null),
        ("GET", reaction(id, THUMB), Value::Null),
        ("DELETE", reaction(id, THUMB), Value::Null),
        ("GET", "/pins".to_owned(), Value::Null),
        ("PUT", format!("/pins/{id}"), Value::Null),
        ("DELETE", format!("/pins/{id}"), Value::Null),
        ("PUT", "/read".to_owned(), json!({"message_id": id})),
        ("POST", "/typing".to_owned(), Value::Null),
        ("PUT", "/draft".to_owned(), json!({"content": "begun"})),
    ] {
        for (user, channel, status, code) in [
            (EVE, TEXT, 404, "server_not_found"),
            (BOB, 1, 404, "channel_not_found"),
            (BOB, FOLDER, 409, "channel_has_no_messages"),
        ] {
            let answer = world
                .user(user)
                .send(method, &below(channel, &path), body.clone())
                .await;
            answer.is_problem(status, code);
        }
    }
    let (bob, ada) = (world.user(BOB), world.user(ADA));
    for (method, path, body) in [
        ("PUT", own("1", THUMB), Value::Null),
        ("DELETE", own("1", THUMB), Value::Null),
        ("GET", reaction("1", THUMB), Value::Null),
        ("DELETE", reaction("1", THUMB), Value::Null),
        ("PUT", "/pins/1".to_owned(), Value::Null),
        ("DELETE", "/pins/1".to_owned(), Value::Null),
        ("PUT", "/read".to_owned(), json!({"message_id": "1"})),
    ] {
        ada.send(method, &below(TEXT, &path), body)
            .await
            .is_problem(404, "message_not_found");
    }
    for (method, path) in [
        ("PUT", own(id, "x")),
        ("DELETE", own(id, "x")),
        ("GET", reaction(id, "x")),
        ("DELETE", reaction(id, "x")),
    ] {
        bob.send(method, &below(TEXT, &path), Value::Null)
            .await
            .is_invalid("emoji", "invalid_format");
    }
    for (method, path, body) in [
        ("POST", "/messages/bulk-delete".to_owned(), some),
        ("DELETE", reaction(id, THUMB), Value::Null),
        ("PUT", format!("/pins/{id}"), Value::Null),
        ("DELETE", format!("/pins/{id}"), Value::Null),
    ] {
        bob.send(method, &below(TEXT, &path), body)
            .await
            .is_problem(403, "missing_permission");
    }
    bob.post(&below(SILENT, "/typing"), Value::Null)
        .await
        .is_problem(403, "missing_permission");
    bob.get(&below(TEXT, "/pins?limit=0"))
        .await
        .is_invalid("limit", "out_of_range");
    bob.get(&below(TEXT, &(reaction(id, THUMB) + "?limit=0")))
        .await
        .is_invalid("limit", "out_of_range");
    ada.post(&below(TEXT, "/messages/bulk-delete"), json!({"message_ids": []}))
        .await
        .is_invalid("message_ids", "required");
    for (content, code) in [("x".repeat(4_001), "too_long"), ("a\0b".to_owned(), "invalid")] {
        bob.put(&below(TEXT, "/draft"), json!({"content": content}))
            .await
            .is_invalid("content", code);
    }
    provoke_full(world, id).await;
}

/// More pins and reactions than there may be; a member who is timed out, and one who is too fast.
async fn provoke_full(world: &World, id: &str) {
    let path = format!("/servers/{SERVER}/channels/{TEXT}");
    let reaction = format!("{path}/messages/{id}/reactions/{THUMB}/@me");
    let mut tx = world.db.begin().await.unwrap();
    let pinned =
        "INSERT INTO messages (server_id, channel_id, id, seq, author_id, content, created_at, pinned_at, pinned_by)
                  VALUES ($1, $2, $3, $3, $4, 'x', 0, 1, $4)";
    for number in 1_000..1_250_i64 {
        tx.run(pinned, platform::args![SERVER, TEXT, number, ADA])
            .await
            .unwrap();
    }
    let reacted = "INSERT INTO reactions (server_id, channel_id, message_id, emoji, user_id, created_at)
                   VALUES ($1, $2, $3, $4, $5, 0)";
    let message: i64 = id.parse().unwrap();
    for number in 0..20 {
        let emoji = format!("emoji {number}");
        tx.run(reacted, platform::args![SERVER, TEXT, message, emoji.as_str(), ADA])
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let (ada, bob) = (world.user(ADA), world.user(BOB));
    ada.put(&format!("{path}/pins/{id}"), Value::Null)
        .await
        .is_problem(409, "too_many_pins");
    bob.put(&reaction, Value::Null)
        .await
        .is_problem(409, "too_many_reactions");
    let slow = world.instance(1).await;
    slow.user(UserId(BOB)).put(&reaction, Value::Null).await;
    let typing = format!("{path}/typing");
    slow.user(UserId(BOB)).post(&typing, Value::Null).await.expect(204);
    let again = slow.user(UserId(BOB)).post(&typing, Value::Null).await;
    again.is_problem(429, "sending_too_fast");
    slow.user(UserId(BOB))
        .put(&reaction, Value::Null)
        .await
        .is_problem(429, "sending_too_fast");
    let mut tx = world.db.begin().await.unwrap();
    tx.run("DELETE FROM reactions", platform::args![]).await.unwrap();
    tx.run("DELETE FROM messages WHERE id < 2000", platform::args![])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.peers.change(|state| {
        state.timed_out.insert(MODERATOR);
    });
    let timed_out = world.user(MODERATOR).put(&reaction, Value::Null).await;
    timed_out.is_problem(403, "missing_permission");
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
