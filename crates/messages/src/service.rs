//! What all parts of the service share, and how it follows what happens elsewhere.

use std::sync::Arc;

use contracts::{
    events::{Audience, Event, EventKind},
    servers::servers_client::ServersClient,
};
use model::{ChannelId, EventId, MessageContent, MessageId, Permission, ServerId, UserId};
use platform::{
    bus::{Delivery, EventBus, Subscription},
    clock::{Clock, Ids},
    db::{DbError, DbResult, TenantTx, Tenants},
    rpc::Peer,
    telemetry::RequestContext,
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{
    access::{Access, Viewer},
    announcements::{Announcements, Joined},
    authors::Authors,
    ban_sweep::BanSweep,
    error::MessagesError,
    exports::Exports,
    external_links::OwnAddresses,
    files::Files,
    log::Log,
    mentions::{Mentions, Place},
    previews::Previews,
    removal::{Deleted, Removal},
    sending_limit::SendingLimit,
    store::{attachments, changes, mentions, preview_pictures, reactions},
};

/// The service.
pub(crate) struct Service {
    pub(crate) access: Access,
    pub(crate) authors: Authors,
    pub(crate) exports: Exports,
    pub(crate) limit: SendingLimit,
    pub(crate) typing_limit: SendingLimit,
    pub(crate) bus: Arc<dyn EventBus>,
    pub(crate) log: Log,
    pub(crate) removal: Removal,
    pub(crate) ban_sweep: BanSweep,
    pub(crate) announcements: Announcements,
    pub(crate) own_addresses: OwnAddresses,
    pub(crate) files: Files,
    pub(crate) previews: Previews,
    pub(crate) servers: ServersClient<Peer>,
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
            Delivery::Event(event) => RequestContext::under(event.trace, || service.on_event(&event)),
            Delivery::Lost => {
                service.access.forget_all();
                service.authors.forget_all();
            }
        }
    }
}

impl Service {
    fn on_event(&self, event: &Event) {
        self.access.on_event(event);
        match (event.kind, event.audience) {
            (EventKind::UserUpdated, _) => {
                if let Some(user_id) = event.user_id {
                    self.authors.forget(user_id);
                }
            }
            (EventKind::ChannelDeleted, Audience::Channel { server_id, .. } | Audience::Server { server_id }) => {
                if let Ok(DeletedChannel { id }) = serde_json::from_str(event.data.get()) {
                    self.removal.tell(Deleted {
                        server_id,
                        channel_id: Some(id),
                    });
                }
            }
            (EventKind::MemberJoined, Audience::Server { server_id }) => {
                if let Some(user_id) = event.user_id {
                    self.announcements.tell(Joined {
                        event_id: event.id,
                        server_id,
                        user_id,
                        trace: event.trace,
                    });
                }
            }
            (EventKind::MemberBanned, _) => {
                if let Ok(sweep) = serde_json::from_str(event.data.get()) {
                    self.ban_sweep.tell(sweep);
                }
            }
            (EventKind::ServerDeleted, Audience::Server { server_id }) => self.removal.tell(Deleted {
                server_id,
                channel_id: None,
            }),
            _ => {}
        }
    }

    /// Removes what belonged to messages that `tx` removes: all of them at once, those of a channel beside each other.
    pub(crate) async fn forget(&self, tx: &mut TenantTx, gone: &[(ChannelId, MessageId, i64)]) -> DbResult<()> {
        let (now, mut pictures) = (self.clock.now(), Vec::new());
        for of_channel in gone.chunk_by(|one, next| one.0 == next.0) {
            let channel_id = of_channel[0].0;
            let ids: Vec<MessageId> = of_channel.iter().map(|(_, id, _)| *id).collect();
            reactions::remove_of(tx, channel_id, &ids).await?;
            let files = attachments::remove_of(tx, channel_id, &ids).await?;
            self.files.discard(tx, &files, now).await?;
            for (_, _, seq) in of_channel {
                mentions::remove_of(tx, channel_id, *seq).await?;
            }
            pictures.extend(preview_pictures::remove_of(tx, channel_id, &ids).await?);
        }
        preview_pictures::let_go(tx, pictures, now).await
    }

    /// What a text of the caller mentions in the channel.
    pub(crate) async fn mentions_in(
        &self,
        (server_id, channel_id, author_id): (ServerId, ChannelId, UserId),
        content: Option<&MessageContent>,
        before: Option<&Mentions>,
    ) -> Result<Mentions, MessagesError> {
        // Most texts mention nothing.
        let Some(content) = content.filter(|content| content.as_str().contains(['@', '#'])) else {
            return Ok(Mentions::default());
        };
        let (tenant, author) = self.access.standing(server_id, author_id).await?;
        let place = Place {
            tenant: &tenant,
            channel_id,
            author: &author,
            now: self.clock.now(),
        };
        Mentions::of(self, &place, content.as_str(), before).await
    }

    /// Refuses what the viewer may not write: links to other sites need a permission.
    pub(crate) fn require_writable(&self, viewer: Viewer, content: &MessageContent) -> Result<(), MessagesError> {
        if self.own_addresses.leads_elsewhere(content.as_str()) {
            viewer.require(Permission::UseExternalLinks)?;
        }
        Ok(())
    }

    /// Has everybody who sees the channel told of its message with the number `seq`, if `tx` commits; and notes that it has
    /// changed, for whoever keeps something of messages elsewhere. Comes after what `tx` does to messages.
    pub(crate) async fn tell(
        &self,
        tx: &mut TenantTx,
        kind: EventKind,
        (channel_id, seq): (ChannelId, i64),
        data: &(impl Serialize + Sync),
    ) -> DbResult<()> {
        if kind.changes_message() {
            changes::note(tx, channel_id, seq).await?;
        }
        let audience = Audience::Channel {
            server_id: tx.server_id(),
            channel_id,
        };
        let event = Event::new(EventId(self.ids.next()), kind, audience, data);
        let event = event.map_err(|error| DbError::Statement(error.to_string()))?;
        tx.emit(Event {
            seq: Some(seq),
            ..event
        });
        Ok(())
    }
}
