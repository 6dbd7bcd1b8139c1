//! What peers ask of this service.

use std::sync::Arc;

use contracts::messages::{
    GetLastNumbersRequest, GetLastNumbersResponse, LastNumber, ListMessagesRequest, ListMessagesResponse,
    ListRecentMessagesRequest, ListRecentMessagesResponse, NumberedMessage, RecentMessage, messages_server::Messages,
};
use model::{ChannelId, MessageId, ServerId, Timestamp, snowflake};
use platform::rpc;
use tonic::{Code, Request, Response, Status};

use crate::{
    error::MessagesError,
    service::Service,
    store::{
        counters,
        messages::{self, Message},
    },
};

/// Numbers that one call answers for.
const NUMBERS_AT_ONCE: i64 = 200;
/// Recent messages that one call lists.
const RECENT_AT_MOST: usize = 4_096;

/// The internal calls of this service.
#[derive(Clone)]
pub struct Calls(pub(crate) Arc<Service>);

#[tonic::async_trait]
impl Messages for Calls {
    async fn get_last_numbers(
        &self,
        request: Request<GetLastNumbersRequest>,
    ) -> Result<Response<GetLastNumbersResponse>, Status> {
        let reader = self.0.tenants.reader(ServerId(request.into_inner().server_id));
        let counters = counters::all(reader).await.map_err(MessagesError::from)?;
        let channel = |(id, seq): (ChannelId, i64)| LastNumber { channel_id: id.0, seq };
        Ok(Response::new(GetLastNumbersResponse {
            channels: counters.into_iter().map(channel).collect(),
        }))
    }

    async fn list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> Result<Response<ListMessagesResponse>, Status> {
        let request = request.into_inner();
        let up_to = request.up_to.min(request.after.saturating_add(NUMBERS_AT_ONCE));
        let reader = self.0.tenants.reader(ServerId(request.server_id));
        let channel_id = ChannelId(request.channel_id);
        let found = messages::list_by_number(reader, channel_id, request.after, up_to)
            .await
            .map_err(MessagesError::from)?;
        let numbered = |(_, seq, message_json)| NumberedMessage { seq, message_json };
        Ok(Response::new(ListMessagesResponse {
            messages: self.encode(found).await?.map(numbered).collect(),
            up_to,
        }))
    }

    async fn list_recent_messages(
        &self,
        request: Request<ListRecentMessagesRequest>,
    ) -> Result<Response<ListRecentMessagesResponse>, Status> {
        let request = request.into_inner();
        let reader = self.0.tenants.reader(ServerId(request.server_id));
        let first = MessageId(snowflake::first_of(Timestamp::from_millis(request.since)));
        let limit = i64::try_from(RECENT_AT_MOST + 1).unwrap_or(i64::MAX);
        let mut found = messages::list_recent(reader, first, limit)
            .await
            .map_err(MessagesError::from)?;
        let complete = found.len() <= RECENT_AT_MOST;
        found.truncate(RECENT_AT_MOST);
        let recent = |(channel_id, seq, message_json): (ChannelId, _, _)| RecentMessage {
            channel_id: channel_id.0,
            seq,
            message_json,
        };
        Ok(Response::new(ListRecentMessagesResponse {
            messages: self.encode(found).await?.map(recent).collect(),
            complete,
        }))
    }
}

impl Calls {
    /// The messages as clients see them, each with its channel and number.
    async fn encode(&self, messages: Vec<Message>) -> Result<impl Iterator<Item = (ChannelId, i64, String)>, Status> {
        let places: Vec<_> = messages
            .iter()
            .map(|message| (message.channel_id, message.seq))
            .collect();
        let shown = self.0.shown(messages).await?;
        let encoded: Result<Vec<_>, _> = shown.iter().map(serde_json::to_string).collect();
        let encoded = encoded.map_err(|error| {
            tracing::error!(error = %error, "a message cannot be written as JSON");
            rpc::status(Code::Internal, "internal", "the call failed")
        })?;
        let all = places.into_iter().zip(encoded);
        Ok(all.map(|((channel_id, seq), json)| (channel_id, seq, json)))
    }
}
