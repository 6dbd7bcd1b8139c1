//! How far users have read, and what they have not.

use contracts::{messages::ReadableServer, servers::ListServersOfUserRequest};
use model::{ChannelId, MessageId, RoleId, ServerId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::MessagesError,
    service::Service,
    store::read_states::{self, Position},
};

/// How far a user has read a channel.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "server_id": "402345678901230000", "channel_id": "402345678901230001", "last_seq": 12, "last_read_seq": 10,
    "last_read_id": "402345678901300000", "mention_count": 1
}))]
pub(crate) struct ReadState {
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: ChannelId,
    /// The number of the channel's last message. More than `last_read_seq` means that something is unread.
    pub(crate) last_seq: i64,
    /// The number of the last message that was read. What was there before one joined counts as read.
    pub(crate) last_read_seq: i64,
    /// The message that was read last; null when none ever was.
    pub(crate) last_read_id: Option<MessageId>,
    /// How many unread messages mention the user, by name, as one of their roles, or with all.
    pub(crate) mention_count: i64,
}

/// A server of a user, with what of it they may read.
pub(crate) struct Readable {
    pub(crate) server_id: ServerId,
    pub(crate) joined_at: Timestamp,
    pub(crate) role_ids: Vec<RoleId>,
    pub(crate) channel_ids: Vec<ChannelId>,
}

impl From<ReadableServer> for Readable {
    fn from(server: ReadableServer) -> Self {
        Self {
            server_id: ServerId(server.server_id),
            joined_at: Timestamp::from_millis(server.joined_at),
            role_ids: server.role_ids.into_iter().map(RoleId).collect(),
            channel_ids: server.channel_ids.into_iter().map(ChannelId).collect(),
        }
    }
}

impl Service {
    /// The servers of a user, with what of each they may read now.
    pub(crate) async fn readable_servers(&self, user_id: UserId) -> Result<Vec<Readable>, MessagesError> {
        let request = ListServersOfUserRequest { user_id: user_id.0 };
        let servers = self
            .servers
            .clone()
            .list_servers_of_user(request)
            .await?
            .into_inner()
            .servers;
        let now = self.clock.now();
        let readable = servers.iter().filter_map(|server| ReadableServer::of(server, now));
        Ok(readable.map(Readable::from).collect())
    }

    /// How far the user has read each of these channels that has had messages.
    pub(crate) async fn read_states(
        &self,
        user_id: UserId,
        servers: &[Readable],
    ) -> Result<Vec<ReadState>, MessagesError> {
        let ids: Vec<ServerId> = servers.iter().map(|server| server.server_id).collect();
        let positions = read_states::list(self.tenants.shared(), user_id, &ids).await?;
        let mut states = Vec::with_capacity(positions.len());
        for server in servers {
            let of_server = positions.iter().filter(|position| {
                position.server_id == server.server_id && server.channel_ids.contains(&position.channel_id)
            });
            let first = states.len();
            states.extend(of_server.map(|position| state(position, server.joined_at)));
            let unread = states[first..]
                .iter()
                .filter(|state: &&ReadState| state.last_seq > state.last_read_seq);
            let unread: Vec<ChannelId> = unread.map(|state| state.channel_id).collect();
            if unread.is_empty() {
                continue;
            }
            let tenant = self.tenants.reader(server.server_id);
            let who = (user_id, server.role_ids.as_slice());
            for (channel_id, count) in read_states::count_mentions(tenant, who, &unread, server.joined_at).await? {
                if let Some(state) = states[first..].iter_mut().find(|state| state.channel_id == channel_id) {
                    state.mention_count = count;
                }
            }
        }
        Ok(states)
    }
}

fn state(position: &Position, joined_at: Timestamp) -> ReadState {
    // Where the user has never read, what was there before they joined is nothing that they miss.
    let is_old = position.read_seq.is_none() && position.last_sent_at.is_some_and(|sent_at| sent_at < joined_at);
    let last_read_seq = if is_old || !position.has_more {
        position.last_seq
    } else {
        position.read_seq.unwrap_or(0)
    };
    ReadState {
        server_id: position.server_id,
        channel_id: position.channel_id,
        last_seq: position.last_seq,
        last_read_seq,
        last_read_id: position.read_id,
        mention_count: 0,
    }
}
