//! People who write into one channel and people who follow it, while a test breaks something.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use api::{
    beep::Beep,
    history::{Following, History, Message, Pace, Verdict, follow, send_until},
    http::{Answer, Caller, Credentials},
    patience,
    people::{Person, Server},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a Beep that was broken may take to work again.
const WITHIN: Duration = Duration::from_secs(30);

/// After how many milliseconds followers drop their connections.
const DROPS_AFTER: Range<u64> = 100..700;

/// A busy channel.
pub(crate) struct Load {
    pub(crate) history: History,
    owner: Person,
    server: Server,
    /// A channel that is not busy.
    aside: String,
    senders: JoinSet<()>,
    followers: JoinSet<()>,
    stop_sending: CancellationToken,
    stop_following: CancellationToken,
    last: Arc<AtomicU64>,
}

impl Load {
    /// So many senders and followers begin.
    pub(crate) async fn start(beep: &Beep, senders: usize, followers: usize) -> Self {
        let owner = Person::sign_up(beep).await;
        let server = owner.create_server("public").await;
        let aside = owner.create_channel(&server, "aside").await;
        let mut load = Self {
            history: History::default(),
            aside,
            owner,
            server,
            senders: JoinSet::new(),
            followers: JoinSet::new(),
            stop_sending: CancellationToken::new(),
            stop_following: CancellationToken::new(),
            last: Arc::default(),
        };
        for number in 0..senders + followers {
            let person = Person::sign_up(beep).await;
            person.join(&load.server).await;
            let history = load.history.clone();
            if number < senders {
                let (messages, stop) = (load.server.messages(), load.stop_sending.clone());
                load.senders
                    .spawn(async move { send_until(&person, &messages, &history, Pace::AtOnce, &stop).await });
            } else {
                let channel = load.server.channel();
                let following = Following {
                    stop: load.stop_following.clone(),
                    last: Arc::clone(&load.last),
                    complete: Arc::default(),
                    drops_after: DROPS_AFTER,
                };
                load.followers
                    .spawn(async move { follow(&person, &channel, &history, &following).await });
            }
        }
        load
    }

    /// So many more messages are acknowledged.
    pub(crate) async fn until_acknowledged(&self, more: usize) {
        let wanted = self.history.acknowledged() + more;
        patience::until(WITHIN, "messages are acknowledged", async || {
            (self.history.acknowledged() >= wanted).then_some(())
        })
        .await;
    }

    /// Tries to send a message, outside of the history: into another channel.
    pub(crate) async fn try_to_send(&self) -> Answer {
        let path = format!("/servers/{}/channels/{}/messages", self.server.id, self.aside);
        self.owner.post(&path, json!({ "content": "aside" })).await
    }

    /// Reads a page of the channel.
    pub(crate) async fn read(&self) {
        self.owner.get(&self.server.messages()).await.expect(200);
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Caller {
        self.owner.with(Credentials::None)
    }

    /// Senders settle what they sent, followers hear the last of it, and the judge finds nothing.
    pub(crate) async fn end(mut self) -> Verdict {
        self.stop_sending.cancel();
        while let Some(done) = self.senders.join_next().await {
            done.unwrap();
        }
        // The owner's token may be older than it may be by now.
        let owner = self.owner.sign_in_again().await;
        let stored: Vec<Value> = owner.read_all(&self.server.channel()).await;
        let stored: Vec<Message> = stored.iter().map(Message::from).collect();
        let last = stored.last().map_or(0, |message| message.seq);
        self.last.store(last, Ordering::Relaxed);
        self.stop_following.cancel();
        let everybody = async {
            while let Some(done) = self.followers.join_next().await {
                done.unwrap();
            }
        };
        // Whoever is still behind then is found by the judge.
        let _ = tokio::time::timeout(Duration::from_secs(15), everybody).await;
        self.history.must_be_right(&stored)
    }
}
