//! A hub keeps the messages of its channels in order: it knows which were the last when it began, and reads what is
//! missing.

use std::{sync::Arc, time::Duration};

use contracts::{
    events::{Event, EventKind},
    messages::{GetLastNumbersRequest, LastNumber, ListMessagesRequest},
};
use model::{ChannelId, Timestamp};
use tokio::time::{Instant, timeout};

use super::{
    actor::{GivenUp, Hub},
    order::{Hole, Order, Place, TooMuchMissing},
};
use crate::protocol::{EncodedEvent, key};

/// How long the messages service may take: the hub waits for nothing else meanwhile.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// How old a message may be that a session from another gateway may lack.
const NEW_FOR: Duration = Duration::from_mins(5);
/// How soon the messages service is asked again that did not say where its channels are.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// What a hub knows of the numbers of its channels.
pub(super) enum Numbers {
    /// Nobody has sat here yet.
    Unread,
    /// The messages service did not answer. Until it does nothing is told of messages, and who sat here by then starts
    /// anew: nobody knows what they would miss.
    Unknown {
        /// When it is asked again.
        retry_at: Instant,
    },
    /// They are followed.
    Known(Order),
}

impl From<TooMuchMissing> for GivenUp {
    fn from(_: TooMuchMissing) -> Self {
        tracing::warn!("more messages are missing than can be told one by one");
        Self
    }
}

impl Hub {
    /// When [`Hub::keep_order`] has something to do.
    pub(super) fn order_deadline(&self) -> Option<Instant> {
        match &self.numbers {
            Numbers::Unread => None,
            Numbers::Unknown { retry_at } => Some(*retry_at),
            Numbers::Known(order) => order.deadline(),
        }
    }

    /// Reads where the channels are, before anybody sits here.
    pub(super) async fn read_numbers(&mut self) {
        if let Numbers::Unread = self.numbers {
            self.numbers = self.ask_for_numbers().await;
        }
    }

    async fn ask_for_numbers(&mut self) -> Numbers {
        let request = GetLastNumbersRequest {
            server_id: self.server_id.0,
        };
        let mut peer = self.peers.messages.clone();
        match timeout(ANSWER_WITHIN, peer.get_last_numbers(request)).await {
            Ok(Ok(answer)) => {
                let channels = answer.into_inner().channels;
                let now = self.peers.clock.now();
                let is_new = |channel: &&LastNumber| now.since(Timestamp::from_millis(channel.sent_at)) < NEW_FOR;
                let new = channels.iter().filter(is_new);
                self.new_at_start = new
                    .map(|channel| {
                        let sent_at = Timestamp::from_millis(channel.sent_at);
                        (ChannelId(channel.channel_id), (channel.seq, sent_at))
                    })
                    .collect();
                let last = |channel: LastNumber| (ChannelId(channel.channel_id), channel.seq);
                Numbers::Known(Order::after(channels.into_iter().map(last)))
            }
            failed => {
                let code = failed.ok().and_then(Result::err).map(|status| status.code());
                tracing::warn!(server.id = %self.server_id, error.code = ?code, "the messages service did not answer a hub");
                Numbers::Unknown {
                    retry_at: Instant::now() + RETRY_AFTER,
                }
            }
        }
    }

    /// Something happened to the message with this number.
    pub(super) fn on_message(&mut self, event: &Arc<Event>, channel_id: ChannelId, seq: i64) -> Result<(), GivenUp> {
        let Numbers::Known(order) = &mut self.numbers else {
            return Ok(());
        };
        match order.place(channel_id, seq, event.kind) {
            Place::Told => {}
            Place::Ahead => order.hold(channel_id, seq, event, Instant::now())?,
            Place::Next => {
                self.hand_on(event);
                self.release(channel_id);
            }
        }
        Ok(())
    }

    /// Tells what has waited for the numbers before it.
    fn release(&mut self, channel_id: ChannelId) {
        while let Numbers::Known(order) = &mut self.numbers
            && let Some(event) = order.release(channel_id)
        {
            self.hand_on(&event);
        }
    }

    /// Fills holes that have been waited for long enough.
    pub(super) async fn keep_order(&mut self) -> Result<(), GivenUp> {
        let now = Instant::now();
        match &mut self.numbers {
            Numbers::Known(_) => {
                while let Numbers::Known(order) = &mut self.numbers
                    && let Some(hole) = order.hole(now)?
                {
                    self.tenant_since(0).await?;
                    self.fill(hole).await;
                }
                Ok(())
            }
            Numbers::Unknown { retry_at } if *retry_at <= now => {
                self.numbers = self.ask_for_numbers().await;
                if let Numbers::Known(_) = self.numbers {
                    return Err(GivenUp);
                }
                Ok(())
            }
            Numbers::Unknown { .. } | Numbers::Unread => Ok(()),
        }
    }

    /// Reads what is missing and tells of it. What cannot be read now is tried again later.
    async fn fill(&mut self, hole: Hole) {
        let channel_id = hole.channel_id;
        let mut after = hole.after;
        while after < hole.up_to {
            let request = ListMessagesRequest {
                server_id: self.server_id.0,
                channel_id: channel_id.0,
                after,
                up_to: hole.up_to,
            };
            let mut peer = self.peers.messages.clone();
            let Ok(Ok(answer)) = timeout(ANSWER_WITHIN, peer.list_messages(request)).await else {
                tracing::warn!(server.id = %self.server_id, "messages that no event told of cannot be read yet");
                return;
            };
            let answer = answer.into_inner();
            metrics::counter!("gateway_messages_filled_total").increment(answer.messages.len() as u64);
            for message in &answer.messages {
                let (name, now) = (EventKind::MessageCreated.name(), self.peers.clock.now());
                let created = EncodedEvent::new(name, &message.message_json, now)
                    .known_as(key::of_message(channel_id, message.seq));
                self.write_down(&created);
                self.hand_to_viewers(channel_id, &Arc::new(created));
            }
            // An answer about nothing would be asked for without end.
            after = answer.up_to.max(after + 1);
            if let Numbers::Known(order) = &mut self.numbers {
                order.told(channel_id, after.min(hole.up_to));
            }
        }
        self.release(channel_id);
    }
}
