//! What Beep itself says in a server's system channel: who joined.
//!
//! Every instance hears of a joining, and each tries to say it. The attempts have one nonce, which comes of the event, so
//! that it is said once. Should the event be lost, it is not said.

use std::{sync::Arc, time::Duration};

use contracts::trace::Trace;
use model::{EventId, ServerId, SlowMode, UserId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{error::MessagesError, log::NewMessage, mentions::Mentions, message_kind::MessageKind, service::Service};

/// Joinings that wait to be said; of what is beyond nothing is said.
const WAITING: usize = 1_024;
/// How often it is tried to say something, and how long to wait before it is tried again.
const ATTEMPTS: (usize, Duration) = (5, Duration::from_secs(1));

/// Somebody joined.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Joined {
    pub(crate) event_id: EventId,
    pub(crate) server_id: ServerId,
    pub(crate) user_id: UserId,
    /// The request that they joined by.
    pub(crate) trace: Option<Trace>,
}

/// Where joinings are told. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Announcements(mpsc::Sender<Joined>);

impl Announcements {
    /// Where joinings are told, and what [`work`] takes them from.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Joined>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Has it said soon.
    pub(crate) fn tell(&self, joined: Joined) {
        if self.0.try_send(joined).is_err() {
            tracing::info!(server.id = %joined.server_id, "more join than can be said");
        }
    }
}

/// Says who joined, until the process shuts down.
pub(crate) async fn work(service: Arc<Service>, mut joinings: mpsc::Receiver<Joined>, shutdown: CancellationToken) {
    while let Some(Some(joined)) = shutdown.run_until_cancelled(joinings.recv()).await {
        for attempt in 1..=ATTEMPTS.0 {
            match shutdown.run_until_cancelled(announce(&service, joined)).await {
                None => return,
                Some(Ok(())) => break,
                Some(Err(error)) => {
                    tracing::warn!(server.id = %joined.server_id, attempt, error.detail = %error, "it was not said who joined");
                    let pause = tokio::time::sleep(ATTEMPTS.1);
                    if shutdown.run_until_cancelled(pause).await.is_none() {
                        return;
                    }
                }
            }
        }
    }
}

async fn announce(service: &Service, joined: Joined) -> Result<(), MessagesError> {
    let Some(channel_id) = service.access.system_channel(joined.server_id).await? else {
        return Ok(());
    };
    let new = NewMessage {
        server_id: joined.server_id,
        channel_id,
        author: service.authors.find(joined.user_id).await?,
        content: String::new(),
        // Nobody can send such a nonce: it is not printable.
        nonce: Some(format!("\tjoined {}", joined.event_id)),
        kind: MessageKind::MemberJoined,
        answered: None,
        mentions: Mentions::default(),
        files: Vec::new(),
        slow_mode: SlowMode::default(),
        trace: joined.trace,
    };
    service.log.append(new).await?;
    Ok(())
}
