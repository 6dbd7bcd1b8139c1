//! All channels are compared with what `messages` has: a page at a time, between other work.

use std::collections::HashSet;

use contracts::messages::{ChannelPosition, ListPositionsRequest, messages_client::MessagesClient};
use model::{ChannelId, ServerId};
use platform::rpc::Peer;

use super::marks::Mark;
use crate::{
    error::SearchError,
    index::{Place, Position},
};

/// Channels of one page.
const PAGE: u32 = 500;

/// A comparison under way.
pub(super) struct Sweep {
    after: Place,
    /// Those known when it began that it has not met yet: in the end they are those that there are no longer.
    unmet: HashSet<Place>,
}

/// What a page says.
pub(super) enum Compared {
    /// Channels in which something has happened.
    Behind {
        /// What to read of each.
        behind: Vec<(Place, Mark)>,
        /// Those of them of which the index knows more than there is: the messages are of an earlier time, as after a
        /// backup was put back. What is known of them is worth nothing.
        ahead: Vec<Place>,
    },
    /// All have been compared; these there are no longer.
    Ended(Vec<Place>),
}

impl Sweep {
    /// Begins to compare. Channels that become known meanwhile are not missed for having been too late for their page.
    pub(super) fn new(known: impl Iterator<Item = Place>) -> Self {
        Self {
            after: (ServerId(0), ChannelId(0)),
            unmet: known.collect(),
        }
    }

    /// Compares the next page.
    pub(super) async fn step(
        &mut self,
        messages: &MessagesClient<Peer>,
        position_of: impl Fn(Place) -> Position,
    ) -> Result<Compared, SearchError> {
        let request = ListPositionsRequest {
            after_server_id: self.after.0.0,
            after_channel_id: self.after.1.0,
            limit: PAGE,
        };
        let page = messages.clone().list_positions(request).await?.into_inner().channels;
        let place = |channel: &ChannelPosition| (ServerId(channel.server_id), ChannelId(channel.channel_id));
        let Some(last) = page.last().map(place) else {
            return Ok(Compared::Ended(self.unmet.drain().collect()));
        };
        self.after = last;
        let (mut behind, mut ahead) = (Vec::new(), Vec::new());
        for channel in &page {
            let place = place(channel);
            self.unmet.remove(&place);
            let position = position_of(place);
            let is_ahead = position.seq > channel.last_seq || position.change > channel.last_change;
            if is_ahead {
                ahead.push(place);
            }
            let mark = Mark {
                seq: channel.last_seq,
                changed: is_ahead || channel.last_change > position.change,
            };
            if mark.changed || mark.seq > position.seq {
                behind.push((place, mark));
            }
        }
        Ok(Compared::Behind { behind, ahead })
    }
}
