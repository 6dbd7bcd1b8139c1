//! `PATCH /servers/{server_id}/channels`

use axum::extract::State;
use model::{ChannelId, ServerId, limits::CHANNELS_PER_SERVER};
use platform::http::{
    Fields, Json, Page, Patch, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::change::destination;
use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_CHANNELS, ManageChannels},
        resource::Channel,
    },
    channel_changes::{self, WantedPlace},
    error::Error,
};

/// Which channels go where.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"channels": [{"id": "402345678901234569", "position": 0, "parent_id": null}]}))]
pub(crate) struct ChannelOrder {
    /// The channels that move. The others keep their order.
    channels: Vec<ChannelPlace>,
}

/// Where a channel goes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ChannelPlace {
    /// The channel or folder.
    id: ChannelId,
    /// Its place in the folder or at the top level among the channels that the caller sees, from 0; beyond the end means
    /// at the end.
    #[schema(value_type = u64, maximum = 4_294_967_295_i64)]
    position: u32,
    /// The folder that it goes into; null for the top level; where it is if left out.
    #[serde(default)]
    #[schema(value_type = Option<ChannelId>)]
    parent_id: Patch<ChannelId>,
}

impl ChannelOrder {
    fn checked(self) -> Result<Vec<WantedPlace>, Problem> {
        if self.channels.len() > CHANNELS_PER_SERVER {
            let mut fields = Fields::default();
            fields.add("channels", "too_long", "names more channels than a server can have");
            return Err(fields.problem());
        }
        let place = |place: ChannelPlace| WantedPlace {
            id: place.id,
            destination: destination(place.parent_id),
            position: place.position,
        };
        Ok(self.channels.into_iter().map(place).collect())
    }
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY, FIELDS, PATH, SERVER, MANAGE_CHANNELS);

/// Order channels
///
/// Moves channels and folders, all in one step or none. Needs `manage_channels` in the server, in each channel, and in
/// each folder that one goes into.
#[utoipa::path(
    patch, path = "/servers/{server_id}/channels", tag = "channels", request_body = ChannelOrder,
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "All channels as they stand now.", body = Page<Channel>), Refusals)
)]
pub(crate) async fn order_channels(
    State(api): State<Api>,
    Allowed { server, .. }: Allowed<ManageChannels>,
    Json(order): Json<ChannelOrder>,
) -> Result<Json<Page<Channel>>, Problem> {
    let wanted = order.checked()?;
    channel_changes::order(&api, server.server_id, server.user_id, &wanted).await?;
    let (tenant, member) = api
        .standing(server.server_id, server.user_id)
        .await?
        .ok_or(Error::ServerNotFound)?;
    Ok(Json(Page::whole(tenant.channels(&member, server.now))))
}
