//! `DELETE /servers/{server_id}/channels/{channel_id}`

use axum::extract::State;
use http::StatusCode;
use model::{ChannelId, ServerId};
use platform::http::{
    Problem,
    refusals::{CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
};

use crate::{
    api::{
        Api,
        access::{AllowedInChannel, MANAGE_CHANNELS, ManageChannels},
    },
    channel_changes,
};

platform::refusals!(SIGNED_IN, UNSAFE, PATH, SERVER, CHANNEL, MANAGE_CHANNELS);

/// Delete a channel or folder
///
/// A folder goes with the channels in it. Needs `manage_channels` in each of them.
#[utoipa::path(
    delete, path = "/servers/{server_id}/channels/{channel_id}", tag = "channels",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder.")
    ),
    responses((status = 204, description = "The channel is no more."), Refusals)
)]
pub(crate) async fn delete_channel(
    State(api): State<Api>,
    AllowedInChannel { server, channel_id, .. }: AllowedInChannel<ManageChannels>,
) -> Result<StatusCode, Problem> {
    channel_changes::delete(&api, server.server_id, server.user_id, channel_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
