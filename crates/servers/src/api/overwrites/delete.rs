//! `DELETE /servers/{server_id}/channels/{channel_id}/overwrites/{target_id}`

use axum::extract::State;
use http::StatusCode;
use model::{ChannelId, ServerId, TargetId};
use platform::http::{
    Path, Problem,
    refusals::{CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
};

use super::{BEYOND, OverwritePath};
use crate::{
    api::{
        Api,
        access::{AllowedInChannel, MANAGE_ROLES, ManageRoles},
    },
    overwrite_changes,
};

platform::refusals!(SIGNED_IN, UNSAFE, PATH, SERVER, CHANNEL, MANAGE_ROLES, BEYOND);

/// Remove an overwrite
///
/// Whom it was for inherits everything again. Where there is none, nothing happens. Needs what making it needs.
#[utoipa::path(
    delete, path = "/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}", tag = "channels",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder."),
        ("target_id" = TargetId, Path, description = "The role or user that it is for; the server's id for `everyone`.")
    ),
    responses((status = 204, description = "There is no such overwrite any more."), Refusals)
)]
pub(crate) async fn delete_overwrite(
    State(api): State<Api>,
    AllowedInChannel { server, channel_id, .. }: AllowedInChannel<ManageRoles>,
    Path(OverwritePath { target_id }): Path<OverwritePath>,
) -> Result<StatusCode, Problem> {
    overwrite_changes::remove(&api, server.server_id, server.user_id, channel_id, target_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
