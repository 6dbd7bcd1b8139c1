//! The task by which this gateway tells the others of its users, and hears of theirs.

use std::{sync::Arc, time::Duration};

use model::UserId;
use platform::{
    bus::{Backchannel, BusError, Heard, Listener},
    clock::Clock,
};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{
    elsewhere::BEAT_EVERY,
    roster::Part,
    watch::Table,
    wire::{Instance, MESSAGE_WEIGHT, Message, TOPIC},
};

/// What changes within this time is told at once.
const GATHER: Duration = Duration::from_millis(50);
/// How often gateways that have gone are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The whole is told this often at most, however many ask.
const WHOLE_EVERY: Duration = Duration::from_secs(1);
/// Until listening is tried again.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Runs until the process shuts down, and takes leave then.
pub(crate) async fn exchange(table: Table, channel: Arc<dyn Backchannel>, clock: Clock, shutdown: CancellationToken) {
    let mut exchange = Exchange {
        own: Instance(rand::random()),
        number: 0,
        is_mute: false,
        table,
        channel,
        clock,
        whole_told: None,
        whole_due: None,
    };
    if let Some(listener) = shutdown.run_until_cancelled(exchange.listen()).await {
        exchange.run(listener, &shutdown).await;
    }
}

struct Exchange {
    own: Instance,
    /// Of what was said last.
    number: u64,
    is_mute: bool,
    table: Table,
    channel: Arc<dyn Backchannel>,
    clock: Clock,
    whole_told: Option<Instant>,
    whole_due: Option<Instant>,
}

impl Exchange {
    async fn listen(&self) -> Listener {
        loop {
            match self.channel.listen(TOPIC).await {
                Ok(listener) => return listener,
                Err(error) => tracing::warn!(error.detail = %error, "other gateways cannot be heard yet"),
            }
            sleep(LISTEN_AGAIN).await;
        }
    }

    async fn run(&mut self, mut listener: Listener, shutdown: &CancellationToken) {
        self.table.change(super::roster::Roster::begin_to_tell);
        self.say(&Message::Ask {
            from: self.own,
            of: None,
        })
        .await;
        let (mut beats, mut looks) = (interval(BEAT_EVERY), interval(LOOK_EVERY));
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut changes_due = None;
        loop {
            let (table, whole_due) = (self.table.clone(), self.whole_due);
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                _ = beats.tick() => self.beat().await,
                () = sleep_until(changes_due.unwrap_or_else(Instant::now)), if changes_due.is_some() => {
                    changes_due = None;
                    self.tell_changes().await;
                }
                () = sleep_until(whole_due.unwrap_or_else(Instant::now)), if whole_due.is_some() => {
                    self.tell_whole().await;
                }
                () = table.untold(), if changes_due.is_none() => changes_due = Some(Instant::now() + GATHER),
                heard = listener.next() => match heard {
                    Some(heard) => self.hear(&heard),
                    None => return,
                },
                // Last: nobody has gone whose words wait to be heard.
                _ = looks.tick() => self.look().await,
            }
        }
        self.tell_changes().await;
        self.say(&Message::Goodbye { from: self.own }).await;
    }

    async fn beat(&mut self) {
        self.say(&Message::Beat {
            from: self.own,
            number: self.number,
        })
        .await;
    }

    async fn tell_changes(&mut self) {
        while self.table.roster().is_untold() {
            let (users, gone) = self.table.roster().take_untold(MESSAGE_WEIGHT);
            let number = self.next_number();
            self.say(&Message::Changes {
                from: self.own,
                number,
                users,
                gone,
            })
            .await;
        }
    }

    async fn tell_whole(&mut self) {
        self.whole_due = None;
        self.whole_told = Some(Instant::now());
        let mut after: Option<UserId> = None;
        loop {
            let Part { users, up_to } = self.table.roster().part(after, MESSAGE_WEIGHT);
            let number = self.next_number();
            self.say(&Message::Whole {
                from: self.own,
                number,
                after,
                up_to,
                users,
            })
            .await;
            after = up_to;
            if after.is_none() {
                return;
            }
        }
    }

    fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    fn hear(&mut self, heard: &Heard) {
        let Some(message) = Message::decode(&heard.bytes) else {
            tracing::warn!("another gateway says of its users what cannot be read");
            return;
        };
        if message.from() == self.own {
            return;
        }
        if let Message::Ask { of, .. } = message
            && of.is_none_or(|of| of == self.own)
        {
            let soonest = self.whole_told.map(|told| told + WHOLE_EVERY);
            self.whole_due = self.whole_due.or(soonest.or(Some(Instant::now())));
        }
        let now = self.clock.now();
        self.table.change(|roster| roster.hear(message, now));
    }

    /// Forgets those who have gone, and asks those of whom something was missed.
    async fn look(&mut self) {
        let now = self.clock.now();
        for instance in self.table.change(|roster| roster.pass_time(now)) {
            self.say(&Message::Ask {
                from: self.own,
                of: Some(instance),
            })
            .await;
        }
    }

    /// What is not heard now is noticed by its number, and asked for.
    async fn say(&mut self, message: &Message) {
        let said: Result<(), BusError> = self.channel.tell(TOPIC, message.encode()).await;
        match &said {
            Err(error) if !self.is_mute => {
                tracing::warn!(error.detail = %error, "other gateways cannot be told of presences");
            }
            Ok(()) if self.is_mute => tracing::info!("other gateways can be told of presences again"),
            Ok(()) | Err(_) => {}
        }
        self.is_mute = said.is_err();
    }
}
