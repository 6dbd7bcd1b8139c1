//! How sessions begin, go on and end.

use contracts::events::EventKind;
use serde_json::json;

use crate::{client::Client, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn resume_brings_exactly_what_was_missed() {
    let world = World::new(&[1], &[100]).await;
    let mut client = Client::identify(&world, 1).await;
    world.message(100, "first").await;
    client.event("message.created").await;
    let (session_id, seq) = (client.session_id.clone(), client.last_seq);
    drop(client);
    for text in ["second", "third"] {
        world.message(100, text).await;
    }
    let mut again = Client::connect(&world).await;
    again.last_seq = seq;
    again
        .send(&json!({ "op": "resume", "token": world.token(1, 1), "session_id": session_id, "seq": seq }))
        .await;
    assert_eq!(again.frame().await, json!({ "op": "resumed", "seq": seq }));
    assert_eq!(again.event("message.created").await["content"], "second");
    assert_eq!(again.event("message.created").await["content"], "third");
    again.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_resumes_the_session_of_another() {
    let world = World::new(&[1, 2], &[100]).await;
    let owner = Client::identify(&world, 1).await;
    for (token, name) in [
        (world.token(2, 2), "another user"),
        (world.token(1, 99), "another sign-in of the same user"),
    ] {
        let mut thief = Client::connect(&world).await;
        thief
            .send(&json!({ "op": "resume", "token": token, "session_id": owner.session_id, "seq": 1 }))
            .await;
        assert_eq!(thief.frame().await["op"], "invalid_session", "{name}");
        // The connection goes on, and may identify.
        thief.send(&json!({ "op": "identify", "token": token })).await;
        thief.event("ready").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_one_connection() {
    let world = World::new(&[1], &[100]).await;
    let mut first = Client::identify(&world, 1).await;
    let mut second = Client::connect(&world).await;
    second.last_seq = 1;
    second
        .send(&json!({ "op": "resume", "token": world.token(1, 1), "session_id": first.session_id, "seq": 1 }))
        .await;
    assert_eq!(second.frame().await["op"], "resumed");
    assert_eq!(first.close_code().await, 4009);
    world.message(100, "once").await;
    second.event("message.created").await;
}

/// So many that they do not go in one write.
const WORDS: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_sign_in_is_told_what_happened_before_and_nothing_of_what_happens_after() {
    let (beside_another, _other) = World::two(&[1], &[100]).await;
    for world in [World::new(&[1], &[100]).await, beside_another] {
        let mut client = Client::identify(&world, 1).await;
        for _ in 0..WORDS {
            world.user_event(EventKind::SettingsUpdated, 1, 1).await;
        }
        world.revoke(1, 1).await;
        world.user_event(EventKind::UserUpdated, 1, 1).await;
        for _ in 0..WORDS {
            client.event("settings.updated").await;
        }
        assert_eq!(client.ends_now().await, 4013);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_sign_in_ends_its_connection_and_nothing_resumes_it() {
    let world = World::new(&[1], &[100]).await;
    let (mut ended, mut other) = (Client::identify(&world, 1).await, Client::connect(&world).await);
    other
        .send(&json!({ "op": "identify", "token": world.token(1, 7) }))
        .await;
    other.event("ready").await;
    world.revoke(1, 1).await;
    assert_eq!(ended.close_code().await, 4013);
    let mut again = Client::connect(&world).await;
    again
        .send(&json!({ "op": "resume", "token": world.token(1, 1), "session_id": ended.session_id, "seq": 1 }))
        .await;
    assert_eq!(again.close_code().await, 4013);
    other.hears_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_frames_close_with_their_code() {
    let world = World::new(&[1], &[100]).await;
    for (text, code) in [
        ("{".to_owned(), 4002),
        (r#"{"op":"fly"}"#.to_owned(), 4001),
        (r#"{"op":"heartbeat"}"#.to_owned(), 4003),
        (r#"{"op":"identify"}"#.to_owned(), 4004),
        (r#"{"op":"identify","token":"x"}"#.to_owned(), 4004),
        (format!(r#"{{"op":"identify","token":"{}"}}"#, "x".repeat(8_000)), 4011),
    ] {
        let mut client = Client::connect(&world).await;
        client.text(&text).await;
        assert_eq!(client.close_code().await, code, "{}", &text[..text.len().min(40)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_sends_clients_elsewhere() {
    let world = World::new(&[1], &[100]).await;
    let mut client = Client::identify(&world, 1).await;
    world.shutdown.cancel();
    assert_eq!(client.frame().await["op"], "reconnect");
    assert_eq!(client.close_code().await, 4012);
}
