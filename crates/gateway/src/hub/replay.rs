//! What a client lacks of a server that was on another gateway.
//!
//! The events of the last minutes tell of all that happened, but for messages whose event was lost, or has not been told yet:
//! the hub told of those from what is stored, and so it does here. What the hub has not told itself is left to it: the
//! session sits here already.

use std::sync::Arc;

use contracts::{
    events::{Audience, Event, EventKind},
    messages::{ListRecentMessagesRequest, RecentMessage},
};
use model::{ChannelId, EventId, Permission, Timestamp, UserId};
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::{
    actor::Hub,
    numbers::{ANSWER_WITHIN, Numbers},
    order::in_order,
};
use crate::{handover::Known, protocol::EncodedEvent};

/// What is recalled begins at a multiple of so many milliseconds.
const RECALLED_BY: i64 = 30_000;

/// The stored messages since a time, until something is told that was in no event.
pub(super) struct Recalled {
    since: Timestamp,
    messages: Vec<Arc<Event>>,
}

impl Hub {
    /// What the client lacks and the user may see, by what is true now; `None` when that cannot be told.
    pub(super) async fn replay(
        &mut self,
        user_id: UserId,
        known: &Known,
        mut events: Vec<Arc<Event>>,
    ) -> Option<Vec<Arc<EncodedEvent>>> {
        self.recall(known.since).await?;
        let Numbers::Known(order) = &self.numbers else {
            return None;
        };
        let (tenant, member, now) = (
            self.tenant.as_ref()?,
            self.seats.member(user_id)?,
            self.peers.clock.now(),
        );
        // After the events, so that what an event tells of is told by it.
        events.extend(self.recalled.iter().flat_map(|recalled| &recalled.messages).cloned());
        events.retain(|event| known.lacks(event));
        let mut seen = Vec::new();
        for event in in_order(events) {
            let is_seen = match (event.kind, event.audience) {
                // Who saw the channel is not known any more; nor who was in the server.
                (EventKind::ChannelDeleted | EventKind::ServerDeleted, _) => return None,
                (_, Audience::Channel { channel_id, .. }) => {
                    let is_told = event.seq.is_none_or(|seq| seq <= order.last(channel_id));
                    let permissions = tenant.in_channel(channel_id, &member, now);
                    is_told && permissions.contains(Permission::ViewChannel)
                }
                _ => true,
            };
            if is_seen {
                seen.push(Arc::new(EncodedEvent::of(&event, now)));
            }
        }
        Some(seen)
    }

    /// Reads the stored messages since then, unless that was done.
    async fn recall(&mut self, since: Timestamp) -> Option<()> {
        if self.recalled.as_ref().is_some_and(|recalled| recalled.since <= since) {
            return Some(());
        }
        // A little more, so that it serves for those who come next.
        let since = Timestamp::from_millis(since.as_millis() - since.as_millis().rem_euclid(RECALLED_BY));
        let request = ListRecentMessagesRequest {
            server_id: self.server_id.0,
            since: since.as_millis(),
        };
        let mut peer = self.peers.messages.clone();
        let answer = timeout(ANSWER_WITHIN, peer.list_recent_messages(request)).await.ok()?;
        let answer = answer.ok()?.into_inner();
        if !answer.complete {
            return None;
        }
        let messages: Option<Vec<_>> = answer
            .messages
            .into_iter()
            .map(|message| self.told_by(message))
            .collect();
        self.recalled = Some(Recalled {
            since,
            messages: messages?,
        });
        Some(())
    }

    /// The event that tells of a message, though nobody else calls it so.
    fn told_by(&self, message: RecentMessage) -> Option<Arc<Event>> {
        let audience = Audience::Channel {
            server_id: self.server_id,
            channel_id: ChannelId(message.channel_id),
        };
        let json = RawValue::from_string(message.message_json).ok()?;
        let event = Event::new(EventId(0), EventKind::MessageCreated, audience, &json).ok()?;
        Some(Arc::new(Event {
            seq: Some(message.seq),
            ..event
        }))
    }
}
