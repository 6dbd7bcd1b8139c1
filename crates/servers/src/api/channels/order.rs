//! `PATCH /servers/{server_id}/channels`

use axum::extract::State;
use model::{ChannelId, Permission, ServerId, limits::CHANNELS_PER_SERVER};
use platform::http::{
    Fields, Json, Page, Patch, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::change::{destination, require_parent};
use crate::{
    api::{
        Api,
        access::{Allowed, InServer, MANAGE_CHANNELS, ManageChannels},
        resource::Channel,
    },
    channel_changes::{self, WantedPlace},
    error::Error,
    placement::Misplaced,
};

/// Which channels go where.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"channels": [{"id": "402345678901234569", "position": 0, "parent_id": null}]}))]
pub(crate) struct ChannelOrder {
    /// The channels that move. The others keep their order and make room.
    channels: Vec<ChannelPlace>,
}

/// Where a channel goes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ChannelPlace {
    /// The channel or folder.
    id: ChannelId,
    /// Its place in the folder or at the top level, from 0; beyond the end means at the end.
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

/// Whether the caller may move these channels to these folders. What they cannot see is not there for them.
fn require(server: &InServer, wanted: &[WantedPlace]) -> Result<(), Error> {
    for (index, wanted) in wanted.iter().enumerate() {
        server
            .require_in(wanted.id, Permission::ManageChannels)
            .map_err(|error| match error {
                Error::ChannelNotFound => Error::Misplaced {
                    field: format!("channels.{index}.id"),
                    why: Misplaced::Unknown,
                },
                other => other,
            })?;
        if let Some(parent_id) = wanted.destination.folder() {
            require_parent(server, parent_id, &format!("channels.{index}.parent_id"))?;
        }
    }
    Ok(())
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
    require(&server, &wanted)?;
    channel_changes::order(&api, server.server_id, &wanted).await?;
    let (tenant, member) = api
        .standing(server.server_id, server.user_id)
        .await?
        .ok_or(Error::ServerNotFound)?;
    Ok(Json(Page::whole(tenant.channels(&member, server.now))))
}
