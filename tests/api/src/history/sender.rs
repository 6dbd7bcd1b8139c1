//! Somebody who writes message after message, and asks again with the same nonce until each is settled.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Entry, History};
use crate::{
    http::{Answer, Body},
    people::Person,
};

/// How long to wait before an attempt whose outcome is unknown is made again.
const PAUSE: Duration = Duration::from_millis(20);

/// How long an answer is waited for. Who has none by then asks again, perhaps another instance.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// How fast somebody writes.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// As soon as the last message is settled.
    AtOnce,
    /// One in each such time on average: who was held up catches up.
    Every(Duration),
}

/// Sends messages into the channel (`/servers/…/channels/…/messages`), one after the other, until told to stop; the last
/// one is settled before.
pub async fn send_until(person: &Person, messages: &str, history: &History, pace: Pace, stop: &CancellationToken) {
    let mut number = 0;
    let mut due = match pace {
        Pace::AtOnce => None,
        Pace::Every(time) => Some(tokio::time::interval(time)),
    };
    while !stop.is_cancelled() {
        if let Some(due) = &mut due {
            due.tick().await;
        }
        number += 1;
        send_one(person, messages, history, &format!("{}-{number}", person.username)).await;
    }
}

async fn send_one(person: &Person, messages: &str, history: &History, nonce: &str) {
    let (author, nonce) = (person.id.clone(), nonce.to_owned());
    let content = format!("message {nonce}");
    loop {
        history.add(Entry::Sent {
            author: author.clone(),
            nonce: nonce.clone(),
            content: content.clone(),
        });
        let body = Body::Json(json!({ "content": content, "nonce": nonce }));
        let sending = person.try_send("POST", messages, body);
        match tokio::time::timeout(ANSWERED_WITHIN, sending).await {
            Ok(Ok(answer)) if matches!(answer.status, 200 | 201) => {
                history.add(acknowledged(&author, &nonce, &answer));
                return;
            }
            // Refused before it was looked at, or the fate is unknown: the same attempt is made again in either case.
            Ok(Ok(answer)) if matches!(answer.status, 429 | 503) => {
                assert!(
                    !answer.header("retry-after").is_empty(),
                    "{}: {}",
                    answer.status,
                    answer.text()
                );
            }
            Ok(Ok(answer)) => panic!("a message was answered {}: {}", answer.status, answer.text()),
            Ok(Err(_)) | Err(_) => {}
        }
        history.add(Entry::Unknown {
            author: author.clone(),
            nonce: nonce.clone(),
        });
        sleep(PAUSE).await;
    }
}

fn acknowledged(author: &str, nonce: &str, answer: &Answer) -> Entry {
    Entry::Acknowledged {
        author: author.to_owned(),
        nonce: nonce.to_owned(),
        message: (&answer.json()).into(),
    }
}
