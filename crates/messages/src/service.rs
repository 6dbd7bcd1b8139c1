//! What all parts of the service share, and how it follows what happens elsewhere.

use std::sync::Arc;

use contracts::events::{Audience, Event, EventKind};
use model::ChannelId;
use platform::{
    bus::{Delivery, Subscription},
    clock::{Clock, Ids},
    db::Tenants,
};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::{access::Access, authors::Authors, log::Log, removal, sending_limit::SendingLimit};

/// The service.
pub(crate) struct Service {
    pub(crate) access: Access,
    pub(crate) authors: Authors,
    pub(crate) limit: SendingLimit,
    pub(crate) log: Log,
    pub(crate) tenants: Tenants,
    pub(crate) ids: Ids,
    pub(crate) clock: Clock,
}

/// The beginning of a `channel.deleted`.
#[derive(Deserialize)]
struct DeletedChannel {
    id: ChannelId,
}

/// Forgets what events make wrong and removes what has lost its channel, until the process shuts down.
pub(crate) async fn follow(service: Arc<Service>, mut events: Subscription, shutdown: CancellationToken) {
    while let Some(Some(delivery)) = shutdown.run_until_cancelled(events.next()).await {
        match delivery {
            Delivery::Event(event) => service.on_event(&event),
            Delivery::Lost => {
                service.access.forget_all();
                service.authors.forget_all();
            }
        }
    }
}

impl Service {
    fn on_event(self: &Arc<Self>, event: &Event) {
        self.access.on_event(event);
        match (event.kind, event.audience) {
            (EventKind::UserUpdated, _) => {
                if let Some(user_id) = event.user_id {
                    self.authors.forget(user_id);
                }
            }
            (EventKind::ChannelDeleted, Audience::Channel { server_id, .. } | Audience::Server { server_id }) => {
                if let Ok(DeletedChannel { id }) = serde_json::from_str(event.data.get()) {
                    self.remove_in_background(server_id, Some(id));
                }
            }
            (EventKind::ServerDeleted, Audience::Server { server_id }) => self.remove_in_background(server_id, None),
            _ => {}
        }
    }

    fn remove_in_background(self: &Arc<Self>, server_id: model::ServerId, channel_id: Option<ChannelId>) {
        let service = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = removal::remove_all(&service.tenants, server_id, channel_id).await {
                tracing::error!(server.id = %server_id, error.detail = %error, "messages of what was deleted are still there");
            }
        });
    }
}
