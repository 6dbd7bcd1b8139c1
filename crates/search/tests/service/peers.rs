//! The servers and messages services, as far as this one asks them: one server, whose channels, members and messages a test
//! changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use contracts::{messages, servers};
use model::{Permission, PermissionSet};
use serde_json::{Value, json};
use tonic::{Request, Response, Status};

pub(crate) const SERVER: i64 = 10;
pub(crate) const TEXT: i64 = 20;
pub(crate) const VOICE: i64 = 21;
pub(crate) const FOLDER: i64 = 22;
/// `everyone` does not see it.
pub(crate) const HIDDEN: i64 = 23;
/// `everyone` may not read what was written before.
pub(crate) const FORGETFUL: i64 = 24;
pub(crate) const CHANNELS: [i64; 5] = [TEXT, VOICE, FOLDER, HIDDEN, FORGETFUL];

/// The owner.
pub(crate) const ADA: i64 = 1_001;
pub(crate) const BOB: i64 = 1_002;
/// A stranger.
pub(crate) const EVE: i64 = 1_003;

/// A channel as `messages` has it.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    /// By number.
    pub(crate) messages: BTreeMap<i64, Value>,
    pub(crate) last_seq: i64,
    /// The number of the last change of each message.
    pub(crate) changes: BTreeMap<i64, i64>,
    pub(crate) last_change: i64,
}

/// What the peers answer from.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) members: BTreeSet<i64>,
    pub(crate) timed_out: BTreeSet<i64>,
    pub(crate) channels: BTreeMap<i64, Channel>,
    /// Messages that are shown to nobody, as if rights had been taken away between two questions.
    pub(crate) withheld: BTreeSet<String>,
}

#[derive(Clone, Default)]
pub(crate) struct Peers {
    state: Arc<Mutex<State>>,
    pub(crate) servers_away: Arc<AtomicBool>,
    pub(crate) messages_away: Arc<AtomicBool>,
    /// What the index follows cannot be had; what was found can be read.
    pub(crate) news_away: Arc<AtomicBool>,
}

impl Peers {
    pub(crate) fn new() -> Self {
        let peers = Self::default();
        peers.state().members = [ADA, BOB].into();
        peers
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A message is stored; answers its number.
    pub(crate) fn write(&self, channel: i64, content: &str) -> i64 {
        let mut state = self.state();
        let channel_id = channel;
        let channel = state.channels.entry(channel).or_default();
        channel.last_seq += 1;
        let seq = channel.last_seq;
        let message = json!({
            "id": (channel_id * 1_000 + seq).to_string(), "seq": seq, "server_id": SERVER.to_string(),
            "channel_id": channel_id.to_string(), "kind": "default",
            "author": {"id": ADA.to_string(), "username": "ada", "display_name": "Ada", "avatar_url": null},
            "content": content, "created_at": "2026-11-24T09:30:00.000Z", "edited_at": null, "pinned": false,
            "reply_to": null,
            "mentions": {"user_ids": [], "role_ids": [], "channel_ids": [], "everyone": false, "tokens": []},
            "attachments": [], "embeds": [], "reactions": [], "nonce": null
        });
        channel.messages.insert(seq, message);
        seq
    }

    /// A message is changed, or deleted when there is no content.
    pub(crate) fn change(&self, channel: i64, seq: i64, content: Option<&str>) {
        let mut state = self.state();
        let channel = state.channels.get_mut(&channel).unwrap();
        match content {
            Some(content) => channel.messages.get_mut(&seq).unwrap()["content"] = json!(content),
            None => drop(channel.messages.remove(&seq)),
        }
        channel.last_change += 1;
        let number = channel.last_change;
        channel.changes.insert(seq, number);
    }

    fn here(away: &AtomicBool) -> Result<(), Status> {
        if away.load(Ordering::SeqCst) {
            Err(platform::rpc::unavailable("away"))
        } else {
            Ok(())
        }
    }
}

fn channel(id: i64) -> servers::Channel {
    let denied = match id {
        HIDDEN => Some(Permission::ViewChannel),
        FORGETFUL => Some(Permission::ReadHistory),
        _ => None,
    };
    let kind = match id {
        VOICE => servers::ChannelKind::Voice,
        FOLDER => servers::ChannelKind::Folder,
        _ => servers::ChannelKind::Text,
    };
    let overwrite = |permission| servers::Overwrite {
        target_id: SERVER,
        member: false,
        allow: 0,
        deny: PermissionSet::of(&[permission]).bits(),
    };
    servers::Channel {
        id,
        kind: kind.into(),
        parent_id: None,
        overwrites: denied.map(overwrite).into_iter().collect(),
        slow_mode_seconds: 0,
        name: format!("channel-{id}"),
    }
}

#[tonic::async_trait]
impl servers::servers_server::Servers for Peers {
    async fn get_tenant(
        &self,
        request: Request<servers::GetTenantRequest>,
    ) -> Result<Response<servers::GetTenantResponse>, Status> {
        Self::here(&self.servers_away)?;
        let everyone = servers::Role {
            id: SERVER,
            permissions: PermissionSet::PUBLIC_DEFAULT.bits(),
            position: 0,
            hoisted: false,
            name: "everyone".to_owned(),
            mentionable: false,
        };
        let tenant = (request.into_inner().server_id == SERVER).then(|| servers::Tenant {
            server_id: SERVER,
            version: 1,
            owner_id: ADA,
            roles: vec![everyone],
            channels: CHANNELS.map(channel).to_vec(),
            system_channel_id: None,
        });
        Ok(Response::new(servers::GetTenantResponse { tenant }))
    }

