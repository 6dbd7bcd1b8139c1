//! Sending (M1, M6): stored once, in order, whatever happens at the same time.

use contracts::events::EventKind;
use futures::future::join_all;
use model::{UserId, limits};
use serde_json::{Value, json};

use crate::{
    peers::{ADA, AUTHOR, BOB, TEXT, VOICE},
    world::{path, path_of, worlds},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_what_was_sent_and_the_same_for_everybody() {
    for world in worlds().await {
        let body = json!({"content": "Hello, **world**", "nonce": "d8a1"});
        let sent = world.user(AUTHOR).post(&path(TEXT), body).await.expect(201);
        let expected = json!({
            "id": sent["id"], "seq": 1, "server_id": "10", "channel_id": "20", "kind": "default",
            "author": {"id": AUTHOR.to_string(), "username": "user-1005", "display_name": "User 1005", "avatar_url": null},
            "content": "Hello, **world**", "created_at": sent["created_at"], "edited_at": null, "pinned": false,
            "reply_to": null, "mentions": {"user_ids": [], "role_ids": [], "channel_ids": [], "everyone": false, "tokens": []},
            "attachments": [], "embeds": [], "reactions": [], "nonce": "d8a1"
        });
        assert_eq!(sent, expected, "{}", world.kind);
        assert_eq!(world.user(BOB).get(&path_of(&sent)).await.expect(200), sent);
        let list = world.user(BOB).get(&path(TEXT)).await.expect(200);
        assert_eq!(list, json!({"items": [sent], "next": null}));
        let told = world.events().await;
        assert_eq!(told.len(), 1, "{}", world.kind);
        assert_eq!((told[0].kind, told[0].seq), (EventKind::MessageCreated, Some(1)));
        assert_eq!(serde_json::from_str::<Value>(told[0].data.get()).unwrap(), sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_stored_once_however_often_it_is_sent_at_once() {
    for world in worlds().await {
        let other = world.instance(0).await;
        let body = json!({"content": "once", "nonce": "n"});
        let attempts = (0..64_u8).map(|number| {
            let app = if number % 2 == 0 { &world.app } else { &other };
            app.user(UserId(AUTHOR))
                .post("/servers/10/channels/20/messages", body.clone())
        });
        let answers = join_all(attempts).await;
        let of = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((of(201), of(200)), (1, 63), "{}", world.kind);
        assert!(
            answers.iter().all(|answer| answer.body == answers[0].body),
            "{}",
            world.kind
        );
        let created = world.events().await.len();
        assert_eq!(created, 1, "{}: told once", world.kind);
        // What is sent again with another content is what was stored; another author or channel is another attempt.
        let again = json!({"content": "twice", "nonce": "n"});
        let answer = world.user(AUTHOR).post(&path(TEXT), again.clone()).await.expect(200);
        assert_eq!(answer, answers[0].body);
        world.user(BOB).post(&path(TEXT), again.clone()).await.expect(201);
        world.user(AUTHOR).post(&path(VOICE), again).await.expect(201);
        assert_eq!(world.rows(TEXT).await, (2, 1), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_and_new_messages_in_one_group_are_told_apart() {
    for world in worlds().await {
        let send = |number: usize| {
            let body = json!({"content": number.to_string(), "nonce": format!("n-{number}")});
            world.user(AUTHOR).post("/servers/10/channels/20/messages", body)
        };
        for number in 0..40 {
            send(number).await.expect(201);
        }
        let answers = join_all((0..80).map(send)).await;
        for (number, answer) in answers.into_iter().enumerate() {
            let stored = answer.expect(if number < 40 { 200 } else { 201 });
            assert_eq!(stored["content"], number.to_string(), "{}", world.kind);
        }
        assert_eq!(world.rows(TEXT).await, (80, 1), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_have_no_holes_whoever_writes_where() {
    for world in worlds().await {
        let other = world.instance(0).await;
        let attempts = (0..256_u16).map(|number| {
            let app = if number % 2 == 0 { &world.app } else { &other };
            let channel = if number % 3 == 0 { VOICE } else { TEXT };
            let user = [ADA, BOB, AUTHOR][usize::from(number) % 3];
            async move {
                app.user(UserId(user))
                    .post(&path(channel), json!({"content": "x"}))
                    .await
            }
        });
        let answers = join_all(attempts).await;
        for channel in [TEXT, VOICE] {
            let name = channel.to_string();
            let mut seqs: Vec<i64> = answers
                .iter()
                .filter(|answer| answer.body["channel_id"] == name)
                .map(|answer| answer.body["seq"].as_i64().unwrap())
                .collect();
            seqs.sort_unstable();
            let last = i64::try_from(seqs.len()).unwrap();
            assert_eq!(seqs, (1..=last).collect::<Vec<_>>(), "{}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contents_and_nonces_at_their_limits() {
    for world in worlds().await {
        let author = world.user(AUTHOR);
        let longest = "é".repeat(limits::MESSAGE_CONTENT_MAX);
        let sent = author.post(&path(TEXT), json!({"content": longest})).await.expect(201);
        assert_eq!(sent["content"], longest);
        let one = path_of(&sent);
        let edited = author.patch(&one, json!({"content": longest})).await.expect(200);
        assert_eq!(edited["content"], longest, "{}", world.kind);
        for (content, code) in [
            (longest + "x", "too_long"),
            (String::new(), "required"),
            (" \n\u{200b}".to_owned(), "required"),
            ("a\u{0}b".to_owned(), "invalid_character"),
        ] {
            // Whatever sending refuses, editing refuses.
            author
                .post(&path(TEXT), json!({"content": content}))
                .await
                .is_invalid("content", code);
            author
                .patch(&one, json!({"content": content}))
                .await
                .is_invalid("content", code);
        }
        author
            .post(&path(TEXT), json!({}))
            .await
            .is_invalid("content", "required");
        author.patch(&one, json!({})).await.is_invalid("content", "required");
        let nonce = "n".repeat(limits::NONCE_MAX);
        author
            .post(&path(TEXT), json!({"content": "x", "nonce": nonce}))
            .await
            .expect(201);
        for (nonce, code) in [
            (nonce + "n", "too_long"),
            (String::new(), "required"),
            ("é".to_owned(), "invalid_character"),
        ] {
            let body = json!({"content": "x", "nonce": nonce});
            author.post(&path(TEXT), body).await.is_invalid("nonce", code);
        }
        assert_eq!(world.rows(TEXT).await.0, 2, "{}", world.kind);
    }
}
