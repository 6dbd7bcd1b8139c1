//! What peers ask of this service.

use std::{collections::HashMap, sync::Arc};

use contracts::messages::{
    ChannelPosition, GetLastNumbersRequest, GetLastNumbersResponse, LastNumber, ListChangesRequest,
    ListChangesResponse, ListMessagesRequest, ListMessagesResponse, ListPositionsRequest, ListPositionsResponse,
    ListReadStatesRequest, ListReadStatesResponse, MessageChange, NumberedMessage, ReadMessage, ReadMessagesRequest,
    ReadMessagesResponse, messages_server::Messages,
};
use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use platform::rpc;
use serde::Serialize;
use tonic::{Code, Request, Response, Status};

use crate::{
    error::MessagesError,
    looking_up::Place,
    reading::Readable,
    service::Service,
    showing::Reader,
    store::{changes, counters, messages},
};

/// Numbers that one call answers for.
const NUMBERS_AT_ONCE: i64 = 200;
/// Changes that one call answers for.
const CHANGES_AT_ONCE: i64 = 200;
/// Channels of which one call tells.
const CHANNELS_AT_ONCE: u32 = 1_000;
/// Messages that one call reads for a user.
const READ_AT_ONCE: usize = 100;

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
        let channel = |(id, seq, sent_at): (ChannelId, i64, Option<Timestamp>)| LastNumber {
            channel_id: id.0,
            seq,
            sent_at: sent_at.map_or(0, Timestamp::as_millis),
        };
        Ok(Response::new(GetLastNumbersResponse {
            channels: counters.into_iter().map(channel).collect(),
        }))
    }

    async fn list_read_states(
        &self,
        request: Request<ListReadStatesRequest>,
    ) -> Result<Response<ListReadStatesResponse>, Status> {
        let request = request.into_inner();
        let servers: Vec<Readable> = request.servers.into_iter().map(Readable::from).collect();
        let states = self.0.read_states(UserId(request.user_id), &servers).await?;
        let read_states_json = json(&states)?;
        Ok(Response::new(ListReadStatesResponse { read_states_json }))
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
        let places: Vec<_> = found.iter().map(|message| (message.seq, message.created_at)).collect();
        let shown = self
            .0
            .shown(ServerId(request.server_id), channel_id, found, Reader::All)
            .await?;
        let encoded = shown.iter().map(json).collect::<Result<Vec<_>, _>>()?;
        let numbered = |((seq, sent_at), message_json): ((i64, Timestamp), String)| NumberedMessage {
            seq,
            message_json,
            sent_at: sent_at.as_millis(),
        };
        Ok(Response::new(ListMessagesResponse {
            messages: places.into_iter().zip(encoded).map(numbered).collect(),
            up_to,
        }))
    }

    async fn list_positions(
        &self,
        request: Request<ListPositionsRequest>,
    ) -> Result<Response<ListPositionsResponse>, Status> {
        let request = request.into_inner();
        let after = (ServerId(request.after_server_id), ChannelId(request.after_channel_id));
        let limit = request.limit.min(CHANNELS_AT_ONCE).into();
        let found = changes::positions(self.0.tenants.shared(), after, limit)
            .await
            .map_err(MessagesError::from)?;
        let channel = |position: changes::Position| ChannelPosition {
            server_id: position.server_id.0,
            channel_id: position.channel_id.0,
            last_seq: position.last_seq,
            last_change: position.last_change,
        };
        Ok(Response::new(ListPositionsResponse {
            channels: found.into_iter().map(channel).collect(),
        }))
    }

    async fn list_changes(
        &self,
        request: Request<ListChangesRequest>,
    ) -> Result<Response<ListChangesResponse>, Status> {
        let request = request.into_inner();
        let (server_id, channel_id) = (ServerId(request.server_id), ChannelId(request.channel_id));
        let reader = self.0.tenants.reader(server_id);
        let noted = changes::list(reader, channel_id, request.after, CHANGES_AT_ONCE)
            .await
            .map_err(MessagesError::from)?;
        let ids: Vec<_> = noted.iter().filter_map(|(_, _, id)| *id).collect();
        let found = messages::lookup_many(reader, channel_id, &ids)
            .await
            .map_err(MessagesError::from)?;
        let numbers: Vec<i64> = found.iter().map(|message| message.seq).collect();
        let shown = self.0.shown(server_id, channel_id, found, Reader::All).await?;
        let mut encoded = HashMap::with_capacity(shown.len());
        for (seq, message) in numbers.into_iter().zip(&shown) {
            encoded.insert(seq, json(message)?);
        }
        let change = |(number, seq, _)| MessageChange {
            number,
            seq,
            message_json: encoded.remove(&seq),
        };
        Ok(Response::new(ListChangesResponse {
            changes: noted.into_iter().map(change).collect(),
        }))
    }

    async fn read_messages(
        &self,
        request: Request<ReadMessagesRequest>,
    ) -> Result<Response<ReadMessagesResponse>, Status> {
        let user_id = rpc::caller(&request)?.user_id;
        let request = request.into_inner();
        if request.messages.len() > READ_AT_ONCE {
            let detail = "one call reads 100 messages at most";
            return Err(rpc::refusal((Code::InvalidArgument, "too_many_ids"), detail));
        }
        let place = |place: contracts::messages::MessagePlace| Place {
            channel_id: ChannelId(place.channel_id),
            message_id: MessageId(place.message_id),
        };
        let places: Vec<Place> = request.messages.into_iter().map(place).collect();
        let read = self.0.read_for(user_id, ServerId(request.server_id), &places).await?;
        let message = |(id, message): &(MessageId, _)| {
            Ok::<_, Status>(ReadMessage {
                message_id: id.0,
                message_json: json(message)?,
            })
        };
        Ok(Response::new(ReadMessagesResponse {
            messages: read.iter().map(message).collect::<Result<_, _>>()?,
        }))
    }
}

fn json(resource: &impl Serialize) -> Result<String, Status> {
    serde_json::to_string(resource).map_err(|error| {
        tracing::error!(error = %error, "a resource cannot be written as JSON");
        rpc::internal("the call failed")
    })
}
