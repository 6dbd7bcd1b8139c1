//! People who write into one channel and people who follow it, while a test breaks something.

use api::{
    beep::Beep,
    history::{History, Message, Verdict, follow, send_until},
    people::{Person, Server},
};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A busy channel.
pub(crate) struct Load {
    pub(crate) history: History,
    owner: Person,
    server: Server,
    senders: JoinSet<()>,
    followers: JoinSet<()>,
    stop_sending: CancellationToken,
    stop_following: CancellationToken,
    last: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Load {
    /// So many senders and followers begin.
    pub(crate) async fn start(beep: &Beep, senders: usize, followers: usize) -> Self {
        let owner = Person::sign_up(beep).await;
        let server = owner.create_server("public").await;
        let mut load = Self {
            history: History::default(),
            owner,
            server,
            senders: JoinSet::new(),
            followers: JoinSet::new(),
            stop_sending: CancellationToken::new(),
            stop_following: CancellationToken::new(),
            last: std::sync::Arc::default(),
        };
        for number in 0..senders + followers {
            let person = Person::sign_up(beep).await;
            person.join(&load.server).await;
            let history = load.history.clone();
            if number < senders {
                let (messages, stop) = (load.server.messages(), load.stop_sending.clone());
                load.senders
                    .spawn(async move { send_until(&person, &messages, &history, &stop).await });
            } else {
                let (channel, stop) = (load.server.channel(), load.stop_following.clone());
                let last = std::sync::Arc::clone(&load.last);
                load.followers.spawn(async move {
                    let last = || last.load(std::sync::atomic::Ordering::Relaxed);
                    follow(&person, &channel, &history, &stop, last).await;
                });
            }
        }
        load
    }

    /// Senders settle what they sent, followers hear the last of it, and the judge finds nothing.
    pub(crate) async fn end(mut self) -> Verdict {
        self.stop_sending.cancel();
        while let Some(done) = self.senders.join_next().await {
            done.unwrap();
        }
        let stored: Vec<Value> = self.owner.read_all(&self.server.channel()).await;
        let stored: Vec<Message> = stored.iter().map(Message::from).collect();
        let last = stored.last().map_or(0, |message| message.seq);
        self.last.store(last, std::sync::atomic::Ordering::Relaxed);
        self.stop_following.cancel();
        let everybody = async {
            while let Some(done) = self.followers.join_next().await {
                done.unwrap();
            }
        };
        // Whoever is still behind then is found by the judge.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(15), everybody).await;
        self.history.must_be_right(&stored)
    }
}