    async fn get_membership(
        &self,
        request: Request<servers::GetMembershipRequest>,
    ) -> Result<Response<servers::GetMembershipResponse>, Status> {
        Self::here(&self.servers_away)?;
        let (request, state) = (request.into_inner(), self.state());
        let member = request.server_id == SERVER && state.members.contains(&request.user_id);
        let membership = member.then(|| servers::Membership {
            user_id: request.user_id,
            role_ids: Vec::new(),
            timeout_until: state.timed_out.contains(&request.user_id).then_some(i64::MAX),
        });
        Ok(Response::new(servers::GetMembershipResponse { membership, version: 1 }))
    }
}

/// How many one answer holds.
const AT_ONCE: usize = 3;

#[tonic::async_trait]
impl messages::messages_server::Messages for Peers {
    async fn list_positions(
        &self,
        request: Request<messages::ListPositionsRequest>,
    ) -> Result<Response<messages::ListPositionsResponse>, Status> {
        Self::here(&self.messages_away)?;
        Self::here(&self.news_away)?;
        let (request, state) = (request.into_inner(), self.state());
        let after = (request.after_server_id, request.after_channel_id);
        let later = state.channels.iter().filter(|(id, _)| (SERVER, **id) > after);
        let position = |(id, channel): (&i64, &Channel)| messages::ChannelPosition {
            server_id: SERVER,
            channel_id: *id,
            last_seq: channel.last_seq,
            last_change: channel.last_change,
        };
        let channels = later.take(AT_ONCE).map(position).collect();
        Ok(Response::new(messages::ListPositionsResponse { channels }))
    }

    async fn list_messages(
        &self,
        request: Request<messages::ListMessagesRequest>,
    ) -> Result<Response<messages::ListMessagesResponse>, Status> {
        Self::here(&self.messages_away)?;
        Self::here(&self.news_away)?;
        let (request, state) = (request.into_inner(), self.state());
        let up_to = request.up_to.min(request.after + i64::try_from(AT_ONCE).unwrap());
        let channel = state.channels.get(&request.channel_id).into_iter();
        let found = channel.flat_map(|channel| channel.messages.range(request.after + 1..=up_to));
        let message = |(seq, message): (&i64, &Value)| messages::NumberedMessage {
            seq: *seq,
            message_json: message.to_string(),
            sent_at: 1,
        };
        let answer = messages::ListMessagesResponse {
            messages: found.map(message).collect(),
            up_to,
        };
        Ok(Response::new(answer))
    }

    async fn list_changes(
        &self,
        request: Request<messages::ListChangesRequest>,
    ) -> Result<Response<messages::ListChangesResponse>, Status> {
        Self::here(&self.messages_away)?;
        Self::here(&self.news_away)?;
        let (request, state) = (request.into_inner(), self.state());
        let mut changes = Vec::new();
        if let Some(channel) = state.channels.get(&request.channel_id) {
            let later = channel.changes.iter().filter(|(_, number)| **number > request.after);
            changes.extend(later.map(|(seq, number)| messages::MessageChange {
                number: *number,
                seq: *seq,
                message_json: channel.messages.get(seq).map(Value::to_string),
            }));
        }
        changes.sort_by_key(|change| change.number);
        changes.truncate(AT_ONCE);
        Ok(Response::new(messages::ListChangesResponse { changes }))
    }

    async fn read_messages(
        &self,
        request: Request<messages::ReadMessagesRequest>,
    ) -> Result<Response<messages::ReadMessagesResponse>, Status> {
        Self::here(&self.messages_away)?;
        let (request, state) = (request.into_inner(), self.state());
        let mut read = Vec::new();
        for place in request.messages {
            let id = place.message_id.to_string();
            let channel = state.channels.get(&place.channel_id);
            let message = channel.and_then(|channel| channel.messages.values().find(|message| message["id"] == id));
            read.extend(
                message
                    .filter(|_| !state.withheld.contains(&id))
                    .map(|message| messages::ReadMessage {
                        message_id: place.message_id,
                        message_json: message.to_string(),
                    }),
            );
        }
        Ok(Response::new(messages::ReadMessagesResponse { messages: read }))
    }
}
