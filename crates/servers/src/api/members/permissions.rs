//! `GET /servers/{server_id}/permissions/@me`

use std::collections::BTreeMap;

use model::{ChannelId, PermissionSet, ServerId};
use platform::http::{
    Json,
    refusals::{PATH, SERVER, SIGNED_IN},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::access::InServer;

/// What the caller may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "permissions": ["view_channel", "send_messages"],
    "channels": {"402345678901234569": ["view_channel", "send_messages"]}
}))]
pub(crate) struct MyPermissions {
    /// In the server as a whole, by name.
    permissions: PermissionSet,
    /// In each channel and folder that the caller can see, by its id.
    #[schema(value_type = BTreeMap<String, PermissionSet>)]
    channels: BTreeMap<ChannelId, PermissionSet>,
}

platform::refusals!(SIGNED_IN, PATH, SERVER);

/// Get the caller's permissions
#[utoipa::path(
    get, path = "/servers/{server_id}/permissions/@me", tag = "members",
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "What the caller may do.", body = MyPermissions), Refusals)
)]
pub(crate) async fn my_permissions(server: InServer) -> Json<MyPermissions> {
    let channels = server.tenant.channels(&server.member, server.now);
    Json(MyPermissions {
        permissions: server.tenant.permissions(&server.member, server.now),
        channels: channels
            .iter()
            .map(|channel| (channel.id, server.permissions_in(channel.id)))
            .collect(),
    })
}
