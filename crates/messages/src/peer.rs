//! What peers ask of this service.

use std::sync::Arc;

use contracts::messages::{
    GetLastNumbersRequest, GetLastNumbersResponse, LastNumber, ListMessagesRequest, ListMessagesResponse,
    ListReadStatesRequest, ListReadStatesResponse, NumberedMessage, messages_server::Messages,
};
use model::{ChannelId, ServerId, Timestamp, UserId};
use platform::rpc;
use tonic::{Request, Response, Status};

use crate::{
    error::MessagesError,
    reading::Readable,
    service::Service,
    showing::Reader,
    store::{counters, messages},
};

/// Numbers that one call answers for.
const NUMBERS_AT_ONCE: i64 = 200;

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
        let read_states_json = serde_json::to_string(&states).map_err(|error| {
            tracing::error!(error = %error, "read states cannot be written as JSON");
            rpc::internal("the call failed")
        })?;
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
        let encoded: Result<Vec<_>, _> = shown.iter().map(serde_json::to_string).collect();
        let encoded = encoded.map_err(|error| {
            tracing::error!(error = %error, "a message cannot be written as JSON");
            rpc::internal("the call failed")
        })?;
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
}
