//! `GET /servers/{server_id}/channels/{channel_id}`

use model::{ChannelId, ServerId};
use platform::http::{
    Json, Problem,
    refusals::{CHANNEL, PATH, SERVER, SIGNED_IN},
};

use crate::{
    api::{access::InChannel, resource::Channel},
    error::Error,
};

platform::refusals!(SIGNED_IN, PATH, SERVER, CHANNEL);

/// Get a channel
#[utoipa::path(
    get, path = "/servers/{server_id}/channels/{channel_id}", tag = "channels",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder.")
    ),
    responses((status = 200, description = "The channel.", body = Channel), Refusals)
)]
pub(crate) async fn get_channel(InChannel { server, channel_id }: InChannel) -> Result<Json<Channel>, Problem> {
    let channel = server
        .tenant
        .channel(channel_id, &server.member, server.now)
        .ok_or(Error::ChannelNotFound)?;
    Ok(Json(channel))
}
