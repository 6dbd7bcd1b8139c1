//! People who write into many channels and follow them.

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
    patience,
    people::{Person, Server},
};
use futures::{StreamExt, stream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::plan::Plan;

/// How many people of each channel write.
const WRITERS: usize = 2;
/// How many people sign up at once.
const AT_ONCE: usize = 4;
/// After how many milliseconds people drop their connections on purpose.
const DROPS_AFTER: Range<u64> = 5_000..30_000;

/// A channel, and what its people did and saw.
struct Channel {
    path: String,
    history: History,
    last: Arc<AtomicU64>,
    /// What each follower has.
    complete: Vec<Arc<AtomicU64>>,
}

/// Everybody.
pub(crate) struct Crowd {
    owner: Person,
    channels: Vec<Channel>,
    writers: JoinSet<()>,
    followers: JoinSet<()>,
    stop_writing: CancellationToken,
    stop_following: CancellationToken,
}

/// What came out.
pub(crate) struct Report {
    pub(crate) acknowledged: usize,
    verdict: Verdict,
    followers: usize,
}

impl Report {
    /// The figures of a run that took so long.
    pub(crate) fn over(&self, time: Duration) -> String {
        let Self {
            acknowledged,
            verdict,
            followers,
        } = self;
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let rate = *acknowledged as f64 / time.as_secs_f64();
        format!(
            "{acknowledged} messages acknowledged ({rate:.0}/s), {} attempts repeated; lost 0, doubled 0, out of order 0\n\
             {} sessions resumed, {} begun anew, {} gaps closed by reading, gaps that stayed 0",
            verdict.unknown,
            verdict.resumed,
            verdict.begun - followers,
            verdict.gaps_repaired
        )
    }
}

impl Crowd {
    /// They sign up, join and begin.
    pub(crate) async fn gather(beep: &Beep, plan: &Plan) -> Self {
        let owner = Person::sign_up(beep).await;
        let mut crowd = Self {
            channels: Vec::new(),
            writers: JoinSet::new(),
            followers: JoinSet::new(),
            stop_writing: CancellationToken::new(),
            stop_following: CancellationToken::new(),
            owner,
        };
        let people: Vec<Person> = stream::iter(0..plan.users)
            .map(|_| Person::sign_up(beep))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let each = plan.users / plan.channels;
        let writers = u32::try_from(plan.channels * WRITERS).unwrap();
        let pace = Pace::Every(Duration::from_secs(1) * writers / plan.rate);
        let mut server = crowd.owner.create_server("public").await;
        for (number, people) in people.chunks_exact(each).enumerate() {
            if number > 0 && number % plan.channels_of_server == 0 {
                server = crowd.owner.create_server("public").await;
            }
            crowd.fill_channel(&server, number, people, pace).await;
        }
        crowd
    }

    async fn fill_channel(&mut self, server: &Server, number: usize, people: &[Person], pace: Pace) {
        let id = self.owner.create_channel(server, &format!("channel-{number}")).await;
        let path = format!("/servers/{}/channels/{id}", server.id);
        let mut channel = Channel {
            path: path.clone(),
            history: History::default(),
            last: Arc::default(),
            complete: Vec::new(),
        };
        for (number, person) in people.iter().enumerate() {
            person.join(server).await;
            let complete = Arc::default();
            channel.complete.push(Arc::clone(&complete));
            let following = Following {
                stop: self.stop_following.clone(),
                last: Arc::clone(&channel.last),
                complete,
                drops_after: DROPS_AFTER,
            };
            let (follower, path, history) = (person.clone(), path.clone(), channel.history.clone());
            if number < WRITERS {
                let (writer, history, stop) = (person.clone(), history.clone(), self.stop_writing.clone());
                let messages = format!("{path}/messages");
                self.writers
                    .spawn(async move { send_until(&writer, &messages, &history, pace, &stop).await });
            }
            self.followers
                .spawn(async move { follow(&follower, &path, &history, &following).await });
        }
        self.channels.push(channel);
    }

    /// The histories of all channels.
    pub(crate) fn histories(&self) -> Vec<History> {
        self.channels.iter().map(|channel| channel.history.clone()).collect()
    }

    /// In every channel messages that are sent from now on are acknowledged.
    pub(crate) async fn sends_again_within(&self, limit: Duration, after: &str) {
        // Of each writer one may have been on its way.
        let wanted: Vec<usize> = self
            .channels
            .iter()
            .map(|channel| channel.history.acknowledged() + WRITERS + 1)
            .collect();
        patience::until(limit, &format!("messages are sent after: {after}"), async || {
            let all = self.channels.iter().zip(&wanted);
            all.into_iter()
                .all(|(channel, wanted)| channel.history.acknowledged() >= *wanted)
                .then_some(())
        })
        .await;
    }

    /// Everybody has everything that was acknowledged until now.
    pub(crate) async fn is_well_within(&self, limit: Duration) {
        let wanted: Vec<u64> = self.channels.iter().map(|channel| channel.history.highest()).collect();
        patience::until(limit, "everybody has everything", async || {
            let all = self.channels.iter().zip(&wanted);
            all.into_iter()
                .all(|(channel, wanted)| {
                    let has = |complete: &Arc<AtomicU64>| complete.load(Ordering::Relaxed) >= *wanted;
                    channel.complete.iter().all(has)
                })
                .then_some(())
        })
        .await;
    }

    /// What was sent is settled, everybody hears the last of it, and the judge finds nothing in any channel.
    pub(crate) async fn end(mut self, limit: Duration) -> Report {
        self.stop_writing.cancel();
        while let Some(done) = self.writers.join_next().await {
            done.unwrap();
        }
        let owner = self.owner.sign_in_again().await;
        let mut stored: Vec<Vec<Message>> = Vec::new();
        for channel in &self.channels {
            let messages = owner.read_all(&channel.path).await;
            let messages: Vec<Message> = messages.iter().map(Message::from).collect();
            let last = messages.last().map_or(0, |message| message.seq);
            channel.last.store(last, Ordering::Relaxed);
            stored.push(messages);
        }
        self.stop_following.cancel();
        let everybody = async {
            while let Some(done) = self.followers.join_next().await {
                done.unwrap();
            }
        };
        // Whoever is still behind then is found by the judge.
        let _ = tokio::time::timeout(limit, everybody).await;
        let mut report = Report {
            acknowledged: 0,
            verdict: Verdict::default(),
            followers: self.channels.iter().map(|channel| channel.complete.len()).sum(),
        };
        for (channel, stored) in self.channels.iter().zip(&stored) {
            let verdict = channel.history.must_be_right(stored);
            report.acknowledged += channel.history.acknowledged();
            report.verdict.resumed += verdict.resumed;
            report.verdict.begun += verdict.begun;
            report.verdict.unknown += verdict.unknown;
            report.verdict.gaps_repaired += verdict.gaps_repaired;
        }
        report
    }
}
