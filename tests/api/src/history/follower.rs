//! Somebody who follows a channel as a good client does: resumes, begins anew when that fails, reads what it missed.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

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
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How long nothing at all may come, not even the answer to a heartbeat, before the connection is taken for lost.
const SILENCE: Duration = Duration::from_secs(4);

/// How somebody follows a channel.
#[derive(Debug, Clone)]
pub struct Following {
    /// Ends it, as soon as everything has arrived.
    pub stop: CancellationToken,
    /// The number of the last message of the channel, once that is known.
    pub last: Arc<AtomicU64>,
    /// Up to which number everything has arrived; told by the follower.
    pub complete: Arc<AtomicU64>,
    /// After how many milliseconds the connection is dropped on purpose, for the sake of the resume.
    pub drops_after: Range<u64>,
}

impl Following {
    fn is_done(&self) -> bool {
        self.stop.is_cancelled() && self.complete.load(Ordering::Relaxed) >= self.last.load(Ordering::Relaxed)
    }
}

/// What the client keeps.
struct Follower<'a> {
    person: &'a Person,
    /// `/servers/…/channels/…`.
    channel: &'a str,
    history: &'a History,
    following: &'a Following,
    session: Option<(String, u64)>,
    /// The highest number up to which it has everything, and the id of that message.
    complete: (u64, String),
}

/// Follows the channel (`/servers/…/channels/…`) until told to stop and everything has arrived.
pub async fn follow(person: &Person, channel: &str, history: &History, following: &Following) {
    let mut follower = Follower {
        person,
        channel,
        history,
        following,
        session: None,
        // No message has this id: all come after it.
        complete: (0, "1".to_owned()),
    };
    while !following.is_done() {
        // Whatever hangs is given up: Beep is asked again, perhaps another instance.
        let connecting = tokio::time::timeout(SILENCE, follower.connect());
        let Ok(Some(mut live)) = connecting.await else {
            sleep(PAUSE).await;
            continue;
        };
        follower.listen(&mut live).await;
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
        if let Some((session_id, seq)) = self.session.clone() {
            let frame = json!({ "op": "resume", "token": self.person.token, "session_id": session_id, "seq": seq });
            live.send(&frame).await;
            let Heard::Frame(answer) = live.wait().await else {
                return None;
            };
            if answer["op"] == "resumed" {
                self.history.add(Entry::Resumed { client: self.name() });
                (live.session_id, live.last) = (session_id, seq);
                return Some(live);
            }
            assert_eq!(answer["op"], "invalid_session", "{answer}");
            self.session = None;
        }
        live.send(&json!({ "op": "identify", "token": self.person.token }))
            .await;
        let Heard::Frame(ready) = live.wait().await else {
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
            let asking = self.person.try_send("GET", &path, Body::Empty);
            let answer = tokio::time::timeout(SILENCE, asking).await.ok()?.ok()?;
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
            self.following.complete.store(message.seq, Ordering::Relaxed);
        }
    }

    /// Hears what comes until the connection ends, or is dropped on purpose.
    async fn listen(&mut self, live: &mut Live) {
        let patience = Duration::from_millis(rand::random_range(self.following.drops_after.clone()));
        let dropped_at = Instant::now() + patience;
        let mut beat_at = Instant::now() + HEARTBEAT;
        let mut heard_at = Instant::now();
        loop {
            let now = Instant::now();
            if now >= dropped_at || now >= heard_at + SILENCE || self.following.is_done() {
                return;
            }
            if now >= beat_at {
                live.send(&json!({ "op": "heartbeat", "seq": live.last })).await;
                beat_at = now + HEARTBEAT;
            }
            match live.next_within(beat_at.min(dropped_at) - now).await {
                Some(Heard::Frame(frame)) if self.hear(&frame).await.is_some() => heard_at = Instant::now(),
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
