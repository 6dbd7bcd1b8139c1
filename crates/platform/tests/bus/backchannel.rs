//! How instances of a service speak to each other over NATS.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use platform::bus::{ANSWER_BYTES, Backchannel, EventBus, Heard, Listener, LocalBus};

use crate::{Nats, PATIENCE, connect, until};

/// A channel on a connection of its own, as another process has it.
async fn instance(nats: &Nats) -> Arc<dyn Backchannel> {
    connect(nats).await.backchannel().unwrap()
}

async fn next(listener: &mut Listener) -> Heard {
    tokio::time::timeout(PATIENCE, listener.next())
        .await
        .expect("something is said")
        .unwrap()
}

/// Answers every question with what `answer` makes of it.
fn answering(mut listener: Listener, answer: impl Fn(Bytes) -> Bytes + Send + 'static) {
    tokio::spawn(async move {
        while let Some(heard) = listener.next().await {
            let _ = heard.reply.unwrap().send(answer(heard.bytes)).await;
        }
    });
}

fn large(length: usize) -> Bytes {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

#[test]
fn within_one_process_there_is_nobody_to_speak_to() {
    assert!(LocalBus::default().backchannel().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_reaches_all_who_listen_to_the_topic_in_order() {
    let nats = Nats::start();
    let (teller, other) = (instance(&nats).await, instance(&nats).await);
    let mut own = teller.listen("presence").await.unwrap();
    let mut others = other.listen("presence").await.unwrap();
    let mut elsewhere = other.listen("presence.more").await.unwrap();
    for number in 0..100_u8 {
        teller.tell("presence", Bytes::from(vec![number])).await.unwrap();
    }
    teller.tell("presence.more", Bytes::from_static(b"end")).await.unwrap();
    for number in 0..100_u8 {
        for listener in [&mut own, &mut others] {
            let heard = next(listener).await;
            assert_eq!(heard.bytes[..], [number]);
            assert!(heard.reply.is_none());
        }
    }
    assert_eq!(next(&mut elsewhere).await.bytes[..], *b"end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_however_large_the_answer() {
    let nats = Nats::start();
    let (asker, answerer) = (instance(&nats).await, instance(&nats).await);
    answering(answerer.listen("session.1").await.unwrap(), |question| {
        large(String::from_utf8_lossy(&question).parse().unwrap())
    });
    for length in [0, 1, 2_000_000, ANSWER_BYTES] {
        let question = Bytes::from(length.to_string());
        let answer = asker.ask("session.1", question, PATIENCE).await.unwrap();
        assert_eq!(answer, large(length), "{length}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_an_answer_is_refused_for_both() {
    let nats = Nats::start();
    let (asker, answerer) = (instance(&nats).await, instance(&nats).await);
    let mut listener = answerer.listen("session.1").await.unwrap();
    let answers = tokio::spawn(async move {
        let heard = next(&mut listener).await;
        heard.reply.unwrap().send(large(ANSWER_BYTES + 1)).await
    });
    let error = asker.ask("session.1", Bytes::new(), PATIENCE).await.unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
    assert!(answers.await.unwrap().is_err());
    // So is what would have to be one message.
    let error = asker.tell("session.1", large(2_000_000)).await.unwrap_err();
    assert!(error.to_string().contains("payload"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_listen_the_one_who_knows_answers() {
    let nats = Nats::start();
    let asker = instance(&nats).await;
    for number in 0..4_u8 {
        let answerer = instance(&nats).await;
        let mut listener = answerer.listen("sessions").await.unwrap();
        tokio::spawn(async move {
            while let Some(Heard { bytes, reply }) = listener.next().await {
                if bytes[..] == [number] {
                    reply.unwrap().send(large(1_000_000)).await.unwrap();
                }
            }
        });
    }
    for number in 0..4_u8 {
        let answer = asker
            .ask("sessions", Bytes::from(vec![number]), PATIENCE)
            .await
            .unwrap();
        assert_eq!(answer, large(1_000_000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_listens_and_nobody_who_answers_are_errors() {
    let nats = Nats::start();
    let (asker, silent) = (instance(&nats).await, instance(&nats).await);
    let asking = asker.ask("session.1", Bytes::new(), Duration::MAX);
    let error = tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("at once")
        .unwrap_err();
    assert!(error.to_string().contains("nobody listens"), "{error}");

    let _listener = silent.listen("session.1").await.unwrap();
    let asking = asker.ask("session.1", Bytes::new(), Duration::from_millis(50));
    let error = asking.await.unwrap_err();
    assert!(error.to_string().contains("nobody answers"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_no_more_is_not_asked_any_more() {
    let nats = Nats::start();
    let (asker, answerer) = (instance(&nats).await, instance(&nats).await);
    drop(answerer.listen("session.1").await.unwrap());
    tokio::time::timeout(PATIENCE, async {
        while !asker
            .ask("session.1", Bytes::new(), Duration::from_millis(50))
            .await
            .unwrap_err()
            .to_string()
            .contains("nobody listens")
        {}
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_topics_are_refused() {
    let nats = Nats::start();
    let channel = instance(&nats).await;
    for topic in ["", "*", ">", "a b", "a.>", "a\r\nPUB beep.event.change.user 2\r\n{}"] {
        assert!(channel.tell(topic, Bytes::new()).await.is_err(), "{topic:?}");
        assert!(channel.listen(topic).await.is_err(), "{topic:?}");
        assert!(channel.ask(topic, Bytes::new(), PATIENCE).await.is_err(), "{topic:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_nats_was_away_one_still_listens() {
    let nats = Nats::start();
    let (bus, other) = (connect(&nats).await, connect(&nats).await);
    let mut listener = bus.backchannel().unwrap().listen("presence").await.unwrap();
    let port = nats.end();
    until(|| !bus.is_connected() && !other.is_connected()).await;
    let teller = other.backchannel().unwrap();
    assert!(teller.tell("presence", Bytes::new()).await.is_err());
    assert!(teller.ask("presence", Bytes::new(), PATIENCE).await.is_err());
    let mut early = teller.listen("early").await.unwrap();

    let _again = Nats::start_on(port);
    until(|| bus.is_connected() && other.is_connected()).await;
    bus.barrier().await.unwrap();
    other.barrier().await.unwrap();
    teller.tell("presence", Bytes::from_static(b"again")).await.unwrap();
    assert_eq!(next(&mut listener).await.bytes[..], *b"again");
    teller.tell("early", Bytes::from_static(b"too")).await.unwrap();
    assert_eq!(next(&mut early).await.bytes[..], *b"too");
}
