//! `GET /servers/{server_id}/channels/{channel_id}/overwrites`

use model::{ChannelId, ServerId};
use platform::http::{
    Json, Page,
    refusals::{CHANNEL, PATH, SERVER, SIGNED_IN},
};

use crate::api::{
    access::{AllowedInChannel, MANAGE_ROLES, ManageRoles},
    resource::Overwrite,
};

platform::refusals!(SIGNED_IN, PATH, SERVER, CHANNEL, MANAGE_ROLES);

/// List overwrites
///
/// Those of the channel or folder itself, all on one page; a channel inherits those of its folder besides. Needs
/// `manage_roles` in the channel.
#[utoipa::path(
    get, path = "/servers/{server_id}/channels/{channel_id}/overwrites", tag = "channels",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder.")
    ),
    responses((status = 200, description = "The overwrites.", body = Page<Overwrite>), Refusals)
)]
pub(crate) async fn list_overwrites(
    AllowedInChannel { server, channel_id, .. }: AllowedInChannel<ManageRoles>,
) -> Json<Page<Overwrite>> {
    let channel = server.tenant.access().channel(channel_id);
    let overwrites = channel.map_or(&[][..], |channel| channel.overwrites());
    let mut items: Vec<Overwrite> = overwrites.iter().map(Overwrite::from).collect();
    items.sort_unstable_by_key(|overwrite| overwrite.target_id);
    Json(Page::whole(items))
}
