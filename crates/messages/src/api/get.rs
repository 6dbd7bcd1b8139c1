//! `GET …/messages/{message_id}`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN},
    },
};

use super::{Api, FOLDER, MESSAGE, MessagePath, resource::MessageResource};
use crate::showing::Reader;

platform::refusals!(SIGNED_IN, PATH, SERVER, CHANNEL, FOLDER, MESSAGE);

/// Read one message
#[utoipa::path(
    get, path = "/{message_id}", tag = "messages",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("message_id" = model::MessageId, Path, description = "The message.")
    ),
    responses((status = 200, description = "The message.", body = MessageResource), Refusals)
)]
pub(crate) async fn get_message(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<MessagePath>,
) -> Result<Json<MessageResource>, Problem> {
    let (_, message) = api.find_readable(caller.user_id, path).await?;
    Ok(Json(api.shown_one(message, Reader::User(caller.user_id)).await?))
}
