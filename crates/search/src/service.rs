//! A search: where one may look, what the index finds there, and what of it may be shown.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use contracts::{
    messages::{MessagePlace, ReadMessagesRequest, messages_client::MessagesClient},
    servers::servers_client::ServersClient,
};
use model::{
    ChannelId, MessageId, ServerId, UserId,
    limits::{SEARCH_COUNTED, SEARCH_PAGE_MAX},
};
use platform::{clock::Clock, rpc::Peer};
use serde_json::value::RawValue;
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout_at};

use crate::{
    document::Document,
    error::SearchError,
    index::{Found, Hit, Index, IndexError, Part, Rank, Scope},
    live::Live,
    reach::reach,
    searching_limit::SearchingLimit,
    wanted::Wanted,
};

/// How long one search may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the index is asked again for one page, when what it found is not there any more.
const ROUNDS: usize = 3;
/// Up to how many are counted: more than are told, so that those of them that are not there any more do not make it a smaller number.
const COUNTED: usize = SEARCH_COUNTED + ROUNDS * (SEARCH_PAGE_MAX + 1);

/// The service.
pub(crate) struct Service {
    pub(crate) live: Arc<Live>,
    pub(crate) servers: ServersClient<Peer>,
    pub(crate) messages: MessagesClient<Peer>,
    pub(crate) limit: SearchingLimit,
    /// How many searches the index does at once.
    pub(crate) room: Arc<Semaphore>,
    pub(crate) clock: Clock,
}

/// A message that was found, as it is now, as whoever looks sees it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) message: Box<RawValue>,
    pub(crate) channel_id: ChannelId,
    pub(crate) highlights: Vec<(usize, usize)>,
}

/// A page of what was found.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) shown: Vec<Shown>,
    /// After what the next page begins.
    pub(crate) next: Option<Rank>,
    pub(crate) total: usize,
    pub(crate) is_complete: bool,
}

impl Results {
    /// How many there are as far as they are counted, and whether there are more.
    pub(crate) fn counted(&self) -> (usize, bool) {
        (self.total.min(SEARCH_COUNTED), self.total > SEARCH_COUNTED)
    }
}

impl Service {
    /// Where the user may look, in the server or in one channel of it.
    pub(crate) async fn scope(
        &self,
        user_id: UserId,
        server_id: ServerId,
        channel_id: Option<ChannelId>,
    ) -> Result<Scope, SearchError> {
        reach(&self.servers, user_id, (server_id, channel_id), self.clock.now()).await
    }

    /// Looks for what is wanted, at most `most` of it after `after`.
    pub(crate) async fn search(
        &self,
        user_id: UserId,
        scope: Scope,
        wanted: Wanted,
        (after, most): (Option<Rank>, usize),
    ) -> Result<Results, SearchError> {
        self.limit.count(user_id)?;
        let started = Instant::now();
        let (wanted, scope) = (Arc::new(wanted), Arc::new(scope));
        // One index for all of it.
        let (index, is_complete) = self.live.now();
        let mut results = Results {
            is_complete,
            next: after,
            ..Results::default()
        };
        for round in 0..ROUNDS {
            let missing = most - results.shown.len();
            let part = Part {
                after: results.next,
                // One more only tells that there are more.
                most: missing + 1,
                counted: COUNTED,
                until: started + PATIENCE,
            };
            let mut found = self.find(&index, (&scope, &wanted), part).await?;
            if round == 0 {
                results.total = found.total;
            }
            let more = found.hits.len() > missing;
            found.hits.truncate(missing);
            let last = found.hits.last().map(|hit| hit.rank);
            let proposed = found.hits.len();
            let shown = self.shown(scope.server_id, &wanted, found.hits).await?;
            // What is left out is not there, as far as can be seen from here.
            results.total = results.total.saturating_sub(proposed - shown.len());
            results.shown.extend(shown);
            results.next = last.filter(|_| more);
            if results.next.is_none() || results.shown.len() >= most {
                break;
            }
        }
        metrics::histogram!("search_seconds").record(started.elapsed().as_secs_f64());
        Ok(results)
    }

    /// Asks the index, when there is room.
    async fn find(
        &self,
        index: &Arc<dyn Index>,
        (scope, wanted): (&Arc<Scope>, &Arc<Wanted>),
        part: Part,
    ) -> Result<Found, SearchError> {
        let until = part.until.into();
        let room = timeout_at(until, Arc::clone(&self.room).acquire_owned()).await;
        let Ok(Ok(room)) = room else {
            return Err(SearchError::Overloaded);
        };
        let (index, scope, wanted) = (Arc::clone(index), Arc::clone(scope), Arc::clone(wanted));
        let finding = spawn_blocking(move || {
            // Held until the index is done with it, whether or not anybody still waits.
            let _room = room;
            index.find(&scope, &wanted, part)
        });
        match timeout_at(until, finding).await {
            Ok(Ok(found)) => Ok(found?),
            Ok(Err(error)) => Err(IndexError::Engine(error.to_string()).into()),
            Err(_elapsed) => Err(IndexError::TooSlow.into()),
        }
    }

    /// What was found as the caller may see it now: read through `messages`. What is not there any more, or not what is
    /// wanted any more, is left out.
    async fn shown(&self, server_id: ServerId, wanted: &Wanted, hits: Vec<Hit>) -> Result<Vec<Shown>, SearchError> {
        if hits.is_empty() {
            return Ok(Vec::new());
        }
        let place = |hit: &Hit| MessagePlace {
            channel_id: hit.channel_id.0,
            message_id: hit.message_id.0,
        };
        let request = ReadMessagesRequest {
            server_id: server_id.0,
            messages: hits.iter().map(place).collect(),
        };
        let read = self
            .messages
            .clone()
            .read_messages(request)
            .await?
            .into_inner()
            .messages;
        let mut read: HashMap<MessageId, String> = read
            .into_iter()
            .map(|message| (MessageId(message.message_id), message.message_json))
            .collect();
        let shown = hits.into_iter().filter_map(|hit| {
            let json = read.remove(&hit.message_id)?;
            let message = Document::from_json(&json).ok()??;
            if message.channel_id != hit.channel_id || !wanted.accepts(&message) {
                return None;
            }
            Some(Shown {
                highlights: wanted.highlights(&message.content),
                message: RawValue::from_string(json).ok()?,
                channel_id: hit.channel_id,
            })
        });
        Ok(shown.collect())
    }
}
