//! Messages that somebody knows by their places, such as those that a search has found: shown to a user as far as they may
//! read them now.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChannelId, MessageId, Permission, ServerId, UserId};

use crate::{
    api::resource::MessageResource,
    error::MessagesError,
    service::Service,
    showing::Reader,
    store::messages::{self, Message},
};

/// Where a message is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) channel_id: ChannelId,
    pub(crate) message_id: MessageId,
}

impl Service {
    /// These messages as the user sees them. Those that are not there (any more), and those in channels that the user does
    /// not see or whose history they may not read, are left out.
    pub(crate) async fn read_for(
        &self,
        user_id: UserId,
        server_id: ServerId,
        places: &[Place],
    ) -> Result<Vec<(MessageId, MessageResource)>, MessagesError> {
        let mut of_channel: BTreeMap<ChannelId, BTreeSet<MessageId>> = BTreeMap::new();
        for place in places {
            of_channel.entry(place.channel_id).or_default().insert(place.message_id);
        }
        let mut wanted = Vec::with_capacity(places.len());
        for (channel_id, ids) in of_channel {
            if self.reads_history(user_id, server_id, channel_id).await? {
                wanted.extend(ids.into_iter().map(|id| (channel_id, id)));
            }
        }
        let mut found: BTreeMap<ChannelId, Vec<Message>> = BTreeMap::new();
        for message in messages::lookup_places(self.tenants.reader(server_id), &wanted).await? {
            found.entry(message.channel_id).or_default().push(message);
        }
        let mut read = Vec::with_capacity(wanted.len());
        for (channel_id, messages) in found {
            let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
            let shown = self
                .shown(server_id, channel_id, messages, Reader::User(user_id))
                .await?;
            read.extend(ids.into_iter().zip(shown));
        }
        Ok(read)
    }

    /// Whether the user may read what was written in the channel before.
    async fn reads_history(
        &self,
        user_id: UserId,
        server_id: ServerId,
        channel_id: ChannelId,
    ) -> Result<bool, MessagesError> {
        match self.access.viewer(server_id, channel_id, user_id).await {
            Ok(viewer) => Ok(viewer.permissions.contains(Permission::ReadHistory)),
            Err(
                MessagesError::ServerNotFound | MessagesError::ChannelNotFound | MessagesError::ChannelHasNoMessages,
            ) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
