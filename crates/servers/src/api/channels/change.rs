//! `PATCH /servers/{server_id}/channels/{channel_id}`

use axum::extract::State;
use model::{ChannelId, ChannelName, ChannelTopic, Invalid, ServerId, SlowMode};
use platform::http::{
    Fields, Json, Patch, Problem,
    refusals::{BODY, CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        access::{AllowedInChannel, MANAGE_CHANNELS, ManageChannels},
        resource::Channel,
    },
    channel_changes::{self, ChannelChange},
    placement::Destination,
};

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "endgames", "topic": null}))]
pub(crate) struct ChannelPatch {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// At most 1,024 characters; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1_024)]
    topic: Patch<String>,
    /// The folder that it goes into; null for the top level.
    #[serde(default)]
    #[schema(value_type = Option<ChannelId>)]
    parent_id: Patch<ChannelId>,
    /// Its place there among the channels that the caller sees, from 0; beyond the end means at the end.
    #[serde(default)]
    #[schema(value_type = u64, maximum = 4_294_967_295_i64)]
    position: Patch<u32>,
    /// How long a member waits between two messages, in seconds, at most 21,600; 0 or null for not at all. Not for folders.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 21_600)]
    slow_mode_seconds: Patch<i64>,
}

impl ChannelPatch {
    fn checked(self) -> Result<ChannelChange, Problem> {
        let mut fields = Fields::default();
        let mut change = ChannelChange {
            name: fields.change::<ChannelName>("name", self.name),
            topic: fields.change_or_empty::<ChannelTopic>("topic", self.topic),
            destination: destination(self.parent_id),
            ..ChannelChange::default()
        };
        if let Some(seconds) = self.slow_mode_seconds.into_change() {
            change.slow_mode = SlowMode::from_seconds(seconds.unwrap_or(0))
                .map_err(|invalid| fields.add_invalid("slow_mode_seconds", invalid))
                .ok();
        }
        match self.position.into_change() {
            Some(None) => fields.add_invalid("position", Invalid::Required),
            position => change.position = position.flatten(),
        }
        fields.finish().map(|()| change)
    }
}

/// What the field `parent_id` says.
pub(super) const fn destination(parent_id: Patch<ChannelId>) -> Destination {
    match parent_id {
        Patch::Absent => Destination::Stays,
        Patch::Null => Destination::TopLevel,
        Patch::Value(id) => Destination::Folder(id),
    }
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY, FIELDS, PATH, SERVER, CHANNEL, MANAGE_CHANNELS);

/// Change a channel or folder
///
/// Rename, describe or move it, or change how fast one may write there. Needs `manage_channels` in the channel, and in the folder it moves to.
#[utoipa::path(
    patch, path = "/servers/{server_id}/channels/{channel_id}", tag = "channels", request_body = ChannelPatch,
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder.")
    ),
    responses((status = 200, description = "The channel as it is now.", body = Channel), Refusals)
)]
pub(crate) async fn change_channel(
    State(api): State<Api>,
    AllowedInChannel { server, channel_id, .. }: AllowedInChannel<ManageChannels>,
    Json(patch): Json<ChannelPatch>,
) -> Result<Json<Channel>, Problem> {
    let change = patch.checked()?;
    Ok(Json(
        channel_changes::change(&api, server.server_id, server.user_id, channel_id, &change).await?,
    ))
}
