//! Whether what others publish arrives here. A connection that was cut silently looks well for seconds; so every process says
//! several times a second that it is there, on the connection by which it publishes. What is remembered "until an event says
//! otherwise" may be believed only while those are heard whose events would say it.
//!
//! - Our own words must come back, soon after they were sent: our connection works in both directions.
//! - Each process with the service must have been heard just now; it says nothing while its own words do not come back. One that
//!   falls silent without having taken its leave is cut off, or has crashed: which of both cannot be told.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::calls::Service;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Backchannel, BusError};

/// Where processes say that they are there.
const TOPIC: &str = "hearing";
/// How often they do.
const EVERY: Duration = Duration::from_millis(150);
/// What was heard longer ago is not believed to hold still. A permission that was taken away must have effect everywhere within a
/// second: two of these must fit, since a process notices by the same rule that it is cut off itself.
const FRESH: Duration = Duration::from_millis(450);
/// A process that has fallen silent is taken for dead after this. Longer than anything is believed without an event.
const REMEMBERED: Duration = Duration::from_mins(6);
/// How many of our own words may be on their way.
const ON_THEIR_WAY: usize = 64;
/// How soon listening is tried again.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// What a process says.
#[derive(Debug, Serialize, Deserialize)]
struct Word {
    from: u64,
    number: u64,
    services: Vec<String>,
    mood: Mood,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Mood {
    /// Its own words come back.
    Well,
    /// They do not.
    Deaf,
    /// It takes its leave and publishes nothing any more that must be waited for.
    Leaving,
}

/// Who is heard. Clones share it.
#[derive(Clone)]
pub(super) struct Hearing(Arc<Mutex<Known>>);

struct Known {
    me: u64,
    /// Our own words that have not come back, with their numbers.
    on_their_way: VecDeque<(u64, Instant)>,
    /// When the last word that came back was sent.
    came_back: Option<Instant>,
    others: HashMap<u64, Other>,
    /// How often somebody who was not heard was heard again.
    lapses: u64,
}

struct Other {
    services: Vec<String>,
    heard: Instant,
    well: bool,
}

impl Default for Hearing {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Known {
            me: rand::random(),
            on_their_way: VecDeque::new(),
            came_back: None,
            others: HashMap::new(),
            lapses: 0,
        })))
    }
}

