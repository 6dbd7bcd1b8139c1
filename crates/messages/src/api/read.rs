//! `PUT …/channels/{channel_id}/read`

use axum::extract::State;
use contracts::events::{Audience, Event, EventKind};
use model::{ChannelId, EventId, MessageId, Permission, ServerId};
use platform::{
    auth::Caller,
    db::DbError,
    http::{
        Json, Path, Problem,
        refusals::{BODY, CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Api, ChannelPath, FOLDER, MESSAGE};
use crate::{
    error::MessagesError,
    reading::ReadState,
    store::{counters, messages, read_states},
};

/// Up to where something was read.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"message_id": "402345678901300000"}))]
pub(crate) struct ReadUpTo {
    /// The last message that was read; everything there is if not given.
    message_id: Option<MessageId>,
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY, PATH, SERVER, CHANNEL, FOLDER, MESSAGE);

/// The route with its description.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(read_channel))
}

/// Mark as read
///
/// All up to a message, or everything. What was read stays so: an earlier message changes nothing. The caller's other devices
/// hear of it (`read_state.updated`).
#[utoipa::path(
    put, path = "/read", tag = "read states", request_body = ReadUpTo,
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel.")
    ),
    responses((status = 200, description = "How far the caller has read now.", body = ReadState), Refusals)
)]
pub(crate) async fn read_channel(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
    Json(read): Json<ReadUpTo>,
) -> Result<Json<ReadState>, Problem> {
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let (_, member) = api.access.standing(path.server_id, caller.user_id).await?;
    let mut tx = api.tenants.begin(path.server_id).await?;
    // Who may not read what was written before cannot name it, and has read what there was.
    let known = viewer.permissions.contains(Permission::ReadHistory);
    let up_to = match read.message_id.filter(|_| known) {
        Some(id) => {
            let tenant = api.tenants.reader(path.server_id);
            let message = messages::lookup(tenant, path.channel_id, id).await?;
            let message = message.ok_or(MessagesError::MessageNotFound)?;
            Some((message.seq, id))
        }
        None => messages::last(&mut tx, path.channel_id).await?,
    };
    let mut raised = false;
    if let Some((seq, id)) = up_to {
        // Messages that are gone after it are nothing to be read.
        let seq = messages::last_seen_by(&mut tx, path.channel_id, seq).await?;
        raised = read_states::raise(&mut tx, caller.user_id, path.channel_id, (seq, id)).await?;
    }
    let read = read_states::find(&mut tx, caller.user_id, path.channel_id).await?;
    let (last_read_seq, last_read_id) = read.map_or((0, None), |(seq, id)| (seq, Some(id)));
    let who = (caller.user_id, member.role_ids.as_slice());
    let state = ReadState {
        server_id: path.server_id,
        channel_id: path.channel_id,
        last_seq: counters::last(&mut tx, path.channel_id).await?,
        last_read_seq,
        last_read_id,
        mention_count: read_states::count_mentions_in(&mut tx, who, path.channel_id, last_read_seq).await?,
    };
    if raised {
        let audience = Audience::User {
            user_id: caller.user_id,
        };
        let event = Event::new(EventId(api.ids.next()), EventKind::ReadStateUpdated, audience, &state);
        tx.emit(event.map_err(|error| DbError::Statement(error.to_string()))?);
        tx.commit().await?;
    }
    Ok(Json(state))
}
