//! Somebody who follows a channel as a good client does: resumes, begins anew when that fails, reads what it missed.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{Entry, History, Message};
use crate::{
    gateway::{Heard, Live},
    http::Body,
    people::{Person, id, text},
};

/// How long to wait before a lost connection is tried again.
const PAUSE: Duration = Duration::from_millis(20);
/// How often heartbeats are sent.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// What the client keeps.
struct Follower<'a> {
    person: &'a Person,
    /// `/servers/…/channels/…`.
    channel: &'a str,
    history: &'a History,
    session: Option<(String, u64)>,
    /// The highest number up to which it has everything, and the id of that message.
    complete: (u64, String),
}

/// Follows the channel (`/servers/…/channels/…`) until told to stop and everything up to `last()` has arrived. Now and
/// then it drops its connection, for the sake of the resume.
pub async fn follow(
    person: &Person,
    channel: &str,
    history: &History,
    stop: &CancellationToken,
    last: impl Fn() -> u64,
) {
    let mut follower = Follower {
        person,
        channel,
        history,
        session: None,
        // No message has this id: all come after it.
        complete: (0, "1".to_owned()),
    };
    while !(stop.is_cancelled() && follower.complete.0 >= last()) {
        let Some(mut live) = follower.connect().await else {
            sleep(PAUSE).await;
            continue;
        };
        follower.listen(&mut live, stop, &last).await;
        follower.session = Some((live.session_id.clone(), live.last));
    }
}

impl Follower<'_> {
    fn name(&self) -> String {
        self.person.username.clone()
    }

    /// A session that goes on or begins anew; `None` when Beep cannot be reached.
    async fn connect(&mut self) -> Option<Live> {
        let mut live = Live::open(self.person.address, &[]).await.ok()?;
        if let Some((session_id, seq)) = self.session.take() {
            let frame = json!({ "op": "resume", "token": self.person.token, "session_id": session_id, "seq": seq });
            live.send(&frame).await;
            let Heard::Frame(answer) = live.next().await else {
                self.session = Some((session_id, seq));
                return None;
            };
            if answer["op"] == "resumed" {
                self.history.add(Entry::Resumed { client: self.name() });
                (live.session_id, live.last) = (session_id, seq);
                return Some(live);
            }
            assert_eq!(answer["op"], "invalid_session", "{answer}");
        }
        live.send(&json!({ "op": "identify", "token": self.person.token }))
            .await;
        let Heard::Frame(ready) = live.next().await else {
            return None;
        };
        assert_eq!(ready["type"], "ready", "{ready}");
        live.session_id = text(&ready["data"]["session_id"]);
        self.history.add(Entry::Ready { client: self.name() });
        self.read().await?;
        Some(live)
    }

    /// Reads everything after what it has; `None` when Beep cannot be reached.
    async fn read(&mut self) -> Option<()> {
        let mut messages: Vec<Message> = Vec::new();
        let mut after = self.complete.1.clone();
        loop {
            let path = format!("{}/messages?limit=100&after={after}", self.channel);
            let answer = self.person.try_send("GET", &path, Body::Empty).await.ok()?;
            if answer.status == 503 {
                return None;
            }
            let page = answer.expect(200);
            let items = page["items"].as_array().unwrap();
            messages.extend(items.iter().rev().map(Message::from));
            let Some(newest) = items.first() else { break };
            after = id(newest);
        }
        for message in &messages {
            self.has(message);
        }
        self.history.add(Entry::Read {
            client: self.name(),
            messages,
        });
        Some(())
    }

    fn has(&mut self, message: &Message) {
        if message.seq == self.complete.0 + 1 {
            self.complete = (message.seq, message.id.clone());
        }
    }

    /// Hears what comes until the connection ends, or is dropped on purpose.
    async fn listen(&mut self, live: &mut Live, stop: &CancellationToken, last: &impl Fn() -> u64) {
        let patience = Duration::from_millis(rand::random_range(100..700));
        let dropped_at = Instant::now() + patience;
        let mut beat_at = Instant::now() + HEARTBEAT;
        loop {
            let now = Instant::now();
            if now >= dropped_at || (stop.is_cancelled() && self.complete.0 >= last()) {
                return;
            }
            if now >= beat_at {
                live.send(&json!({ "op": "heartbeat", "seq": live.last })).await;
                beat_at = now + HEARTBEAT;
            }
            match live.next_within(beat_at.min(dropped_at) - now).await {
                Some(Heard::Frame(frame)) if self.hear(&frame).await.is_some() => {}
                Some(_) => return,
                None => {}
            }
        }
    }

    /// `None` when a gap could not be closed because Beep cannot be reached.
    async fn hear(&mut self, frame: &Value) -> Option<()> {
        if frame["op"] != "event" {
            return Some(());
        }
        let here = frame["type"] == "message.created" && self.channel.ends_with(&text(&frame["data"]["channel_id"]));
        let message = here.then(|| Message::from(&frame["data"]));
        self.history.add(Entry::Received {
            client: self.name(),
            number: frame["seq"].as_u64().unwrap(),
            message: message.clone(),
        });
        if let Some(message) = message {
            self.has(&message);
            if message.seq > self.complete.0 {
                return self.read().await;
            }
        }
        Some(())
    }
}