impl Hearing {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`super::EventBus::hears`].
    pub(super) fn of(&self, service: Service) -> Option<u64> {
        self.known().of(service, Instant::now())
    }

    /// Speaks for the services of this process and listens, until `shutdown`; then takes leave.
    pub(super) async fn keep(self, channel: Arc<dyn Backchannel>, services: Vec<Service>, shutdown: CancellationToken) {
        let services: Vec<String> = services.iter().map(|service| service.name().to_owned()).collect();
        let (listening, speaking) = (self.listen(&*channel), self.speak(&*channel, &services));
        let both = async { tokio::join!(listening, speaking) };
        let _ = shutdown.run_until_cancelled(both).await;
        let farewell = self.known().word(Some(Mood::Leaving), &services, Instant::now());
        if let Err(error) = say(&*channel, &farewell).await {
            tracing::debug!(error.detail = %error, "this process ends without a farewell");
        }
    }

    async fn speak(&self, channel: &dyn Backchannel, services: &[String]) {
        let mut beats = tokio::time::interval(EVERY);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            let word = self.known().word(None, services, Instant::now());
            // Who cannot speak is not heard, which is all that matters.
            let _ = say(channel, &word).await;
        }
    }

    async fn listen(&self, channel: &dyn Backchannel) {
        loop {
            if let Ok(mut heard) = channel.listen(TOPIC).await {
                while let Some(heard) = heard.next().await {
                    match serde_json::from_slice(&heard.bytes) {
                        Ok(word) => self.known().hear(word, Instant::now()),
                        Err(error) => tracing::warn!(error.detail = %error, "another process cannot be understood"),
                    }
                }
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }
}

async fn say(channel: &dyn Backchannel, word: &Word) -> Result<(), BusError> {
    let bytes = serde_json::to_vec(word).map_err(|error| BusError(error.to_string()))?;
    channel.tell(TOPIC, bytes.into()).await
}

impl Known {
    fn hears_itself(&self, now: Instant) -> bool {
        self.came_back.is_some_and(|sent| now - sent < FRESH)
    }

    fn of(&self, service: Service, now: Instant) -> Option<u64> {
        let heard = |other: &Other| other.well && now - other.heard < FRESH;
        let concerned = |other: &&Other| other.services.iter().any(|name| name == service.name());
        let all = self.hears_itself(now) && self.others.values().filter(concerned).all(heard);
        all.then_some(self.lapses)
    }

    /// What this process says next.
    fn word(&mut self, mood: Option<Mood>, services: &[String], now: Instant) -> Word {
        let number = self.on_their_way.back().map_or(0, |(number, _)| number + 1);
        if self.on_their_way.len() >= ON_THEIR_WAY {
            self.on_their_way.pop_front();
        }
        self.on_their_way.push_back((number, now));
        let own = if self.hears_itself(now) { Mood::Well } else { Mood::Deaf };
        Word {
            from: self.me,
            number,
            services: services.to_vec(),
            mood: mood.unwrap_or(own),
        }
    }

    fn hear(&mut self, word: Word, now: Instant) {
        if word.from == self.me {
            let sent = self.on_their_way.iter().find(|(number, _)| *number == word.number);
            let Some((_, sent)) = sent.copied() else { return };
            if !self.hears_itself(now) {
                self.lapses += 1;
            }
            self.came_back = Some(sent);
            return;
        }
        self.others.retain(|_, other| now - other.heard < REMEMBERED);
        if word.mood == Mood::Leaving {
            self.others.remove(&word.from);
            return;
        }
        let well = word.mood == Mood::Well;
        let before = self.others.get(&word.from);
        let went_on = before.is_some_and(|other| other.well && now - other.heard < FRESH);
        if well && !went_on {
            self.lapses += 1;
        }
        let other = Other {
            services: word.services,
            heard: now,
            well,
        };
        self.others.insert(word.from, other);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const OTHER: u64 = 1;

    fn known() -> Known {
        Known {
            me: 0,
            on_their_way: VecDeque::new(),
            came_back: None,
            others: HashMap::new(),
            lapses: 0,
        }
    }

    fn of_servers(from: u64, mood: Mood) -> Word {
        Word {
            from,
            number: 0,
            services: vec![Service::Servers.name().to_owned()],
            mood,
        }
    }

    /// Says something that comes back at once.
    fn echo(known: &mut Known, now: Instant) {
        let word = known.word(None, &[], now);
        known.hear(word, now);
    }

    #[test]
    fn nobody_is_believed_before_we_hear_ourselves_nor_after_we_do_not() {
        let (mut known, start) = (known(), Instant::now());
        assert_eq!(known.of(Service::Servers, start), None);
        assert_eq!(known.word(None, &[], start).mood, Mood::Deaf);
        echo(&mut known, start);
        assert_eq!(known.word(None, &[], start).mood, Mood::Well);
        let before = known.of(Service::Servers, start).unwrap();
        assert_eq!(known.of(Service::Servers, start + FRESH), None);
        echo(&mut known, start + FRESH);
        assert_ne!(
            known.of(Service::Servers, start + FRESH).unwrap(),
            before,
            "a lapse counts"
        );
    }

    #[test]
    fn a_word_that_came_back_late_shows_nothing() {
        let (mut known, start) = (known(), Instant::now());
        let word = known.word(None, &[], start);
        known.hear(word, start + FRESH);
        assert_eq!(known.of(Service::Servers, start + FRESH), None);
    }

    #[test]
    fn who_has_the_service_must_be_heard_unless_it_took_its_leave() {
        let (mut known, start) = (known(), Instant::now());
        let later = start + FRESH;
        known.hear(of_servers(OTHER, Mood::Well), start);
        echo(&mut known, later);
        assert_eq!(known.of(Service::Servers, later), None, "it fell silent");
        assert!(
            known.of(Service::Users, later).is_some(),
            "it has nothing to say of users"
        );
        let deaf = of_servers(OTHER, Mood::Deaf);
        known.hear(deaf, later);
        assert_eq!(known.of(Service::Servers, later), None, "it may be cut off");
        let lapses = known.lapses;
        known.hear(of_servers(OTHER, Mood::Well), later);
        assert_eq!(known.of(Service::Servers, later), Some(lapses + 1));
        known.hear(of_servers(OTHER, Mood::Well), later);
        assert_eq!(known.lapses, lapses + 1, "it went on");
        known.hear(of_servers(OTHER, Mood::Leaving), later);
        echo(&mut known, later + FRESH * 2);
        assert!(known.of(Service::Servers, later + FRESH * 2).is_some());
    }
}
