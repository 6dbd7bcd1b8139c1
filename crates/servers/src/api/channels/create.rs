//! `POST /servers/{server_id}/channels`

use axum::extract::State;
use http::StatusCode;
use model::{ChannelId, ChannelName, ChannelTopic, ServerId};
use platform::http::{
    Fields, Json, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_CHANNELS, ManageChannels},
        resource::Channel,
    },
    channel_changes::{self, NewChannel},
    channel_kind::ChannelKind,
};

/// A channel to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "openings", "kind": "text", "parent_id": null, "topic": "Ruy Lopez and others"}))]
pub(crate) struct ChannelRequest {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 100)]
    name: String,
    /// What it is for.
    #[serde(default)]
    #[schema(required, value_type = ChannelKind)]
    kind: String,
    /// The folder that it goes into; at the top level if not given. A folder has none.
    parent_id: Option<ChannelId>,
    /// At most 1,024 characters.
    topic: Option<String>,
    /// Whether it is hidden from all but its creator and those who may do everything, until an overwrite lets others in; no
    /// if not given.
    #[serde(default)]
    private: bool,
}

impl ChannelRequest {
    fn checked(&self) -> Result<NewChannel, Problem> {
        let mut fields = Fields::default();
        let name = fields.parse::<ChannelName>("name", &self.name);
        let kind = fields.parse::<ChannelKind>("kind", &self.kind);
        let topic = fields.parse_optional::<ChannelTopic>("topic", self.topic.as_deref());
        match (name, kind, topic) {
            (Some(name), Some(kind), Some(topic)) => Ok(NewChannel {
                name,
                kind,
                parent_id: self.parent_id,
                topic,
                private: self.private,
            }),
            _ => Err(fields.problem()),
        }
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    MANAGE_CHANNELS,
    &[
        (
            403,
            "cannot_grant",
            "It is to be private, and the caller lacks the permission view_channel themselves."
        ),
        (
            409,
            "too_many_channels",
            "The server has 500 channels and folders already."
        )
    ]
);

/// Create a channel or folder
///
/// At the end of its folder, or of the top level. Needs `manage_channels`, in the folder, too.
#[utoipa::path(
    post, path = "/servers/{server_id}/channels", tag = "channels", request_body = ChannelRequest,
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 201, description = "The new channel.", body = Channel), Refusals)
)]
pub(crate) async fn create_channel(
    State(api): State<Api>,
    Allowed { server, .. }: Allowed<ManageChannels>,
    Json(request): Json<ChannelRequest>,
) -> Result<(StatusCode, Json<Channel>), Problem> {
    let new = request.checked()?;
    let channel = channel_changes::create(&api, server.server_id, server.user_id, &new).await?;
    Ok((StatusCode::CREATED, Json(channel)))
}
